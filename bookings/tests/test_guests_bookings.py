"""The page on which a host sees who stays."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory

PAGE = reverse("guests-bookings")
Status = Booking.Status


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def visitor(client):
    client.cookies["django_language"] = "en"
    return client


def stays(guest, host, times):
    house = HouseFactory(host=host, title="柿子树下的胡同小院")
    for n in range(times):
        check_in = date(2026, 12, 4) + timedelta(weeks=n)
        make_booking(house, guest, check_in, check_in + timedelta(days=3))


def test_a_host_sees_who_comes_when(visitor, guest, host, django_assert_num_queries):
    stays(guest, host, 3)
    visitor.force_login(host)
    with django_assert_num_queries(7):
        page = visitor.get(PAGE)
    assert page.text.count("王小明") == 3
    assert "4 – 7 Dec" in page.text
    assert "13800138002" not in page.text


def test_each_booking_says_what_comes_next(visitor, guest, host, stranger):
    house, now = HouseFactory(host=host, price_fen=10000), timezone.now()
    make_booking(house, guest, date(2026, 12, 4), date(2026, 12, 6))
    make_booking(house, guest, date(2026, 12, 14), date(2026, 12, 16), Status.WAIT_PAYMENT)
    make_booking(house, stranger, date(2026, 12, 24), date(2026, 12, 26), Status.WAIT_ACCEPT)
    make_booking(house, stranger, date(2026, 12, 28), date(2026, 12, 29), Status.WAIT_ACCEPT, expires_at=now)
    visitor.force_login(host)
    page = visitor.get(PAGE).text
    for words in ("You get ¥180 after the stay.", "In 12 days", "The guest pays by", "This request has run out"):
        assert words in page
    assert page.count("Answer by") == 1
    assert 'name="next" value="/host/bookings"' in page


def test_requests_to_answer_come_first(visitor, guest, host, stranger):
    house = HouseFactory(host=host)
    asked = make_booking(house, stranger, date(2026, 12, 4), date(2026, 12, 6), Status.WAIT_ACCEPT)
    accepted = make_booking(house, guest, date(2026, 12, 14), date(2026, 12, 16), Status.WAIT_PAYMENT)
    coming = make_booking(house, guest, date(2026, 12, 18), date(2026, 12, 19))
    visitor.force_login(host)
    page = visitor.get(PAGE)
    assert list(page.context["page"]) == [asked, accepted, coming]


def test_nobody_else_sees_it(visitor, guest, host, stranger):
    stays(guest, host, 1)
    for user in (guest, stranger):
        visitor.force_login(user)
        assert "No guests yet" in visitor.get(PAGE).text
