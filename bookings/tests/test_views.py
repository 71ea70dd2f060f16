"""The page of booking a stay."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from bookings.factories import make_booking
from bookings.models import Booking
from listings.calendar import Stay
from listings.factories import HouseFactory, HouseImageFactory, block_nights
from listings.models import House

Status = Booking.Status
FRIDAY = date(2026, 12, 4)
BOOKINGS = reverse("bookings")


@pytest.fixture(autouse=True)
def _a_sunday_evening():
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def visitor(client, guest):
    """王小明's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(guest)
    return client


@pytest.fixture
def house(host):
    return HouseFactory(host=host, title="柿子树下的胡同小院", cleaning_fee_fen=6000)


def address(house, **query):
    return reverse("book", args=[house.pk], query={"sd": "2026-12-04", "ed": "2026-12-07", "guests": "2", **query})


def confirm(visitor, house, **changes):
    """Send what the page of three nights at ¥399 with ¥60 of cleaning sends, or something else."""
    sent = {"sd": "2026-12-04", "ed": "2026-12-07", "guests": "2", "agreed_fen": "125700", "request_key": uuid4()}
    return visitor.post(reverse("book", args=[house.pk]), {**sent, **changes})


def book_three_nights(guest, house, weeks=0, status=Status.PAID, **fields):
    check_in = FRIDAY + timedelta(weeks=weeks)
    return make_booking(house, guest, check_in, check_in + timedelta(days=3), status, **fields)


def test_booking_asks_to_log_in_and_comes_back_to_the_same_stay(client, house):
    response = client.get(address(house))
    assert response.url == reverse("login", query={"next": address(house)}, fragment=None).replace("%2F", "/")


def test_a_guest_sees_price_terms_and_what_comes_next(visitor, house):
    text = visitor.get(address(house)).text
    for words in ("¥1,257", "138****8002", "Cancel by 29 Nov 15:00", "30 minutes", "2 guests"):
        assert words in text


def test_a_guest_of_a_host_who_answers_first_is_told_so(visitor, house):
    House.objects.update(instant_book=False)
    assert "the host answers within 24 hours" in visitor.get(address(house)).text


def test_the_page_is_shown_in_a_fixed_number_of_queries(visitor, house, django_assert_max_num_queries):
    HouseImageFactory.create_batch(3, house=house)
    with django_assert_max_num_queries(8):
        visitor.get(address(house))


def test_looking_at_the_page_holds_nothing(visitor, house):
    visitor.get(address(house))
    assert not Booking.objects.exists()
    assert not house.held_nights.exists()


def test_confirming_books_and_leads_to_the_booking(visitor, house, guest):
    response = confirm(visitor, house)
    booking = Booking.objects.get()
    assert (response.status_code, response.url) == (303, reverse("booking", args=[booking.pk]))
    assert (booking.guest, booking.guests, booking.amount_fen, booking.status) == (guest, 2, 125700, "WAIT_PAYMENT")
    assert "held for you until 22 Nov 18:30" in visitor.get(response.url).text


def test_confirming_twice_makes_one_booking(visitor, house):
    key = uuid4()
    assert [confirm(visitor, house, request_key=key).status_code for _ in range(2)] == [303, 303]
    assert Booking.objects.count() == 1


def test_coming_back_after_booking_says_that_the_nights_are_ones_own(visitor, house, django_assert_max_num_queries):
    confirm(visitor, house)
    with django_assert_max_num_queries(9):
        again = visitor.get(address(house))
    for response in (again, confirm(visitor, house)):
        assert response.status_code == 409
        assert response.context["form"].errors["sd"] == ["You have already booked these nights."]
        assert response.context["way_on"]["url"] == BOOKINGS
        assert 'name="agreed_fen"' not in response.text


def test_nights_given_back_or_beside_the_stay_are_not_ones_own(guest, house):
    booking = book_three_nights(guest, house)
    book_three_nights(guest, house, weeks=1, status=Status.CANCELED)
    over = datetime(2026, 11, 22, 9, 54, tzinfo=UTC)
    book_three_nights(guest, house, weeks=2, status=Status.WAIT_PAYMENT, expires_at=over)
    stays = [Stay(FRIDAY + timedelta(days=n), FRIDAY + timedelta(days=n + 3)) for n in (-3, 3, 7, 14)]
    assert not any(Booking.objects.meeting(stay).exists() for stay in stays)
    assert Booking.objects.meeting(Stay(FRIDAY + timedelta(days=2), FRIDAY + timedelta(days=9))).get() == booking


