"""What guest and host do on the page of a booking: cancel, review and reply."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from bookings.models import Booking
from bookings.reviewing import reply_to_review, review_stay
from bookings.tests.visits import ASKED, book, page, send
from listings.factories import HouseFactory
from listings.models import House
from listings.reviews import show_review

Status = Booking.Status


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


# --- cancelling -------------------------------------------------------------------------------------------------------


def test_the_sheet_says_what_comes_back_and_when_that_changes(visitor, guest, house):
    text = page(visitor, book(guest, house)).text
    for words in (
        'name="agreed_fen" value="125700"',
        "If you cancel by 29 Nov 15:00</dt><dd>¥1,257",
        "If you cancel by 4 Dec 15:00</dt><dd>¥658.50",
    ):
        assert words in text


def test_a_guest_cancels_for_the_sum_that_was_shown(visitor, guest, house):
    booking = book(guest, house)
    response = send(visitor, booking, "cancel", agreed_fen=125700, why="plans", reason="改天")
    booking.refresh_from_db()
    assert (response.status_code, response.url) == (303, f"/bookings/{booking.pk}")
    assert (booking.status, booking.refunded_fen) == (Status.CANCELED, 125700)
    assert booking.reason == "My plans have changed · 改天"
    assert "¥1,257 is on its way back to you" in page(visitor, booking).text


def test_an_unpaid_request_is_cancelled_for_nothing(visitor, guest, house):
    booking = book(guest, house, status=Status.WAIT_PAYMENT)
    response = visitor.post(reverse("cancel", args=[booking.pk]), {"agreed_fen": 0}, follow=True)
    assert "nothing is charged" in response.text
    booking.refresh_from_db()
    assert (booking.status, booking.reason) == (Status.CANCELED, "")


@pytest.mark.parametrize(("agreed", "status"), [("1", 409), ("", 409), ("x", 409), ("-1", 409), ("9" * 5000, 409)])
def test_a_sum_that_is_not_the_present_one_is_shown_anew_and_nothing_happens(visitor, guest, house, agreed, status):
    booking = book(guest, house)
    response = send(visitor, booking, "cancel", agreed_fen=agreed, reason="改天")
    booking.refresh_from_db()
    assert (response.status_code, booking.status) == (status, Status.PAID)
    for words in ("has changed since you saw it", 'value="125700"', 'value="改天"', 'id="cancel"'):
        assert words in response.text
    assert "popovertarget" not in response.text.partition('class="beside')[2].partition("</main>")[0]


def test_a_reason_has_a_reasonable_length(visitor, guest, house):
    booking = book(guest, house)
    response = send(visitor, booking, "cancel", agreed_fen=125700, reason="长" * 201)
    booking.refresh_from_db()
    assert (response.status_code, booking.status) == (400, Status.PAID)


def test_a_host_cancels_with_a_reason_and_gives_everything_back(client, guest, host, house):
    client.cookies["django_language"] = "en"
    booking = book(guest, house)
    assert "The nights stay blocked" in page(client, booking, person=host).text
    refused = send(client, booking, "cancel", agreed_fen=125700)
    assert (refused.status_code, "The guest reads it" in refused.text) == (400, True)
    assert refused.context["cancel_form"].errors
    send(client, booking, "cancel", agreed_fen=125700, why="repairs")
    booking.refresh_from_db()
    assert (booking.status, booking.refunded_fen) == (Status.CANCELED, 125700)
    assert booking.reason == "The home cannot be used then"


def test_what_cannot_be_cancelled_says_so(visitor, guest, house):
    booking = book(guest, house, -3, Status.COMPLETE)
    response = visitor.post(reverse("cancel", args=[booking.pk]), {"agreed_fen": 0}, follow=True)
    assert "cannot be changed in this way any more" in response.text


# --- reviewing --------------------------------------------------------------------------------------------------------


def test_a_guest_reviews_and_the_host_replies(client, guest, host, house):
    client.cookies["django_language"] = "en"
    booking = book(guest, house, -3, Status.WAIT_COMMENT)
    assert 'type="radio" name="rating"' in page(client, booking, person=guest).text
    response = send(client, booking, "review", rating=4, comment="院子很安静")
    assert (response.status_code, response.url) == (303, f"/bookings/{booking.pk}#review")
    assert "Your reply" in page(client, booking, person=host).text
    assert send(client, booking, "reply", reply="欢迎再来").status_code == 303
    for person in (guest, host):
        text = page(client, booking, person=person).text
        assert "院子很安静" in text
        assert "欢迎再来" in text
        assert "<textarea" not in text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"rating": "", "comment": "好"}, "rating"),
        ({"rating": "6", "comment": "好"}, "rating"),
        ({"rating": "0", "comment": "好"}, "rating"),
        ({"rating": "x", "comment": "好"}, "rating"),
        ({"rating": "5", "comment": "  "}, "comment"),
        ({"rating": "5", "comment": "长" * 1001}, "comment"),
    ],
)
def test_what_is_wrong_with_a_review_stands_beside_it_and_the_words_are_kept(visitor, guest, house, data, field):
    booking = book(guest, house, -3, Status.WAIT_COMMENT)
    response = send(visitor, booking, "review", **data)
    assert response.status_code == 400
    assert list(response.context["review_form"].errors) == [field]
    assert f'id="id_{field}_error"' in response.text
    assert data["comment"].strip() in response.text


def test_a_stay_is_reviewed_once_and_in_time(visitor, guest, house):
    booking = book(guest, house, -3, Status.WAIT_COMMENT)
    with time_machine.travel(datetime(2026, 12, 15, 16, tzinfo=UTC), tick=False):  # 00:00 of the day 30 days after
        visitor.force_login(guest)
        response = page(visitor, booking)
        sent = visitor.post(reverse("review", args=[booking.pk]), {"rating": 5, "comment": "好"}, follow=True)
    assert 'name="rating"' not in response.text
    assert "within 30 days" in sent.text


def test_a_hidden_review_says_so_to_its_people(client, guest, host, stranger, house):
    client.cookies["django_language"] = "en"
    booking = book(guest, house, -3, Status.WAIT_COMMENT)
    said = review_stay(guest=guest, booking_id=booking.pk, rating=1, comment="骂人的话")
    show_review(staff=stranger, review_id=said.pk, is_visible=False, reason="骂人")
    for person in (guest, host):
        assert "Our staff have hidden this review" in page(client, booking, person=person).text


def test_a_second_reply_and_an_empty_one_are_refused_in_words(client, guest, host, house):
    client.cookies["django_language"] = "en"
    booking = book(guest, house, -3, Status.WAIT_COMMENT)
    review_stay(guest=guest, booking_id=booking.pk, rating=5, comment="好")
    client.force_login(host)
    assert send(client, booking, "reply", reply=" ").status_code == 400
    reply_to_review(host=host, booking_id=booking.pk, reply="欢迎再来")
    response = client.post(reverse("reply", args=[booking.pk]), {"reply": "另一句"}, follow=True)
    assert "can be replied to once" in response.text


def test_a_host_sees_what_a_stay_brings(client, guest, host, house, settings):
    settings.COMMISSION_PERCENT = 10
    client.cookies["django_language"] = "en"
    booking = book(guest, house, -3, Status.WAIT_COMMENT)
    text = page(client, booking, person=host).text
    for words in ("What you get", "−¥125.70", "¥1,131.30", "Not transferred yet."):
        assert words in text
    assert "What you get" not in page(client, booking, person=guest).text


def test_a_home_that_is_not_offered_any_more_still_has_its_booking(visitor, guest, house):
    booking = book(guest, house)
    House.objects.update(status=House.Status.SUSPENDED)
    assert house.title in page(visitor, booking).text
