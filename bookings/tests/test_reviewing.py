"""What guests say of their stays: once, in time, counted; and the host's one reply."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.errors import OwnCase
from accounts.factories import UserFactory
from bookings.errors import (
    BookingNotFound,
    NotTheGuest,
    NotTheHost,
    ReplyNotPossible,
    ReviewNotPossible,
    WordsMissing,
)
from bookings.factories import make_booking
from bookings.models import Booking
from bookings.reviewing import reply_to_review, review_stay
from listings.factories import HouseFactory
from listings.models import House, Review
from listings.reviews import show_review

Status = Booking.Status
ZONE = ZoneInfo("Asia/Shanghai")
CHECK_IN, CHECK_OUT = date(2026, 12, 4), date(2026, 12, 7)
LEAVING = datetime(2026, 12, 7, tzinfo=ZONE)
LAST = LEAVING + timedelta(days=30)
SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_days_after():
    with time_machine.travel(LEAVING + timedelta(days=2, hours=12), tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


@pytest.fixture
def booking(house, guest) -> Booking:
    return make_booking(house, guest, CHECK_IN, CHECK_OUT, Status.WAIT_COMMENT)


def say(guest, booking, rating=5, comment="院子很安静") -> Review:
    return review_stay(guest=guest, booking_id=booking.pk, rating=rating, comment=comment)


def stars(house) -> tuple[int, int]:
    house.refresh_from_db()
    return house.review_count, house.rating_sum


def test_a_review_completes_the_stay_and_counts(house, guest, booking):
    said = say(guest, booking, 4)
    booking.refresh_from_db()
    assert (booking.status, booking.review, said.author, said.rating) == (Status.COMPLETE, said, guest, 4)
    assert stars(house) == (1, 4)
    assert booking.events.get(to_status=Status.COMPLETE, actor=guest).from_status == Status.WAIT_COMMENT


def test_a_stay_is_reviewed_once_and_the_same_words_twice_are_one(house, guest, booking):
    assert say(guest, booking) == say(guest, booking)
    with pytest.raises(ReviewNotPossible):
        say(guest, booking, 1, "不好")
    assert stars(house) == (1, 5)


def test_a_stay_is_reviewed_until_the_last_second_of_the_thirtieth_day(guest, booking):
    with time_machine.travel(LAST - SECOND, tick=False):
        assert say(guest, booking)


@pytest.mark.parametrize("status", [Status.WAIT_COMMENT, Status.PAID])
def test_from_midnight_after_thirty_days_on_it_is_too_late(house, guest, status):
    booking = make_booking(house, guest, CHECK_IN, CHECK_OUT, status)
    with time_machine.travel(LAST, tick=False), pytest.raises(ReviewNotPossible):
        say(guest, booking)
    assert stars(house) == (0, 0)


def test_a_stay_is_over_at_midnight_of_the_day_of_leaving_though_the_clock_is_late(house, guest):
    booking = make_booking(house, guest, CHECK_IN, CHECK_OUT, Status.PAID)
    with time_machine.travel(LEAVING - SECOND, tick=False), pytest.raises(ReviewNotPossible):
        say(guest, booking)
    with time_machine.travel(LEAVING, tick=False):
        say(guest, booking)
    booking.refresh_from_db()
    assert booking.status == Status.COMPLETE
    assert booking.dues.get().paid_fen == booking.amount_fen


@pytest.mark.parametrize("status", [Status.CANCELED, Status.REJECTED, Status.WAIT_ACCEPT, Status.WAIT_PAYMENT])
def test_a_stay_that_did_not_happen_is_not_reviewed(house, guest, status):
    with time_machine.travel(LEAVING - timedelta(days=9), tick=False):
        booking = make_booking(house, guest, CHECK_IN, CHECK_OUT, status)
    with pytest.raises(ReviewNotPossible):
        say(guest, booking)
    assert not Review.objects.exists()


def test_only_the_guest_reviews(host, stranger, booking):
    for person, refusal in ((host, NotTheGuest), (stranger, BookingNotFound)):
        with pytest.raises(refusal):
            say(person, booking)


def test_words_are_asked_for(guest, host, booking):
    with pytest.raises(WordsMissing):
        say(guest, booking, comment=" \n")
    say(guest, booking)
    with pytest.raises(WordsMissing):
        reply_to_review(host=host, booking_id=booking.pk, reply="  ")


def test_a_hidden_review_leaves_the_stars_and_comes_back_once(house, guest, booking):
    staff, said = UserFactory(), say(guest, booking, 2)
    for is_visible, counted in ((False, (0, 0)), (False, (0, 0)), (True, (1, 2)), (True, (1, 2))):
        show_review(staff=staff, review_id=said.pk, is_visible=is_visible, reason="骂人")
        assert stars(house) == counted


def test_staff_hide_neither_what_they_have_said_nor_what_is_said_of_their_home(house, guest, host, booking):
    said = say(guest, booking, 2)
    for person in (guest, host):
        with pytest.raises(OwnCase):
            show_review(staff=person, review_id=said.pk, is_visible=False, reason="骂人")
    assert stars(house) == (1, 2)


def test_a_host_replies_once(guest, host, booking):
    say(guest, booking)
    for _ in range(2):
        assert reply_to_review(host=host, booking_id=booking.pk, reply=" 欢迎再来 ").reply == "欢迎再来"
    with pytest.raises(ReplyNotPossible):
        reply_to_review(host=host, booking_id=booking.pk, reply="另一句")


def test_only_the_host_replies_and_only_to_a_review(guest, host, stranger, booking):
    for person, refusal in ((guest, NotTheHost), (stranger, BookingNotFound), (host, ReplyNotPossible)):
        with pytest.raises(refusal):
            reply_to_review(host=person, booking_id=booking.pk, reply="欢迎再来")