def test_a_changed_price_is_shown_and_confirmed_again(visitor, house):
    House.objects.update(price_fen=41900)
    response = confirm(visitor, house)
    assert response.status_code == 409
    assert "It was ¥1,257, now it is ¥1,317: ¥60 more." in response.text
    assert 'name="agreed_fen" value="131700"' in response.text
    assert not Booking.objects.exists()


def test_taken_nights_are_said_beside_the_dates_with_a_way_back(visitor, house):
    block_nights(house, FRIDAY, FRIDAY + timedelta(days=1))
    for response in (visitor.get(address(house)), confirm(visitor, house)):
        assert response.status_code == 409
        assert "These nights have been taken." in response.context["form"].errors["sd"][0]
        assert f'href="{reverse("house", args=[house.pk])}?' in response.text


@pytest.mark.parametrize(
    "query",
    [
        {"sd": ""},
        {"ed": ""},
        {"sd": "2026-02-30"},
        {"sd": "soon"},
        {"sd": "2026-12-07", "ed": "2026-12-04"},
        {"ed": "2026-12-04"},
        {"sd": "2026-11-01"},
        {"sd": "0001-01-01", "ed": "9999-12-31"},
        {"ed": "9999-12-31"},
        {"guests": "abc"},
        {"guests": "0"},
        {"guests": "-1"},
        {"guests": "9999"},
        {"guests": "9" * 5000},
        {"sd": "2026-12-04\0"},
    ],
)
def test_what_makes_no_stay_is_said_and_nothing_stored(visitor, house, query):
    for response in (visitor.get(address(house, **query)), confirm(visitor, house, **query)):
        assert response.status_code == 400
        assert response.context["form"].errors
    assert not Booking.objects.exists()


@pytest.mark.parametrize("changes", [{"agreed_fen": ""}, {"agreed_fen": "-1"}, {"request_key": "1"}])
def test_a_page_that_was_tampered_with_is_confirmed_again(visitor, house, changes):
    response = confirm(visitor, house, **changes)
    assert response.status_code == 400
    assert "confirm again" in response.text
    assert not Booking.objects.exists()


def test_what_was_chosen_is_kept_beside_a_refusal(visitor, house):
    House.objects.update(price_fen=41900)
    assert '<option value="3" selected>' in confirm(visitor, house, guests="3").text


def test_an_own_home_is_not_booked(client, house, host):
    client.force_login(host)
    assert client.get(address(house)).status_code == 403
    assert confirm(client, house).status_code == 403
    assert not Booking.objects.exists()


def test_an_unknown_or_unpublished_home_is_not_there(visitor, house):
    House.objects.update(status=House.Status.OFFLINE)
    for house_id in (house.pk, 999_999):
        assert visitor.get(reverse("book", args=[house_id])).status_code == 404
        assert visitor.post(reverse("book", args=[house_id])).status_code == 404


def test_a_home_for_verified_guests_says_so_to_others(client, house, stranger):
    House.objects.update(verified_guests_only=True)
    client.cookies["django_language"] = "en"
    client.force_login(stranger)
    for response in (client.get(address(house)), confirm(client, house)):
        assert response.status_code == 403
        assert "with a verified identity only" in response.text
        assert 'name="guests"' not in response.text
        assert 'href="/search?sd=2026-12-04&amp;ed=2026-12-07&amp;guests=2"' in response.text


def test_a_fourth_open_request_is_refused_in_words(visitor, house, guest):
    for weeks in (1, 2, 3):
        book_three_nights(guest, house, weeks, Status.WAIT_PAYMENT)
    for response in (visitor.get(address(house)), confirm(visitor, house)):
        assert response.status_code == 409
        assert "You have 3 unpaid bookings." in response.text
        assert response.context["way_on"]["url"] == BOOKINGS
        assert 'name="agreed_fen"' not in response.text
