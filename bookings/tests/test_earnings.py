"""The page on which hosts see what they are owed, and how each month was."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.factories import UserFactory
from bookings.cancelling import refund_part
from bookings.dues import pay_due
from bookings.earnings import TALLEST, month_before, months_earned, sum_up
from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory

PAGE = reverse("earnings")
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
Status = Booking.Status


@pytest.fixture
def evening():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _percent(settings):
    settings.COMMISSION_PERCENT = 10


@pytest.fixture
def house(evening, host):
    return HouseFactory(host=host, title="柿子树下的胡同小院", price_fen=20000, cleaning_fee_fen=0)


@pytest.fixture
def visitor(client, host):
    """林房东's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(host)
    return client


@pytest.fixture
def staff(db):
    return UserFactory(is_staff=True)


def stay_over(evening, house, guest, moment: datetime, nights: int = 1) -> Booking:
    """A stay that ended at a moment."""
    evening.move_to(moment)
    day = moment.date()
    booking = make_booking(house, guest, day - timedelta(days=nights + 1), day - timedelta(days=1), Status.COMPLETE)
    evening.move_to(NOW)
    return booking


def test_a_line_says_how_it_adds_up_and_how_it_was_paid(visitor, evening, house, guest, staff):
    booking = stay_over(evening, house, guest, NOW, nights=2)
    page = visitor.get(PAGE).text
    for words in ("王小明", "19 – 21 Nov", "¥400", "− ¥40", "¥360", "Not paid yet", f"/bookings/{booking.pk}"):
        assert words in page
    pay_due(staff=staff, due_id=booking.dues.get().pk, bank_reference="工行 20261122")
    page = visitor.get(PAGE).text
    assert "Paid on 22 Nov" in page
    assert ">工行 20261122</dd>" in page
    assert "Not paid yet" not in page


def test_a_later_refund_is_a_correction(visitor, evening, house, guest, staff):
    booking = stay_over(evening, house, guest, NOW)
    refund_part(staff=staff, booking_id=booking.pk, amount_fen=10000, reason="热水坏了")
    page = visitor.get(PAGE).text
    for words in ("Correction", "<dd>− ¥100</dd>", "<dd>+ ¥10</dd>", "-¥90"):
        assert words in page


def test_the_totals_are_what_is_owed_was_paid_this_year_and_is_to_come(evening, host, house, guest, staff):
    for moment, is_paid in (
        (NOW, False),
        (NOW - timedelta(days=40), True),
        (NOW - timedelta(days=400), True),
        (NOW - timedelta(days=90), False),
    ):
        booking = stay_over(evening, house, guest, moment)
        if is_paid:
            evening.move_to(moment)
            pay_due(staff=staff, due_id=booking.dues.get().pk, bank_reference="1")
            evening.move_to(NOW)
    coming = make_booking(house, guest, date(2026, 12, 4), date(2026, 12, 7))
    refund_part(staff=staff, booking_id=coming.pk, amount_fen=5, reason="抱歉")
    make_booking(house, guest, date(2026, 12, 14), date(2026, 12, 17), Status.WAIT_PAYMENT)
    totals = sum_up(host)
    assert (totals.owed_fen, totals.paid_fen, totals.coming_fen) == (36000, 18000, 53995)


def test_a_month_begins_and_ends_at_midnight_in_beijing(evening, host, house, guest):
    midnight = datetime(2026, 10, 31, 16, tzinfo=UTC)
    stay_over(evening, house, guest, midnight - timedelta(seconds=1))
    stay_over(evening, house, guest, midnight + timedelta(days=5), nights=2)
    october, november = months_earned(host, many=2)
    assert (october.first, october.amount_fen, october.height) == (date(2026, 10, 1), 18000, TALLEST // 2)
    assert (november.first, november.amount_fen, november.height) == (date(2026, 11, 1), 36000, TALLEST)
    assert (october.is_present, november.is_present) == (False, True)
    assert (november.paid_fen, november.refunded_fen, november.commission_fen) == (40000, 0, 4000)


def test_a_month_in_which_more_went_back_than_came_has_no_bar(evening, host, house, guest, staff):
    booking = stay_over(evening, house, guest, NOW - timedelta(days=60), nights=2)
    refund_part(staff=staff, booking_id=booking.pk, amount_fen=30000, reason="热水坏了")
    present = months_earned(host, many=12)[-1]
    assert (present.amount_fen, present.height, present.thousands) == (-27000, 0, "-0.3")


@pytest.mark.parametrize(
    ("months", "first"), [(0, "2026-02-01"), (1, "2026-01-01"), (2, "2025-12-01"), (-1, "2026-03-01")]
)
def test_months_are_counted_over_the_turn_of_a_year(months, first):
    assert month_before(date(2026, 2, 1), months).isoformat() == first


def test_the_months_stand_in_bars_and_in_a_table(visitor, evening, house, guest):
    stay_over(evening, house, guest, NOW, nights=5)
    page = visitor.get(PAGE).text
    assert f'<svg height="{TALLEST}">' in page
    assert "style=" not in page
    assert '<th scope="row">November 2026</th><td>¥1,000</td><td>¥0</td><td>¥100</td><td><b>¥900</b></td>' in page


def test_lines_come_by_month_and_twenty_to_a_page_in_as_many_queries(
    visitor, evening, house, guest, django_assert_num_queries
):
    for n in range(22):
        stay_over(evening, house, guest, NOW - timedelta(days=3 * n))
        if n in (1, 21):
            with django_assert_num_queries(9):  # session, host; lines and their number; months; three totals
                page = visitor.get(PAGE)
    assert page.text.count("Not paid yet") == 20
    assert "November 2026</h2>" in page.text
    assert "October 2026</h2>" in page.text
    assert visitor.get(PAGE, {"p": 2}).text.count("Not paid yet") == 2
    assert visitor.get(PAGE, {"p": 3}).status_code == 404


def test_only_ones_own_lines_are_there(visitor, evening, house, guest, stranger):
    stay_over(evening, house, guest, NOW)
    for who in (guest, stranger, HouseFactory().host):
        visitor.force_login(who)
        page = visitor.get(PAGE).text
        assert "Nothing earned yet" in page
        assert house.title not in page


def test_whoever_is_not_logged_in_is_asked_to(client):
    assert client.get(PAGE).url.startswith(reverse("login"))
