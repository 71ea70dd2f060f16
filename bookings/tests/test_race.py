"""Many guests, one night: real threads over real connections, and a control that shows the test can fail."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from bookings.factories import forget_bookings
from bookings.models import Booking
from bookings.services import request_booking
from listings.calendar import Stay
from listings.errors import NightsTaken
from listings.factories import HouseFactory
from listings.models import HeldNight, House

GUESTS, ROUNDS = 32, 20
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


@pytest.fixture
def guests(db) -> list[User]:
    return UserFactory.create_batch(GUESTS)


def fight(house: House, guests: list[User]) -> Counter:
    """Let all guests ask for the same night at once; count what they got."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    stay, start = Stay(tomorrow, tomorrow + timedelta(days=1)), Barrier(len(guests))

    def ask(guest: User) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            request_booking(guest=guest, house_id=house.pk, stay=stay, guests=1)
        except NightsTaken:
            return "taken"
        finally:
            connections.close_all()
        return "booked"

    with ThreadPoolExecutor(len(guests)) as pool:
        return Counter(pool.map(ask, guests))


@pytest.fixture
def no_check(monkeypatch) -> None:
    """Take away the look at the calendar before the nights are held."""
    monkeypatch.setattr("bookings.services.check_free", lambda *_: None)


@pytest.fixture
def no_key(transactional_db) -> Iterator[None]:
    """Take away the key that makes a night single."""
    constraints = list(HeldNight._meta.constraints)
    (key,) = (constraint for constraint in constraints if constraint.name == "a_night_is_held_once")
    HeldNight._meta.constraints = []  # SQLite makes the table anew from this
    with connection.schema_editor() as editor:
        editor.remove_constraint(HeldNight, key)
    yield
    forget_bookings()
    HeldNight._meta.constraints = constraints
    with connection.schema_editor() as editor:
        editor.add_constraint(HeldNight, key)


def test_one_of_32_guests_gets_the_night_in_each_of_20_rounds(house, guests):
    for _ in range(ROUNDS):
        assert fight(house, guests) == {"booked": 1, "taken": GUESTS - 1}
        assert Booking.objects.waiting().count() == 1
        assert HeldNight.objects.count() == 2  # the night, and the one to make the home ready
        forget_bookings()


def test_the_key_alone_lets_one_guest_win(house, guests, no_check):
    tomorrow = timezone.localdate() + timedelta(days=1)
    stay = Stay(tomorrow, tomorrow + timedelta(days=1))
    request_booking(guest=guests[0], house_id=house.pk, stay=stay, guests=1)
    with pytest.raises(IntegrityError):
        request_booking(guest=guests[1], house_id=house.pk, stay=stay, guests=1)
    assert Booking.objects.count() == 1


def test_without_key_and_check_the_night_is_sold_twice(house, guests, no_key, no_check):
    assert fight(house, guests)["booked"] > 1
    assert Booking.objects.waiting().count() > 1
