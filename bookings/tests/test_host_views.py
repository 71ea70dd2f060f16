"""The page on which hosts see their homes, and what needs them now."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.factories import make_booking
from bookings.hosting import draw_host_page
from bookings.models import Booking
from listings.factories import HouseFactory, HouseImageFactory, block_nights
from listings.models import House
from listings.services import create_house

PAGE = reverse("my-homes")
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TODAY = date(2026, 11, 22)
Status = Booking.Status


@pytest.fixture(autouse=True)
def _a_sunday_evening():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visitor(client, host):
    """林房东's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(host)
    return client


@pytest.fixture
def house(host) -> House:
    return HouseImageFactory(house__host=host, house__same_day_turnover=True, house__published_at=NOW).house


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def only_home(host):
    (home,) = draw_host_page(host).homes
    return home


# --- the homes --------------------------------------------------------------------------------------------------------


def test_a_home_says_what_it_is(visitor, house):
    page = visitor.get(PAGE).text
    for words in (
        f"No. {house.pk}<",
        house.title,
        house.area.name_en,
        "¥399 a night",
        "published on 22 Nov",
        "Published",
    ):
        assert words in page
    for name in ("house", "house-calendar", "house-photos"):
        assert f'href="{reverse(name, args=[house.pk])}"' in page


def test_the_next_stay_is_the_first_that_is_paid_and_not_over(visitor, house, guest, stranger):
    make_booking(house, stranger, day(-3), day(0))
    make_booking(house, stranger, day(1), day(2), Status.WAIT_PAYMENT)
    make_booking(house, stranger, day(9), day(11))
    booking = make_booking(house, guest, day(4), day(6))
    page = visitor.get(PAGE).text
    assert f'href="/bookings/{booking.pk}">王小明</a> · 26 – 28 Nov · 2 nights' in page


def test_who_stays_now_is_the_next_stay(host, house, guest):
    booking = make_booking(house, guest, day(-1), day(1))
    assert only_home(host).next_stay == booking


def test_occupancy_counts_the_nights_that_bookings_hold_among_the_next_thirty(visitor, host, house, guest, stranger):
    make_booking(house, guest, day(-2), day(2))  # two of them from today
    make_booking(house, stranger, day(10), day(13), Status.WAIT_PAYMENT)
    make_booking(house, guest, day(29), day(33))  # one of them
    make_booking(house, guest, day(20), day(25), Status.CANCELED)
    block_nights(house, day(14), day(18))
    assert only_home(host).occupancy == 20
    assert '<rect width="20" height="6"/>' in visitor.get(PAGE).text


def test_a_request_that_has_run_out_long_ago_holds_nothing(host, house, guest):
    make_booking(house, guest, day(3), day(6), Status.WAIT_PAYMENT, expires_at=NOW - timedelta(minutes=6))
    assert only_home(host).occupancy == 0


def test_the_number_of_queries_is_the_same_for_any_number_of_homes(visitor, host, guest, django_assert_num_queries):
    for n in range(4):
        home = HouseImageFactory(house__host=host).house
        make_booking(home, guest, day(2 * n), day(2 * n + 2))
        make_booking(home, HouseFactory().host, day(20), day(22), Status.WAIT_ACCEPT)
        create_house(host=host)
        with django_assert_num_queries(13):  # session, host, bell, identity; homes and requests 4; stays; money 4
            visitor.get(PAGE)


# --- what needs the host ----------------------------------------------------------------------------------------------


def test_a_request_waits_for_its_answer(visitor, house, guest):
    booking = make_booking(house, guest, day(4), day(7), Status.WAIT_ACCEPT, expires_at=NOW + timedelta(hours=3))
    page = visitor.get(PAGE).text
    assert "王小明 asks for 3 nights" in page
    assert ">3 hours</time> left" in page
    assert "1 request waits for your answer." in page
    assert f'href="/bookings/{booking.pk}"' in page
    for name in ("accept-request", "reject-request"):
        assert f'action="{reverse(name, args=[booking.pk])}"' in page


def test_what_nobody_can_answer_any_more_needs_nobody(visitor, house, guest, stranger):
    make_booking(house, guest, day(4), day(7), Status.WAIT_ACCEPT, expires_at=NOW)
    make_booking(house, stranger, day(9), day(11), Status.WAIT_PAYMENT)
    assert "What needs you now" not in visitor.get(PAGE).text


