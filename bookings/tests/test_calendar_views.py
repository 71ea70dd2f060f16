"""The page on which a host plans the nights of a home."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.cancelling import cancel_booking
from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory, NightPriceFactory, block_nights
from listings.models import HeldNight, Hold, House, NightPrice

Status = Booking.Status
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
D1, D4, D7, D9, D11 = (date(2026, 12, n) for n in (1, 4, 7, 9, 11))
STAY = {"sd": "2026-12-04", "ed": "2026-12-06"}

NIGHTS = [
    "Tue 1 Dec, free, ¥399",
    "Fri 4 Dec, booked by 王小明",
    "Mon 7 Dec, kept to make the home ready",
    "Wed 9 Dec, asked for by 赵路人",
    "Sat 12 Dec, free, ¥459",
    "Mon 14 Dec, blocked",
    "Thu 31 Dec, free, ¥588.50",
]


@pytest.fixture(autouse=True)
def _a_sunday_evening():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host, title="柿子树下的胡同小院", weekend_price_fen=45900)


@pytest.fixture
def visitor(client, host):
    """林房东's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(host)
    return client


def address(house, month="2026-12") -> str:
    return reverse("house-calendar", args=[house.pk], query={"month": month})


def change(visitor, house, act, *nights, **more):
    return visitor.post(address(house), {"act": act, "night": nights, **more})


# --- looking ----------------------------------------------------------------------------------------------------------


def test_each_night_says_how_it_is(visitor, house, guest, stranger):
    make_booking(house, guest, D4, D7)
    make_booking(house, stranger, D9, D11, Status.WAIT_PAYMENT)
    block_nights(house, date(2026, 12, 14), date(2026, 12, 15))
    NightPriceFactory(house=house, night=date(2026, 12, 31), price_fen=58850)
    page = visitor.get(address(house)).text
    assert [words for words in NIGHTS if words not in page] == []


def test_a_stay_is_a_bar_in_each_of_its_weeks(visitor, house, guest):
    booking = make_booking(house, guest, D4, D9)
    page = visitor.get(address(house)).text
    assert page.count(f'href="/bookings/{booking.pk}"') == 2
    assert "planner__bar--goes-on in-5 out-8" in page
    assert "planner__bar--comes-in in-0 out-3" in page


def test_a_stay_from_the_month_before_comes_in(visitor, house, guest):
    make_booking(house, guest, date(2026, 11, 28), D1)
    assert "planner__bar--comes-in in-0 out-2" in visitor.get(address(house)).text


def test_what_is_over_or_overdue_is_no_bar(visitor, house, guest):
    make_booking(house, guest, D4, D7, Status.CANCELED)
    make_booking(house, guest, D9, D11, Status.WAIT_PAYMENT, expires_at=NOW - timedelta(minutes=6))
    page = visitor.get(address(house)).text
    assert "王小明" not in page
    assert "Wed 9 Dec, free" in page


def test_past_nights_cannot_be_chosen(visitor, house):
    page = visitor.get(address(house, "2026-11")).text
    assert 'value="2026-11-21"' not in page
    assert 'value="2026-11-22"' in page


def test_the_months_end_with_the_last_night_to_sell(visitor, house):
    page = visitor.get(address(house, "2027-12")).text
    assert 'value="2027-12-26"' in page  # the stay leaves on the 27th, 400 days from today
    assert 'value="2027-12-27"' not in page
    assert 'id="later"' not in page


@pytest.mark.parametrize("month", ["2020-01", "2026-13", "0000-00", "nothing", ""])
def test_a_month_that_is_not_there_is_this_one(visitor, house, month):
    page = visitor.get(address(house, month)).text
    assert '<h2 id="month">November 2026</h2>' in page
    assert 'id="earlier"' not in page


def test_the_number_of_queries_is_fixed(visitor, house, guest, stranger, django_assert_num_queries):
    for who, first in ((guest, D4), (stranger, D9), (guest, date(2026, 12, 20))):
        make_booking(house, who, first, first + timedelta(days=2))
    with django_assert_num_queries(7):  # session, host, home; stays, held nights, prices; bell
        visitor.get(address(house))


# --- changing ---------------------------------------------------------------------------------------------------------


def test_blocked_nights_are_gone_from_search_and_page_at_once_and_come_back(visitor, house):
    def is_found() -> bool:
        return house.title in visitor.get(reverse("search", query=STAY)).text

    assert is_found()
    done = change(visitor, house, "block", "2026-12-04", "2026-12-05")
    assert (done.status_code, done.url) == (303, address(house))
    assert not is_found()
    assert "Fri 4 Dec, taken" in visitor.get(reverse("house", args=[house.pk], query={"month": "2026-12"})).text
    change(visitor, house, "free", "2026-12-04", "2026-12-05")
    assert is_found()


