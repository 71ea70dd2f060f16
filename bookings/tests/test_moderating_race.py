"""Staff suspend and deactivate at the very moment when others book, pay, accept, publish and begin homes."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.factories import IdentityFactory, UserFactory
from accounts.models import StaffAct, User
from bookings.answering import accept_request
from bookings.models import Booking
from bookings.moderating import deactivate_user, suspend_house
from bookings.paying import take_notification
from bookings.tests.test_money_race import _site, at_once, book, clock, forget, paid_unheard, settle  # noqa: F401
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House
from listings.services import create_house, publish_house

ROUNDS = 10 if connection.vendor == "sqlite" else 50
HOUR = timedelta(hours=1)
WHY = {"reason": "门锁坏了"}
Status, HomeStatus = Booking.Status, House.Status
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> list[User]:
    return UserFactory.create_batch(2, is_staff=True)


def test_nobody_books_a_home_while_it_is_suspended(staff, guest, stranger):
    for _ in range(ROUNDS):
        house = HouseFactory()
        acts = [lambda who=who: book(who, house) for who in (guest, stranger)]  # noqa: B023
        at_once(lambda: suspend_house(staff=staff[0], house_id=house.pk, **WHY), *acts)  # noqa: B023
        assert_nothing_waits(house)
        forget()


def assert_nothing_waits(house: House) -> None:
    house.refresh_from_db()
    assert house.status == HomeStatus.SUSPENDED
    assert not Booking.objects.waiting().filter(house=house).exists()


def test_who_pays_while_a_home_is_suspended_has_the_stay_or_the_money(staff, guest, monkeypatch):
    ends = set()
    for _ in range(ROUNDS):
        house = HouseFactory()
        booking = book(guest, house)
        fields = paid_unheard(booking, monkeypatch)
        at_once(
            lambda: suspend_house(staff=staff[0], house_id=house.pk, **WHY),  # noqa: B023
            lambda: take_notification(fields),  # noqa: B023
        )
        ends.add(settle(booking))
        assert_nothing_waits(house)
        forget()
    assert ends <= {Status.PAID, Status.CANCELED}


def test_what_a_host_accepts_while_a_home_is_suspended_is_cancelled(staff, guest):
    for _ in range(ROUNDS):
        house = HouseFactory(instant_book=False)
        booking = book(guest, house)
        at_once(
            lambda: suspend_house(staff=staff[0], house_id=house.pk, **WHY),  # noqa: B023
            lambda: accept_request(host=house.host, booking_id=booking.pk),  # noqa: B023
        )
        booking.refresh_from_db()
        assert booking.status == Status.CANCELED
        assert_nothing_waits(house)
        forget()


def test_a_home_is_suspended_by_one_of_two(staff, guest):
    for _ in range(ROUNDS):
        house = HouseFactory()
        booking = book(guest, house)
        done = at_once(*(lambda who=who: suspend_house(staff=who, house_id=house.pk, **WHY) for who in staff))  # noqa: B023
        assert sum(outcome == "status_not_possible" for outcome in done) == 1
        assert booking.events.filter(to_status=Status.CANCELED).count() == 1
        acts = StaffAct.objects.filter(thing=f"listings.house/{house.pk}")
        assert acts.get().after["cancelled"] == [booking.pk]
        forget()


def publish(*drafts: House) -> None:
    for draft in drafts:
        publish_house(host=draft.host, house_id=draft.pk)


def draft_of(host: User) -> House:
    return HouseImageFactory(house__host=host, house__status=HomeStatus.DRAFT).house


def begin_and_publish(host: User) -> None:
    for _ in range(3):
        publish(HouseImageFactory(house=HouseFactory(host=host, status=create_house(host=host).status)).house)


def test_a_host_who_is_deactivated_while_publishing_has_nothing_on_the_market(staff, guest):
    for _ in range(ROUNDS):
        host = IdentityFactory().user
        drafts, live, other = [draft_of(host) for _ in range(3)], HouseFactory(host=host), HouseFactory()
        done = at_once(
            *(lambda who=who: deactivate_user(staff=who, user_id=host.pk, **WHY) for who in staff),  # noqa: B023
            lambda: publish(*drafts),  # noqa: B023
            lambda: begin_and_publish(host),  # noqa: B023
            lambda: book(host, other),  # noqa: B023
            lambda: book(guest, live),  # noqa: B023
        )
        assert done[:2].count("user_inactive") == 1
        assert_shut_out(host)
        forget()


def assert_shut_out(host: User) -> None:
    host.refresh_from_db()
    assert not host.is_active
    statuses = set(House.objects.hosted_by(host).values_list("status", flat=True))
    assert statuses <= {HomeStatus.SUSPENDED, HomeStatus.DRAFT}
    assert not Booking.objects.waiting().exists()
