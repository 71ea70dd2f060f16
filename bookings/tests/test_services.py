"""The rules by which a booking comes to be and ends."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from bookings.cancelling import cancel_booking
from bookings.errors import (
    BookingNotFound,
    ChangeNotPossible,
    OwnHouse,
    PriceChanged,
    TooManyOpenRequests,
    VerifiedGuestsOnly,
)
from bookings.factories import make_booking
from bookings.ledger import write_capture
from bookings.life import change_status
from bookings.models import Booking
from bookings.services import request_booking
from listings.calendar import Stay
from listings.errors import (
    HouseNotFound,
    NightsTaken,
    NoNight,
    RequestKeyReused,
    StayInThePast,
    StayTooFarAhead,
    StayTooLong,
    StayTooShort,
    TooManyGuests,
)
from listings.factories import HouseFactory, block_nights
from listings.models import HeldNight, House

Status = Booking.Status
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
D4, D7, D10 = date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 10)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


def book(house, guest, check_in=D4, check_out=D7, **more) -> Booking:
    return request_booking(guest=guest, house_id=house.pk, stay=Stay(check_in, check_out), **{"guests": 2, **more})


def held(house) -> list[date]:
    return list(HeldNight.objects.filter(house=house).order_by("night").values_list("night", flat=True))


def test_instant_booking_waits_for_payment_for_half_an_hour(house, guest):
    booking = book(house, guest)
    assert booking.status == Status.WAIT_PAYMENT
    assert booking.expires_at == NOON + timedelta(minutes=30)


def test_a_request_waits_a_day_for_the_host(house, guest):
    House.objects.update(instant_book=False)
    booking = book(house, guest)
    assert booking.status == Status.WAIT_ACCEPT
    assert booking.expires_at == NOON + timedelta(hours=24)


def test_no_deadline_runs_past_check_in(house, guest):
    House.objects.update(instant_book=False)
    booking = book(house, guest, date(2026, 11, 22), date(2026, 11, 23))
    assert booking.expires_at == NOON.replace(hour=15)


def test_a_booking_holds_its_nights_and_the_one_after(house, guest):
    book(house, guest)
    assert held(house) == [D4, date(2026, 12, 5), date(2026, 12, 6), D7]


def test_with_same_day_turnover_the_night_of_leaving_stays_free(house, guest, stranger):
    House.objects.update(same_day_turnover=True)
    book(house, guest)
    book(house, stranger, D7, D10)
    assert held(house) == [D4 + timedelta(days=n) for n in range(6)]


def test_without_same_day_turnover_nobody_arrives_on_the_day_of_leaving(house, guest, stranger):
    book(house, guest)
    with pytest.raises(NightsTaken):
        book(house, stranger, D7, D10)


def test_a_later_change_of_turnover_leaves_earlier_holds(house, guest, stranger):
    book(house, guest)
    House.objects.update(same_day_turnover=True)
    with pytest.raises(NightsTaken):
        book(house, stranger, D7, D10)


def test_the_booking_keeps_the_price_of_the_day(house, guest):
    booking = book(house, guest, agreed_fen=3 * 39900)
    House.objects.update(price_fen=99900)
    booking.refresh_from_db()
    assert booking.amount_fen == 3 * 39900
    assert sum(line["amount_fen"] for line in booking.lines) == booking.amount_fen


def test_a_changed_price_books_nothing_and_shows_the_new_one(house, guest):
    with pytest.raises(PriceChanged) as refusal:
        book(house, guest, agreed_fen=1)
    assert refusal.value.facts["quote"].amount_fen == 3 * 39900
    assert not Booking.objects.exists()


def test_history_begins_with_the_guests_request(house, guest):
    event = book(house, guest).events.get()
    assert (event.actor, event.from_status, event.to_status) == (guest, "", Status.WAIT_PAYMENT)


@pytest.mark.parametrize(
    ("check_in", "check_out", "guests", "refusal"),
    [
        (date(2026, 11, 21), D4, 1, StayInThePast),
        (date(2027, 12, 20), date(2027, 12, 28), 1, StayTooFarAhead),
        (D4, date(2026, 12, 5), 1, StayTooShort),
        (D4, D4 + timedelta(days=15), 1, StayTooLong),
        (D4, D7, 5, TooManyGuests),
    ],
)
def test_what_the_home_does_not_take_is_refused(house, guest, check_in, check_out, guests, refusal):
    House.objects.update(min_nights=2, max_nights=14)
    with pytest.raises(refusal):
        book(house, guest, check_in, check_out, guests=guests)
    assert not HeldNight.objects.exists()


def test_a_stay_ends_at_most_400_days_from_today(house, guest):
    last = NOON.date() + timedelta(days=400)
    assert book(house, guest, last - timedelta(days=1), last).pk


def test_today_can_be_booked_until_check_in_time(house, guest, stranger):
    today, tomorrow = date(2026, 11, 22), date(2026, 11, 23)
    with time_machine.travel(NOON.replace(hour=15), tick=False), pytest.raises(StayInThePast):
        book(house, stranger, today, tomorrow)
    with time_machine.travel(NOON.replace(hour=14, minute=59), tick=False):
        assert book(house, guest, today, tomorrow).pk


def test_today_is_the_sites_day_not_utc(house, guest):
    early = datetime(2026, 11, 23, 1, tzinfo=timezone.get_default_timezone())  # still the 22nd in UTC
    with time_machine.travel(early, tick=False), pytest.raises(StayInThePast):
        book(house, guest, date(2026, 11, 22), date(2026, 11, 24))


def test_a_stay_needs_a_night():
    with pytest.raises(NoNight):
        Stay(D4, D4)


def test_a_host_is_no_guest_at_home(house, host):
    with pytest.raises(OwnHouse):
        book(house, host)


def test_only_verified_guests_where_the_host_wants_it(house, guest, stranger):
    House.objects.update(verified_guests_only=True)
    with pytest.raises(VerifiedGuestsOnly):
        book(house, stranger)
    assert book(house, guest).pk


@pytest.mark.parametrize("status", [s for s in House.Status.values if s != House.Status.PUBLISHED])
def test_only_a_published_home_is_booked(house, guest, status):
    House.objects.update(status=status)
    with pytest.raises(HouseNotFound):
        book(house, guest)


def test_a_blocked_night_is_taken(house, guest):
    block_nights(house, D7, D10)
    with pytest.raises(NightsTaken):
        book(house, guest)


def test_three_unpaid_requests_are_enough(guest, host):
    for house in HouseFactory.create_batch(3, host=host):
        book(house, guest)
    with pytest.raises(TooManyOpenRequests):
        book(HouseFactory(host=host), guest)


def test_a_cancelled_request_makes_room_for_another(guest, host):
    bookings = [book(house, guest) for house in HouseFactory.create_batch(3, host=host)]
    cancel_booking(actor=guest, booking_id=bookings[1].pk)
    assert book(HouseFactory(host=host), guest).open_slot == 2


def test_there_is_no_fourth_slot(house, guest):
    booking = book(house, guest)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(open_slot=4)


def test_the_same_key_gives_the_same_booking(house, guest):
    key = uuid4().hex
    assert book(house, guest, key=key) == book(house, guest, key=key)
    assert Booking.objects.count() == 1


def test_a_key_is_not_used_for_another_request(house, guest):
    key = uuid4().hex
    book(house, guest, key=key)
    with pytest.raises(RequestKeyReused):
        book(house, guest, D10, D10 + timedelta(days=1), key=key)


def test_nights_are_kept_five_minutes_after_the_deadline(house, guest, stranger):
    book(house, guest)
    with time_machine.travel(NOON + timedelta(minutes=35), tick=False), pytest.raises(NightsTaken):
        book(house, stranger)


def test_overdue_nights_go_to_whoever_wants_them(house, guest, stranger):
    overdue = book(house, guest)
    with time_machine.travel(NOON + timedelta(minutes=35, seconds=1), tick=False):
        booking = book(house, stranger)
    overdue.refresh_from_db()
    assert (overdue.status, overdue.hold, overdue.events.last().actor) == (Status.CANCELED, None, None)
    assert set(HeldNight.objects.values_list("hold", flat=True)) == {booking.hold_id}


def test_a_guests_own_overdue_requests_fill_no_slot(guest, host):
    for house in HouseFactory.create_batch(3, host=host):
        book(house, guest)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert book(HouseFactory(host=host), guest).pk


def test_cancelling_lets_the_nights_go(house, guest, stranger):
    booking = cancel_booking(actor=guest, booking_id=book(house, guest).pk, reason="行程变了")
    assert (booking.status, booking.reason, held(house)) == (Status.CANCELED, "行程变了", [])
    assert book(house, stranger).pk


def test_a_request_is_cancelled_once(house, guest):
    booking = book(house, guest)
    cancel_booking(actor=guest, booking_id=booking.pk)
    with pytest.raises(ChangeNotPossible):
        cancel_booking(actor=guest, booking_id=booking.pk)
    assert booking.events.count() == 2


def test_nobody_else_cancels(house, guest, stranger):
    booking = book(house, guest)
    with pytest.raises(BookingNotFound):
        cancel_booking(actor=stranger, booking_id=booking.pk)


def test_a_host_cancels_what_was_accepted_and_says_why(house, guest, host):
    booking = book(house, guest)
    with pytest.raises(ReasonMissing):
        cancel_booking(actor=host, booking_id=booking.pk, reason=" ")
    assert cancel_booking(actor=host, booking_id=booking.pk, reason="水管坏了").status == Status.CANCELED


def test_a_host_rejects_and_does_not_cancel_before_accepting(house, guest, host):
    House.objects.update(instant_book=False)
    booking = book(house, guest)
    with pytest.raises(ChangeNotPossible):
        cancel_booking(actor=host, booking_id=booking.pk, reason="不想")


@pytest.mark.parametrize("status", [Status.WAIT_COMMENT, Status.COMPLETE, Status.REJECTED])
def test_what_is_over_is_not_cancelled(house, guest, status):
    booking = make_booking(house, guest, D4, D7, status)
    with pytest.raises(ChangeNotPossible):
        cancel_booking(actor=guest, booking_id=booking.pk)


def test_an_accepted_request_has_a_day_to_be_paid_with_its_nights(house, guest, host):
    House.objects.update(instant_book=False)
    booking = book(house, guest)
    with time_machine.travel(NOON + timedelta(hours=20), tick=False):
        change_status(booking, Status.WAIT_PAYMENT, actor=host)
    assert booking.expires_at == NOON + timedelta(hours=44)
    assert set(HeldNight.objects.values_list("expires_at", flat=True)) == {booking.expires_at}


def test_the_nights_of_a_paid_booking_never_run_out(house, guest, stranger):
    booking = book(house, guest)
    write_capture(booking.trade, transaction="T1", paid_at=NOON)
    change_status(booking.trade.booking, Status.PAID, actor=None)
    with time_machine.travel(NOON + timedelta(days=1), tick=False), pytest.raises(NightsTaken):
        book(house, stranger)


LIFE = {
    (Status.WAIT_ACCEPT, Status.WAIT_PAYMENT),
    (Status.WAIT_ACCEPT, Status.REJECTED),
    (Status.WAIT_ACCEPT, Status.CANCELED),
    (Status.WAIT_PAYMENT, Status.PAID),
    (Status.WAIT_PAYMENT, Status.CANCELED),
    (Status.PAID, Status.CANCELED),
    (Status.PAID, Status.WAIT_COMMENT),
    (Status.WAIT_COMMENT, Status.COMPLETE),
}


@pytest.mark.parametrize("was", Status)
@pytest.mark.parametrize("to", Status)
def test_a_booking_lives_by_the_table_and_no_other_way(house, guest, was, to):
    booking = make_booking(house, guest, D4, D7, was)
    if to == Status.PAID:
        booking.captured_fen = booking.amount_fen
        booking.save(update_fields=("captured_fen",))
    if (was, to) in LIFE:
        change_status(booking, to, actor=guest)
        assert booking.events.last().to_status == Booking.objects.get().status == to
        assert set(HeldNight.objects.values_list("expires_at", flat=True)) <= {Booking.objects.get().expires_at}
    else:
        with pytest.raises(ChangeNotPossible):
            change_status(booking, to, actor=guest)
