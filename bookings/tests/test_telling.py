"""What each side is told of a booking: everything they must know, once, in the transaction of what happened."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone, translation

from accounts.messages import deliver_messages, words_of
from accounts.models import Message
from bookings.answering import accept_request, reject_request
from bookings.cancelling import cancel_booking, cancel_for_staff, refund_part
from bookings.clock import run_due
from bookings.factories import make_booking
from bookings.ledger import write_capture
from bookings.life import change_status
from bookings.models import Booking
from bookings.reviewing import reply_to_review, review_stay
from bookings.services import request_booking
from listings.calendar import Stay
from listings.factories import HouseFactory
from listings.models import House

Status = Booking.Status
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
D4, D7 = date(2026, 12, 4), date(2026, 12, 7)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host, title="柿子小院", instant_book=False)


@pytest.fixture
def booking(house, guest) -> Booking:
    return request_booking(guest=guest, house_id=house.pk, stay=Stay(D4, D7), guests=2)


def told(user) -> list[str]:
    """Return the kinds of what somebody has been told since the last time."""
    new = list(Message.objects.filter(user=user, delivered_at=None).order_by("pk"))
    Message.objects.filter(user=user).update(delivered_at=timezone.now(), due_at=None, sms_state="none")
    return [message.kind.removeprefix("booking.") for message in new]


def test_a_request_is_told_to_its_host_with_the_hour_to_answer_by(booking, guest, host):
    message = Message.objects.get()
    assert (message.user, message.path) == (host, f"/bookings/{booking.pk}")
    with translation.override("en"):
        assert words_of(message) == ("A guest asks for 柿子小院, 4 – 7 Dec · 3 nights. Answer by 23 Nov 12:00.")


def test_both_sides_hear_of_each_step_of_a_stay(booking, guest, host, clock):
    assert (told(guest), told(host)) == ([], ["asked"])
    accept_request(host=host, booking_id=booking.pk)
    assert (told(guest), told(host)) == (["accepted"], [])
    booking.refresh_from_db()
    write_capture(booking.trade, transaction="T1", paid_at=NOON)
    change_status(booking.trade.booking, Status.PAID, actor=None)
    assert (told(guest), told(host)) == (["paid"], ["sold"])
    clock.move_to(datetime(2026, 12, 3, 9, tzinfo=NOON.tzinfo))
    run_due()
    clock.move_to(datetime(2026, 12, 7, 0, 0, tzinfo=NOON.tzinfo))
    run_due()
    review_stay(guest=guest, booking_id=booking.pk, rating=5, comment="柿子真甜")
    reply_to_review(host=host, booking_id=booking.pk, reply="再来")
    kinds = Message.objects.order_by("pk").values_list("user", "kind")
    assert list(kinds)[4:] == [
        (guest.pk, "booking.tomorrow"),
        (host.pk, "booking.arrives"),
        (guest.pk, "booking.to_review"),
        (host.pk, "booking.reviewed"),
        (guest.pk, "booking.replied"),
    ]


def test_a_declined_request_is_told_to_its_guest(booking, guest, host):
    told(host)
    reject_request(host=host, booking_id=booking.pk, reason="修暖气")
    assert (told(guest), told(host)) == (["rejected"], [])


def test_who_cancels_is_not_told_of_it_and_the_other_side_is(booking, guest, host):
    told(host)
    cancel_booking(actor=guest, booking_id=booking.pk)
    assert (told(guest), told(host)) == ([], ["canceled"])


def test_both_hear_of_what_staff_cancel_and_the_guest_of_the_money(house, guest, host, stranger):
    booking = make_booking(house, guest, D4, D7)
    cancel_for_staff(staff=stranger, booking_id=booking.pk, reason="漏水")
    assert (told(guest), told(host)) == (["canceled", "coming_back"], ["canceled"])


def test_each_part_that_comes_back_is_told(house, guest, stranger):
    booking = make_booking(house, guest, D4, D7)
    for fen in (100, 200):
        refund_part(staff=stranger, booking_id=booking.pk, amount_fen=fen, reason="空调坏了")
    assert told(guest) == ["coming_back", "coming_back"]


def test_a_request_that_runs_out_is_told_to_both(booking, guest, host, clock):
    told(host)
    clock.shift(timedelta(hours=24))
    run_due()
    assert set(Message.objects.filter(kind="booking.ran_out").values_list("user", flat=True)) == {guest.pk, host.pk}


def test_a_stay_that_begins_tomorrow_is_told_once_to_both(house, guest, host, clock):
    make_booking(house, guest, D4, D7)
    clock.move_to(datetime(2026, 12, 3, 0, 1, tzinfo=NOON.tzinfo))
    for _ in range(2):
        run_due()
    kinds = Message.objects.values_list("user", "kind")
    assert sorted(kinds) == sorted([(guest.pk, "booking.tomorrow"), (host.pk, "booking.arrives")])


def test_what_did_not_happen_is_told_to_nobody(house, guest):
    with transaction.atomic():
        request_booking(guest=guest, house_id=house.pk, stay=Stay(D4, D7), guests=2)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_messages_name_nobody(booking, guest, host):
    facts = str(Message.objects.values_list("facts", flat=True))
    assert guest.name not in facts
    assert host.name not in facts
    assert deliver_messages() >= 1
