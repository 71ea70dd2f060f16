"""The list of my bookings."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory, HouseImageFactory

Status = Booking.Status
FRIDAY = date(2026, 12, 4)
BOOKINGS = reverse("bookings")
ASKED = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_sunday_evening():
    with time_machine.travel(ASKED, tick=False):
        yield


@pytest.fixture
def visitor(client, guest):
    """王小明's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(guest)
    return client


@pytest.fixture
def house(host):
    return HouseFactory(host=host, title="柿子树下的小院", cleaning_fee_fen=6000, directions="门锁密码2580")


def book(guest, house, weeks=0, status=Status.PAID, **fields):
    check_in = FRIDAY + timedelta(weeks=weeks)
    return make_booking(house, guest, check_in, check_in + timedelta(days=3), status, **fields)


def test_my_bookings_ask_to_log_in(client, db):
    assert client.get(BOOKINGS).url == f"{reverse('login')}?next={BOOKINGS}"


def test_bookings_stand_by_where_they_are(visitor, guest, house):
    made = [
        book(guest, house, 0, Status.CANCELED),
        book(guest, house, -9, Status.COMPLETE),
        book(guest, house, 2, Status.PAID),
        book(guest, house, 1, Status.PAID),
        book(guest, house, 3, Status.WAIT_ACCEPT),
    ]
    stages = visitor.get(BOOKINGS).context["stages"]
    assert [bookings for _, bookings in stages] == [[made[4]], [made[3], made[2]], [made[1]], [made[0]]]


@pytest.mark.parametrize(
    ("status", "weeks", "words"),
    [
        (Status.WAIT_PAYMENT, 0, ("Pay ¥1,257", "until 22 Nov 18:30")),
        (Status.WAIT_ACCEPT, 0, ("The host answers by 22 Nov 18:30",)),
        (Status.WAIT_COMMENT, -3, ("Write a review",)),
        (Status.PAID, 0, ("See the booking",)),
        (Status.CANCELED, 0, ("See the booking",)),
    ],
)
def test_a_card_leads_to_the_booking_and_to_what_is_next(visitor, guest, house, status, weeks, words):
    booking = book(guest, house, weeks, status)
    text = visitor.get(BOOKINGS).text
    for word in (*words, f'href="/bookings/{booking.pk}"'):
        assert word in text
    assert ("Pay " in text) == (status == Status.WAIT_PAYMENT)


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_as_many_queries_for_one_booking_as_for_twenty(
    visitor, guest, house, count, django_assert_num_queries
):
    for weeks in range(count):
        HouseImageFactory(house=house)
        book(guest, house, weeks)
    with django_assert_num_queries(6):
        visitor.get(BOOKINGS)


def test_twenty_bookings_stand_on_a_page(visitor, guest, house):
    for weeks in range(21):
        book(guest, house, weeks)
    assert len(visitor.get(BOOKINGS).context["page"]) == 20
    assert len(visitor.get(BOOKINGS, {"p": 2}).context["page"]) == 1


@pytest.mark.parametrize("number", ["0", "-1", "x", "2", "9" * 5000])
def test_a_page_that_is_not_there_is_a_page_that_says_so(visitor, number):
    response = visitor.get(BOOKINGS, {"p": number})
    assert response.status_code == 404
    assert "The list has no such page." in response.text


def test_nobody_sees_bookings_of_others(visitor, stranger, house):
    book(stranger, house)
    response = visitor.get(BOOKINGS)
    assert house.title not in response.text
    assert reverse("search") in response.text
