"""The page of a booking: who sees what of it when, and where its guest pays."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from bookings.cancelling import cancel_booking, refund_part
from bookings.models import Booking, Trade
from bookings.templatetags.stays import who
from bookings.tests.visits import ASKED, book, page, send
from listings.factories import HouseFactory, HouseImageFactory

Status = Booking.Status
BOOKINGS = reverse("bookings")
SECRETS = ("138 0013 8001", "+8613800138001", "五道营胡同", "门锁密码2580")


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


def test_a_request_that_has_run_out_says_so_and_can_be_neither_paid_nor_cancelled(visitor, guest, house):
    booking = book(guest, house, status=Status.WAIT_PAYMENT, expires_at=ASKED - timedelta(minutes=1))
    for response in (visitor.get(BOOKINGS), page(visitor, booking)):
        assert "This ran out at 22 Nov 17:59." in response.text
        assert reverse("cancel", args=[booking.pk]) not in response.text
        assert reverse("pay", args=[booking.pk]) not in response.text


@pytest.mark.parametrize("name", ["booking", "pay", "booking-calendar"])
def test_nobody_else_learns_that_a_booking_exists(client, guest, stranger, house, name):
    booking = book(guest, house, status=Status.WAIT_PAYMENT)
    assert page(client, booking, name).url.startswith(reverse("login"))
    assert page(client, booking, name, person=stranger).status_code == 404
    assert client.get(reverse(name, args=[10**30])).status_code == 404


@pytest.mark.parametrize("name", ["cancel", "review", "reply"])
def test_what_is_done_to_a_booking_is_a_post_of_its_people(visitor, guest, stranger, house, name):
    booking = book(guest, house)
    assert page(visitor, booking, name).status_code == 405
    visitor.force_login(stranger)
    for data in ({}, {"agreed_fen": 0, "rating": 5, "comment": "好", "reply": "好"}):
        assert send(visitor, booking, name, **data).status_code == 404


def test_no_cache_keeps_a_booking(visitor, guest, house):
    for name in ("booking", "pay"):
        assert "no-store" in page(visitor, book(guest, house, 1 + len(name)), name)["Cache-Control"]


@pytest.mark.parametrize("status", Status.values)
def test_address_and_mobile_are_shown_once_it_is_paid_and_not_when_it_is_off(client, guest, host, house, status):
    is_paid = status in Booking.COUNTED
    booking = book(guest, house, -3 if status in ("WAIT_COMMENT", "COMPLETE") else 1, status)
    text = page(client, booking, person=guest).text
    assert [secret in text for secret in SECRETS] == [is_paid] * len(SECRETS)
    text = page(client, booking, person=host).text
    assert [number in text for number in ("138 0013 8002", "+8613800138002")] == [is_paid] * 2


def test_a_stay_that_was_paid_and_cancelled_keeps_the_address_to_itself(client, guest, host, house):
    booking = book(guest, house)
    cancel_booking(actor=guest, booking_id=booking.pk)
    for person in (guest, host):
        text = page(client, booking, person=person).text
        assert not any(secret in text for secret in (*SECRETS, "138 0013 8002"))


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("person", ["guest", "host"])
def test_a_booking_is_shown_in_a_fixed_number_of_queries(
    client, guest, host, house, status, person, django_assert_num_queries
):
    HouseImageFactory.create_batch(3, house=house)
    booking = book(guest, house, 1, status)
    client.force_login({"guest": guest, "host": host}[person])
    with django_assert_num_queries(8):
        page(client, booking)


def test_an_unpaid_booking_counts_down_and_leads_to_paying(visitor, guest, house):
    booking = book(guest, house, status=Status.WAIT_PAYMENT)
    with time_machine.travel(ASKED + timedelta(minutes=1, milliseconds=500), tick=False):
        response = page(visitor, booking)
    assert 'data-seconds="1740" data-total="1800"' in response.text
    for words in ("29:00", "Pay ¥1,257", "until 22 Nov 18:30", "Waiting for your payment", 'role="timer"'):
        assert words in response.text
    assert response.text.count(f'href="/bookings/{booking.pk}/pay"') == 2  # the page's and the phone's


def test_a_request_says_when_the_host_answers(client, guest, host, house):
    booking = book(guest, house, status=Status.WAIT_ACCEPT, expires_at=ASKED + timedelta(hours=24))
    client.cookies["django_language"] = "en"
    for person, words in ((guest, "The host answers by 23 Nov 18:00"), (host, "Please answer by 23 Nov 18:00")):
        text = page(client, booking, person=person).text
        assert words in text
        assert "24:00:00" in text
        assert "/pay" not in text


def test_the_history_says_who_did_what_and_why_and_what_goes_back(visitor, guest, stranger, house):
    booking = book(guest, house)
    refund_part(staff=stranger, booking_id=booking.pk, amount_fen=700, reason="热水坏了")
    cancel_booking(actor=guest, booking_id=booking.pk, reason="行程变了")
    text = page(visitor, booking).text
    for words in (
        "Nights booked and held",
        "A part is given back",
        "22 Nov 18:00</time> · our staff",
        "Reason: 热水坏了",
        "¥7 goes back to the guest.",
        "22 Nov 18:00</time> · you",
        "Reason: 行程变了",
        "¥1,250 goes back to the guest.",
        "On its way back",
    ):
        assert words in text


def test_the_history_tells_guest_host_staff_and_clock_apart(guest, host, stranger, house):
    event = book(guest, house, status=Status.WAIT_PAYMENT).events.get()
    said = []
    for actor in (guest, host, stranger, None):
        event.actor = actor
        said.append(who(event, guest))
    assert len(set(said)) == 4
    assert who(event, host) == said[3]


@pytest.mark.parametrize(
    ("status", "weeks", "steps"),
    [
        (Status.WAIT_ACCEPT, 1, ["Waiting for the host", "You pay", "Once it is paid", "Check-in", "Check-out"]),
        (Status.WAIT_PAYMENT, 1, ["Waiting for your payment", "Once it is paid", "Check-in", "Check-out"]),
        (Status.PAID, 1, ["Check-in on Fri 11 Dec from 15:00", "Check-out on Mon 14 Dec until 12:00"]),
        (Status.WAIT_COMMENT, -3, ["Waiting for your review"]),
        (Status.COMPLETE, -3, []),
        (Status.CANCELED, 1, []),
    ],
)
def test_what_comes_next_stands_after_what_happened(visitor, guest, house, status, weeks, steps):
    with translation.override("en"):
        ahead = page(visitor, book(guest, house, weeks, status)).context["page"].ahead
    assert [step.words[: len(words)] for step, words in zip(ahead, steps, strict=True)] == steps
    assert [step.is_now for step in ahead] == [True, *[False] * len(steps)][: len(steps)]


def test_during_a_stay_the_day_of_leaving_is_next_and_only_staff_cancel(visitor, guest, house):
    booking = book(guest, house)
    with time_machine.travel(booking.check_in_at, tick=False):
        response = page(visitor, booking)
        sent = send(visitor, booking, "cancel", agreed_fen=0)
        assert "ask our staff" in page(visitor, booking).text
    assert '<li class="timeline__now" aria-current="step">' in response.text
    assert "Check-in on" not in response.text
    assert "only our staff can cancel it now" in response.text
    assert 'id="cancel"' not in response.text
    assert sent.url == f"/bookings/{booking.pk}"


def test_paying_leads_to_the_cashier(visitor, guest, house, settings):
    booking = book(guest, house, status=Status.WAIT_PAYMENT)
    response = page(visitor, booking, "pay")
    assert response.status_code == 302
    assert response.url.startswith(settings.SITE_URL)
    assert urlsplit(response.url).path.startswith("/sandbox/")


@pytest.mark.parametrize("status", [Status.WAIT_ACCEPT, Status.PAID, Status.CANCELED])
def test_what_is_not_to_be_paid_leads_back_with_words(visitor, guest, house, status):
    response = visitor.get(reverse("pay", args=[book(guest, house, status=status).pk]), follow=True)
    assert "cannot be changed in this way any more" in response.text


def test_a_provider_that_is_gone_is_told_in_words(visitor, guest, house):
    booking = book(guest, house, status=Status.WAIT_PAYMENT)
    booking.trade.provider = "other"
    booking.trade.save()
    assert "cannot be paid here" in visitor.get(reverse("pay", args=[booking.pk]), follow=True).text


def test_a_host_does_not_pay(client, guest, host, house):
    assert page(client, book(guest, house, status=Status.WAIT_PAYMENT), "pay", person=host).status_code == 403


def test_who_comes_back_before_the_providers_word_need_not_pay_again(visitor, guest, house):
    booking = book(guest, house, status=Status.WAIT_PAYMENT)
    Trade.objects.update(ask_at=timezone.now() + timedelta(minutes=9))
    said = visitor.get(f"/bookings/{booking.pk}?trade_no=1&out_trade_no=2").text
    assert "you need not pay again" in said
    assert f'href="/bookings/{booking.pk}/pay"' not in said
    assert Trade.objects.to_ask_about().exists()


def test_the_stars_speak_the_readers_language(visitor, guest, house):
    booking = book(guest, house, weeks=-3, status=Status.WAIT_COMMENT)
    assert "4 stars" in page(visitor, booking).text
