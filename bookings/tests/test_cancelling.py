"""Cancelling: what comes back one second either side of each cut-off, and that it is what was shown before."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import ReasonMissing
from bookings.cancelling import cancel_booking, cancel_for_staff, preview_cancellation, refund_part
from bookings.errors import BookingNotFound, ChangeNotPossible, RefundChanged, RefundTooMuch, StayHasBegun
from bookings.factories import forget_bookings, make_booking
from bookings.models import Booking, BookingEvent, Refund
from bookings.services import request_booking
from listings.calendar import Stay
from listings.errors import NightsTaken
from listings.factories import HouseFactory
from listings.models import HeldNight, Hold, House
from listings.nights import free_nights

Status, Policy = Booking.Status, House.CancellationPolicy
ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY, MONDAY = date(2026, 12, 4), date(2026, 12, 7)
CHECK_IN = datetime(2026, 12, 4, 15, tzinfo=ZONE)
SECOND = timedelta(seconds=1)
ALL, FIRST_KEPT, HALF, FEE = 36003, 26002, 21002, 6000  # of nights of 100.01, twice 100.01, and 60.00 of cleaning
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _long_before():
    with time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=ZONE), tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host, price_fen=10001, cleaning_fee_fen=FEE)


def paid(house, guest, policy=Policy.MODERATE, **fields) -> Booking:
    return make_booking(house, guest, FRIDAY, MONDAY, Status.PAID, cancellation_policy=policy, **fields)


@pytest.mark.parametrize(
    ("policy", "before", "until", "after"),
    [
        (Policy.FLEXIBLE, timedelta(hours=24), ALL, FIRST_KEPT),
        (Policy.MODERATE, timedelta(days=5), ALL, HALF),
        (Policy.STRICT, timedelta(days=14), ALL, HALF),
        (Policy.STRICT, timedelta(days=7), HALF, FEE),
    ],
)
@pytest.mark.parametrize(("late", "is_late"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_a_second_after_a_cut_off_less_comes_back(house, guest, policy, before, until, after, late, is_late):
    booking = paid(house, guest, policy)
    with time_machine.travel(CHECK_IN - before + late, tick=False):
        assert cancel_booking(actor=guest, booking_id=booking.pk).refunded_fen == (after if is_late else until)


@pytest.mark.parametrize(
    ("policy", "last"), [(Policy.FLEXIBLE, FIRST_KEPT), (Policy.MODERATE, HALF), (Policy.STRICT, FEE)]
)
def test_a_second_before_check_in_a_guest_can_cancel(house, guest, policy, last):
    booking = paid(house, guest, policy)
    with time_machine.travel(CHECK_IN - SECOND, tick=False):
        assert cancel_booking(actor=guest, booking_id=booking.pk).refunded_fen == last


@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=1)])
def test_from_check_in_on_neither_guest_nor_host_cancels(house, guest, host, late):
    booking = paid(house, guest)
    with time_machine.travel(CHECK_IN + late, tick=False):
        for actor in (guest, host):
            with pytest.raises(StayHasBegun):
                cancel_booking(actor=actor, booking_id=booking.pk, reason="x")
    booking.refresh_from_db()
    assert (booking.status, booking.refunded_fen) == (Status.PAID, 0)


def test_half_a_fen_of_the_nights_goes_to_the_guest_and_the_cleaning_fee_comes_whole(house, guest):
    booking = paid(house, guest)
    assert booking.nights_fen == 30003
    with time_machine.travel(CHECK_IN - SECOND, tick=False):
        assert cancel_booking(actor=guest, booking_id=booking.pk).refunded_fen == 15002 + FEE


@pytest.mark.parametrize(("first", "night_fen"), [(date(2026, 12, 6), 10000), (date(2026, 12, 4), 20000)])
def test_the_first_night_is_kept_at_its_own_price_after_discount(house, guest, first, night_fen):
    House.objects.update(price_fen=10000, weekend_price_fen=20000, weekly_discount=15)
    house.refresh_from_db()
    booking = make_booking(house, guest, first, first + timedelta(days=7), cancellation_policy=Policy.FLEXIBLE)
    with time_machine.travel(booking.check_in_at - SECOND, tick=False):
        cancelled = cancel_booking(actor=guest, booking_id=booking.pk)
    assert cancelled.amount_fen - cancelled.refunded_fen == night_fen * 85 // 100


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.tuples(st.integers(1, 10**7), st.none() | st.integers(1, 10**7), st.integers(0, 10**6)),
    discounts=st.tuples(st.integers(0, 99), st.integers(0, 99)),
    nights=st.integers(1, 40),
    policy=st.sampled_from(Policy.values),
    before=st.timedeltas(SECOND, timedelta(days=20)),
    is_guest=st.booleans(),
)
def test_the_sum_shown_is_the_sum_refunded(guest, host, prices, discounts, nights, policy, before, is_guest):
    forget_bookings()
    house = HouseFactory(
        host=host,
        price_fen=prices[0],
        weekend_price_fen=prices[1],
        cleaning_fee_fen=prices[2],
        weekly_discount=discounts[0],
        monthly_discount=discounts[1],
    )
    actor = guest if is_guest else host
    booking = make_booking(house, guest, FRIDAY, FRIDAY + timedelta(days=nights), cancellation_policy=policy)
    with time_machine.travel(CHECK_IN - before, tick=False):
        shown = preview_cancellation(booking, actor=actor).refund_fen
        booking = cancel_booking(actor=actor, booking_id=booking.pk, reason="x", agreed_fen=shown)
    assert house.cleaning_fee_fen <= booking.refunded_fen <= booking.captured_fen
    assert booking.refunded_fen == shown == sum(booking.refunds.values_list("amount_fen", flat=True))
    assert is_guest or shown == booking.captured_fen


def test_a_guest_who_cancels_sets_the_nights_free(house, guest, stranger):
    cancel_booking(actor=guest, booking_id=paid(house, guest).pk)
    assert request_booking(guest=stranger, house_id=house.pk, stay=Stay(FRIDAY, MONDAY), guests=1)


def test_a_host_who_cancels_gives_everything_back_and_nobody_gets_the_nights(house, guest, host, stranger):
    booking = cancel_booking(actor=host, booking_id=paid(house, guest).pk, reason="水管坏了")
    assert (booking.status, booking.refunded_fen) == (Status.CANCELED, ALL)
    with pytest.raises(NightsTaken):
        request_booking(guest=stranger, house_id=house.pk, stay=Stay(FRIDAY, MONDAY), guests=1)
    assert set(HeldNight.objects.values_list("hold__kind", flat=True)) == {Hold.Kind.CANCELED}


def test_a_host_cannot_open_the_nights_of_a_stay_that_they_have_cancelled(house, guest, host):
    cancel_booking(actor=host, booking_id=paid(house, guest).pk, reason="水管坏了")
    before = HeldNight.objects.count()
    assert free_nights(host=host, house_id=house.pk, first=FRIDAY, last=MONDAY) == 0
    assert HeldNight.objects.count() == before


def test_a_host_says_why(house, guest, host):
    booking = paid(house, guest)
    for reason in ("", "  "):
        with pytest.raises(ReasonMissing):
            cancel_booking(actor=host, booking_id=booking.pk, reason=reason)
    assert not Refund.objects.exists()


def test_a_host_cancels_an_accepted_request_but_answers_one_that_waits(house, guest, host):
    waits, accepted = (
        make_booking(house, guest, FRIDAY + timedelta(days=7 * n), MONDAY + timedelta(days=7 * n), status)
        for n, status in enumerate((Status.WAIT_ACCEPT, Status.WAIT_PAYMENT))
    )
    with pytest.raises(ChangeNotPossible):
        cancel_booking(actor=host, booking_id=waits.pk, reason="x")
    assert cancel_booking(actor=host, booking_id=accepted.pk, reason="x").hold is None


def test_money_goes_back_once_however_often_a_stay_is_cancelled(house, guest):
    booking = paid(house, guest)
    cancel_booking(actor=guest, booking_id=booking.pk)
    with pytest.raises(ChangeNotPossible):
        cancel_booking(actor=guest, booking_id=booking.pk)
    assert Refund.objects.get().amount_fen == ALL
    assert booking.events.get(to_status=Status.CANCELED).amount_fen == ALL


def test_a_sum_that_has_changed_changes_nothing(house, guest):
    booking = paid(house, guest)
    events, nights = BookingEvent.objects.count(), HeldNight.objects.count()
    too_late = time_machine.travel(CHECK_IN - timedelta(days=5) + SECOND, tick=False)
    with too_late, pytest.raises(RefundChanged) as refused:
        cancel_booking(actor=guest, booking_id=booking.pk, agreed_fen=ALL)
    assert refused.value.facts == {"refund_fen": HALF}
    booking.refresh_from_db()
    assert (booking.status, booking.refunded_fen) == (Status.PAID, 0)
    assert (BookingEvent.objects.count(), HeldNight.objects.count(), Refund.objects.count()) == (events, nights, 0)


def test_no_more_comes_back_than_staff_have_left(house, guest):
    booking = paid(house, guest, refunded_fen=ALL - 100)
    assert preview_cancellation(booking, actor=guest).refund_fen == 100


@pytest.mark.parametrize(
    ("status", "refund_fen"),
    [
        (Status.WAIT_ACCEPT, 1),
        (Status.WAIT_PAYMENT, 1),
        (Status.WAIT_ACCEPT, -1),
        (Status.PAID, -1),
        (Status.PAID, ALL + 1),
    ],
)
def test_staff_give_back_nothing_that_was_not_paid(house, guest, stranger, status, refund_fen):
    booking = make_booking(house, guest, FRIDAY, MONDAY, status)
    with pytest.raises(RefundTooMuch):
        cancel_for_staff(staff=stranger, booking_id=booking.pk, reason="停电", refund_fen=refund_fen)
    booking.refresh_from_db()
    assert (booking.status, Refund.objects.count()) == (status, 0)


@pytest.mark.parametrize("key", ["k" * 64, "1"])
def test_a_part_goes_back_once_for_a_key_and_a_booking(house, guest, stranger, key):
    bookings = paid(house, guest), make_booking(house, guest, date(2026, 12, 14), date(2026, 12, 17))
    for booking in bookings * 2:
        refund_part(staff=stranger, booking_id=booking.pk, amount_fen=100, reason="停电", key=key)
    assert sorted(Refund.objects.values_list("booking", "amount_fen")) == [(booking.pk, 100) for booking in bookings]


def test_nobody_else_cancels(house, guest, stranger):
    booking = paid(house, guest)
    with pytest.raises(BookingNotFound):
        cancel_booking(actor=stranger, booking_id=booking.pk, reason="x")


def test_staff_who_saw_an_unpaid_request_do_not_cancel_a_paid_stay(house, guest, stranger):
    booking = make_booking(house, guest, FRIDAY, MONDAY)
    with pytest.raises(RefundChanged):
        cancel_for_staff(staff=stranger, booking_id=booking.pk, reason="重复预订", left_fen=0)
    booking.refresh_from_db()
    assert booking.status == Status.PAID
