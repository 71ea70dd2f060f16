"""An account is closed and a stay is booked at the same moment: never both."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from accounts.privacy import close_account
from bookings.models import Booking
from bookings.services import request_booking
from ihome_project.errors import DomainError
from listings.calendar import Stay
from listings.factories import HouseFactory
from listings.models import House

ROUNDS = 10
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> None:
    """Do several things at the same moment; a refusal is an outcome like another."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        start.wait(timeout=30)
        try:
            act()
        except DomainError:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(one, acts))


def book(guest: User, house: House) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    request_booking(guest=guest, house_id=house.pk, stay=Stay(tomorrow, tomorrow + timedelta(days=2)), guests=1)


def close(user: User) -> None:
    close_account(user=user, password=PASSWORD, address="1.2.3.4")


@pytest.mark.parametrize("who", ["guest", "host"])
def test_nobody_leaves_an_open_stay_behind(who):
    for _ in range(ROUNDS):
        guest, house = UserFactory(), HouseFactory()
        leaving = guest if who == "guest" else house.host
        at_once(lambda: book(guest, house), lambda: close(leaving))  # noqa: B023 — done before the next round
        leaving.refresh_from_db()
        assert leaving.is_active == Booking.objects.filter(house=house).exists()
