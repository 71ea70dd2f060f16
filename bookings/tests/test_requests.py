"""A request comes through once and whole: twice at once, with the connection lost, with the home changing meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction

from accounts.factories import IdentityFactory
from bookings import services
from bookings.cancelling import cancel_booking
from bookings.errors import (
    OwnHouse,
    PriceChanged,
    TooManyOpenRequests,
    VerifiedGuestsOnly,
)
from bookings.factories import make_booking
from bookings.models import OPEN_REQUESTS, Booking, BookingEvent
from bookings.services import request_booking
from ihome_project.errors import DomainError
from listings.calendar import Stay
from listings.errors import (
    HouseNotFound,
    NightsTaken,
    RequestKeyReused,
    StayInThePast,
    StayTooLong,
    StayTooShort,
    TooManyGuests,
)
from listings.factories import HouseFactory, block_nights
from listings.models import House

STAY = Stay(date(2027, 3, 4), date(2027, 3, 7))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


def book(house, guest, stay=STAY, guests=1, **more) -> Booking:
    return request_booking(guest=guest, house_id=house.pk, stay=stay, guests=guests, **more)


def at_once(jobs: list) -> list:
    """Run the jobs in threads that begin together; return what each returns, or its refusal."""
    start = Barrier(len(jobs))

    def run(job):
        try:
            start.wait(timeout=30)
            return job()
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def just_before(monkeypatch, name: str, happens) -> None:
    """Let something happen once, just before a step of the service."""
    step, happened = getattr(services, name), []

    def late(*args, **kwargs):
        if not happened:
            happened.append(True)
            happens()
        return step(*args, **kwargs)

    monkeypatch.setattr(services, name, late)


def lose_connection_after_commit(monkeypatch) -> None:
    """Let the next transaction commit, and its answer be lost on the way."""
    leave, lost = transaction.Atomic.__exit__, []

    def left(self, error, *args):
        leave(self, error, *args)
        if error is None and not lost:
            lost.append(True)
            raise OperationalError(2013, "Lost connection to server during query")

    monkeypatch.setattr(transaction.Atomic, "__exit__", left)


def test_twelve_copies_of_one_request_make_one_booking(house, guest):
    key = uuid4().hex
    bookings = at_once([lambda: book(house, guest, key=key)] * 12)
    assert {booking.pk for booking in bookings} == {Booking.objects.get().pk}


@pytest.mark.parametrize("step", ["expire_overdue_of", "_check_request", "check_free", "_hold_and_book"])
def test_a_copy_that_comes_between_is_no_refusal(house, guest, monkeypatch, step):
    key, first = uuid4().hex, []
    just_before(monkeypatch, step, lambda: first.append(book(house, guest, key=key)))
    assert book(house, guest, key=key) == first[0]


def test_a_commit_whose_answer_was_lost_is_found_again(house, guest, monkeypatch):
    lose_connection_after_commit(monkeypatch)
    assert book(house, guest) == Booking.objects.get()
    assert BookingEvent.objects.count() == 1


def test_a_cancellation_whose_answer_was_lost_is_found_again(house, guest, monkeypatch):
    booking = book(house, guest)
    lose_connection_after_commit(monkeypatch)
    assert cancel_booking(actor=guest, booking_id=booking.pk).status == Booking.Status.CANCELED
    assert booking.events.count() == 2


def test_a_guest_who_asks_for_twelve_homes_at_once_gets_three(guest, host):
    houses = HouseFactory.create_batch(12, host=host)
    got = at_once([lambda house=house: book(house, guest) for house in houses])
    assert sum(isinstance(one, Booking) for one in got) == OPEN_REQUESTS
    assert sum(isinstance(one, TooManyOpenRequests) for one in got) == 12 - OPEN_REQUESTS


def test_two_requests_never_share_a_slot(house, guest, host):
    first, second = book(house, guest), book(HouseFactory(host=host), guest)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=second.pk).update(open_slot=first.open_slot)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [({"price_fen": 1}, PriceChanged), ({"status": "offline"}, HouseNotFound), ({"min_nights": 9}, StayTooShort)],
)
def test_a_home_that_changes_meanwhile_is_looked_at_again(house, guest, monkeypatch, change, refusal):
    just_before(monkeypatch, "_hold_and_book", lambda: House.objects.update(**change))
    with pytest.raises(refusal):
        book(house, guest, agreed_fen=3 * 39900)
    assert not Booking.objects.exists()


def test_nights_that_go_meanwhile_are_said_to_be_taken(house, guest, stranger, monkeypatch):
    just_before(monkeypatch, "_hold_and_book", lambda: block_nights(house, STAY.check_in, STAY.check_out))
    with pytest.raises(NightsTaken):
        book(house, guest)


def test_another_body_under_the_same_key_is_refused(house, guest):
    key = uuid4().hex
    book(house, guest, key=key, agreed_fen=3 * 39900)
    for body in ({"guests": 2}, {"agreed_fen": 1}, {"stay": Stay(STAY.check_in, date(2027, 3, 6))}):
        with pytest.raises(RequestKeyReused):
            book(house, guest, key=key, **{"agreed_fen": 3 * 39900, **body})


PAST, LONG = Stay(date(2020, 1, 1), date(2020, 1, 20)), Stay(date(2027, 3, 4), date(2027, 3, 20))


@pytest.mark.parametrize(
    ("who", "stay", "guests", "agreed", "refusal"),
    [
        ("host", PAST, 9, 1, OwnHouse),
        ("stranger", PAST, 9, 1, VerifiedGuestsOnly),
        ("guest", PAST, 9, 1, StayInThePast),
        ("guest", LONG, 9, 1, StayTooLong),
        ("guest", STAY, 9, 1, TooManyGuests),
        ("guest", STAY, 1, 1, TooManyOpenRequests),
        ("verified", STAY, 1, 1, PriceChanged),
        ("verified", STAY, 1, None, NightsTaken),
    ],
)
def test_refusals_come_in_the_order_of_the_contract(request, guest, who, stay, guests, agreed, refusal):
    house = HouseFactory(host=request.getfixturevalue("host"), verified_guests_only=True, max_nights=9)
    for other in HouseFactory.create_batch(3):
        make_booking(other, guest, STAY.check_in, STAY.check_out, Booking.Status.WAIT_PAYMENT)
    block_nights(house, STAY.check_in, STAY.check_out)
    asks = IdentityFactory().user if who == "verified" else request.getfixturevalue(who)
    with pytest.raises(refusal):
        book(house, asks, stay, guests, agreed_fen=agreed)