def test_a_price_shows_on_the_homes_page_at_once_and_goes_back(visitor, house):
    page = reverse("house-price", args=[house.pk], query={**STAY, "guests": "1"})
    change(visitor, house, "price", "2026-12-04", price="588.50")
    assert "¥1,047.50" in visitor.get(page).text  # and ¥459 for the Saturday
    change(visitor, house, "usual", "2026-12-04")
    assert "¥918" in visitor.get(page).text


def test_who_is_in_the_way_of_a_block_is_named(visitor, house, guest):
    make_booking(house, guest, D4, D7)
    page = change(visitor, house, "block", "2026-12-03", "2026-12-04")
    assert page.status_code == 409
    assert "Nothing has been blocked" in page.text
    assert ">王小明</a> · 4 – 7 Dec · 3 nights" in page.text
    assert 'value="2026-12-03" checked' in page.text
    assert not HeldNight.objects.filter(night=date(2026, 12, 3)).exists()


def test_a_price_that_was_typed_wrong_changes_nothing(visitor, house):
    for typed in ("", "abc", "1e3", "-5", "+5", "5.123", "１２", "NaN", "1,000", "0", "100000"):
        page = change(visitor, house, "price", "2026-12-04", price=typed)
        assert page.status_code == 400, typed
        assert 'id="id_price_error"' in page.text
    assert not NightPrice.objects.exists()


def test_a_price_that_is_not_to_be_set_may_be_anything(visitor, house):
    assert change(visitor, house, "block", "2026-12-04", price="abc").status_code == 303


@pytest.mark.parametrize(
    ("act", "nights"),
    [
        ("block", []),
        ("block", ["2026-13-01"]),
        ("block", ["2026-11-21"]),
        ("price", ["2029-01-01"]),
        ("", ["2026-12-04"]),
    ],
)
def test_what_cannot_be_meant_is_refused(visitor, house, act, nights):
    page = change(visitor, house, act, *nights, price="100")
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert not HeldNight.objects.exists()


# --- a stay that its host has cancelled -------------------------------------------------------------------------------


@pytest.fixture
def canceled(house, guest, host) -> Booking:
    """A paid stay from 4 to 6 December, cancelled by its host."""
    booking = make_booking(house, guest, D4, date(2026, 12, 6))
    return cancel_booking(actor=host, booking_id=booking.pk, reason="水管坏了")


def test_its_nights_are_blocked_for_good_and_cannot_be_chosen(visitor, house, canceled):
    page = visitor.get(address(house)).text
    for night in ("Fri 4 Dec", "Sat 5 Dec", "Sun 6 Dec"):  # the last one was to make the home ready
        assert f"{night}, cancelled by you, not to be booked" in page
    assert "Cancelled by you, not to be booked" in page
    for night in ("2026-12-04", "2026-12-06"):
        assert f'name="night" value="{night}"' not in page
    assert 'name="night" value="2026-12-07"' in page


@pytest.mark.parametrize("act", ["free", "block"])
def test_nothing_that_its_host_sends_lets_them_go(visitor, house, canceled, act):
    change(visitor, house, act, "2026-12-03", "2026-12-04", "2026-12-05")
    change(visitor, house, "free", "2026-12-03", "2026-12-04", "2026-12-05")
    kept = HeldNight.objects.filter(hold__kind=Hold.Kind.CANCELED).values_list("night", flat=True)
    assert sorted(kept) == [D4, date(2026, 12, 5), date(2026, 12, 6)]
    assert HeldNight.objects.count() == 3


# --- who --------------------------------------------------------------------------------------------------------------


def test_nobody_else_sees_or_changes_a_homes_calendar(visitor, house, stranger):
    for who in (stranger, HouseFactory().host):
        visitor.force_login(who)
        assert visitor.get(address(house)).status_code == 404
        assert change(visitor, house, "block", "2026-12-04").status_code == 404
    assert not HeldNight.objects.exists()


def test_whoever_is_not_logged_in_is_asked_to(client, house):
    assert change(client, house, "block", "2026-12-04").url.startswith(reverse("login"))
    assert not HeldNight.objects.exists()


def test_my_homes_leads_to_each_calendar(visitor, house):
    assert reverse("house-calendar", args=[house.pk]) in visitor.get(reverse("my-homes")).text