def test_a_draft_says_what_is_missing_and_where_to_go_on(visitor, host):
    draft = create_house(host=host, title="延庆山脚的石头房子")
    page = visitor.get(PAGE).text
    assert "Still missing: the area, the address, the layout" in page
    assert f'href="/host/houses/{draft.pk}/edit/review"' in page


@pytest.mark.parametrize(("has_photo", "step"), [(False, "photos"), (True, "publish")])
def test_a_draft_leads_to_the_step_that_comes_next(host, has_photo, step):
    draft = HouseFactory(host=host, status=House.Status.DRAFT)
    if has_photo:
        HouseImageFactory(house=draft)
    assert only_home(host).next_step == step


def test_who_is_not_verified_is_led_to_the_verification(visitor, stranger):
    HouseImageFactory(house__host=stranger, house__status=House.Status.DRAFT)
    visitor.force_login(stranger)
    page = visitor.get(PAGE).text
    assert "Still missing: your verified identity" in page
    assert f"{reverse('verification')}?next={PAGE}" in page


@pytest.mark.parametrize("status", [House.Status.DRAFT, House.Status.SUSPENDED])
def test_a_home_that_was_refused_or_suspended_says_why(visitor, house, status):
    House.objects.update(status=status, status_reason="门锁坏了")
    assert "Reason: 门锁坏了" in visitor.get(PAGE).text


# --- who comes when, and what it brings -------------------------------------------------------------------------------


def test_who_comes_when_is_told_over_all_homes_and_the_nearest_are_marked(visitor, host, house, guest, stranger):
    other = HouseFactory(host=host, title="景山后街的顶楼", same_day_turnover=True)
    make_booking(house, guest, day(-2), day(1))
    make_booking(other, stranger, day(-2), day(3))
    make_booking(house, stranger, day(1), day(3))
    make_booking(other, guest, day(5), day(6))
    make_booking(other, guest, day(8), day(9), Status.WAIT_PAYMENT)
    page = visitor.get(PAGE).text
    marks = ["Leaves tomorrow", "Here now", "Arrives tomorrow", "In 5 days"]
    assert sorted(marks, key=page.index) == marks
    assert "In 8 days" not in page
    assert "13800138002" not in page


def test_who_comes_today_is_in_the_first_sentence(visitor, house, guest):
    make_booking(house, guest, day(0), day(2))
    page = visitor.get(PAGE).text
    assert "1 guest arrives today." in page
    assert "Arrives today" in page


def test_ten_stays_are_enough(visitor, host, house, guest):
    for n in range(12):
        make_booking(house, guest, day(n + 1), day(n + 2))
    assert len(draw_host_page(host).stays) == 10


def test_what_the_months_brought_stands_beside_it(visitor, host, house, guest):
    make_booking(house, guest, day(-3), day(-1), Status.COMPLETE)  # two nights for ¥399 each
    make_booking(house, guest, day(4), day(5))
    page = visitor.get(PAGE).text
    assert "<dd>¥718.20</dd>" in page
    assert "<dd>¥359.10</dd>" in page
    assert '<svg height="120">' in page
    assert f'href="{reverse("earnings")}"' in page


def test_where_nothing_was_earned_yet_there_are_no_zeros(visitor, house):
    page = visitor.get(PAGE).text
    assert "What a stay brings you is here once it is over" in page
    assert "¥0" not in page
    assert 'class="chart"' not in page


# --- what is done -----------------------------------------------------------------------------------------------------


def test_a_home_with_coming_stays_goes_offline_but_is_not_deleted(visitor, house, guest):
    booking = make_booking(house, guest, day(4), day(6))
    page = visitor.post(reverse("house-offline", args=[house.pk]), follow=True).text
    assert "Stays that are booked remain." in page
    assert "26 – 28 Nov" in page
    assert reverse("house-deletion", args=[house.pk]) not in page
    visitor.post(reverse("house-deletion", args=[house.pk]))
    booking.refresh_from_db()
    assert (booking.status, booking.house.status, booking.hold.nights.count()) == (Status.PAID, "offline", 2)


def test_only_ones_own_homes_and_requests_are_there(visitor, house, guest, stranger):
    make_booking(house, guest, day(4), day(7), Status.WAIT_ACCEPT)
    for who in (stranger, HouseFactory(title="别的房东的家").host):
        visitor.force_login(who)
        page = visitor.get(PAGE).text
        assert house.title not in page
        assert "王小明" not in page


def test_who_has_no_home_is_shown_how_to_begin(visitor):
    page = visitor.get(PAGE).text
    assert "No homes yet" in page
    assert 'href="/host/houses/new"' in page
