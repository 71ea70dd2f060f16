"""A host answers a guest's request: who may, until when, and that it is answered once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.factories import UserFactory
from bookings.answering import accept_request, reject_request
from bookings.cancelling import cancel_booking
from bookings.errors import BookingNotFound, ChangeNotPossible, NotTheHost, RequestRanOut
from bookings.factories import make_booking
from bookings.models import Booking
from ihome_project.errors import DomainError
from listings.factories import HouseFactory
from listings.models import HeldNight

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DEADLINE = NOW + timedelta(hours=3)
D4, D7 = date(2026, 12, 4), date(2026, 12, 7)
Status = Booking.Status
ROUNDS = 8


@pytest.fixture
def evening():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asked(evening, host, guest) -> Booking:
    """王小明 asks 林房东 for three nights, which are held for three hours."""
    house = HouseFactory(host=host, title="柿子树下的胡同小院")
    return make_booking(house, guest, D4, D7, Status.WAIT_ACCEPT, expires_at=DEADLINE)


@pytest.fixture
def visitor(client, host):
    """林房东's, in English."""
    client.cookies["django_language"] = "en"
    client.force_login(host)
    return client


def post(visitor, name, booking, **data):
    return visitor.post(reverse(f"{name}-request", args=[booking.pk]), data)


def status_of(booking) -> str:
    booking.refresh_from_db()
    return booking.status


# --- the rules --------------------------------------------------------------------------------------------------------


def test_what_is_accepted_can_be_paid_for_a_day_and_its_nights_are_held_so_long(asked, host):
    booking = accept_request(host=host, booking_id=asked.pk)
    tomorrow = NOW + timedelta(hours=24)
    assert (booking.status, booking.expires_at) == (Status.WAIT_PAYMENT, tomorrow)
    assert set(HeldNight.objects.values_list("expires_at", flat=True)) == {tomorrow}
    assert (booking.trade.amount_fen, booking.trade.expires_at) == (booking.amount_fen, tomorrow)
    event = booking.events.last()
    assert (event.actor, event.from_status, event.to_status) == (host, Status.WAIT_ACCEPT, Status.WAIT_PAYMENT)


def test_what_is_accepted_shortly_before_check_in_is_paid_until_then(evening, host, guest):
    house = HouseFactory(host=host)
    booking = make_booking(house, guest, date(2026, 11, 23), D4, Status.WAIT_ACCEPT, expires_at=DEADLINE)
    assert accept_request(host=host, booking_id=booking.pk).expires_at == booking.check_in_at


def test_what_is_rejected_frees_its_nights_and_says_why(asked, host):
    booking = reject_request(host=host, booking_id=asked.pk, reason="  家里要修暖气 ")
    assert (booking.status, booking.reason, booking.hold) == (Status.REJECTED, "家里要修暖气", None)
    assert booking.events.last().reason == "家里要修暖气"
    assert not HeldNight.objects.exists()
    assert booking.open_slot is None


@pytest.mark.parametrize("reason", ["", " \n "])
def test_no_request_is_rejected_without_a_reason(asked, host, reason):
    with pytest.raises(ReasonMissing):
        reject_request(host=host, booking_id=asked.pk, reason=reason)
    assert status_of(asked) == Status.WAIT_ACCEPT


def accept(who, booking):
    return accept_request(host=who, booking_id=booking.pk)


def decline(who, booking):
    return reject_request(host=who, booking_id=booking.pk, reason="不行")


both = pytest.mark.parametrize("act", [accept, decline])


@both
def test_a_request_can_be_answered_to_the_last_second_before_its_deadline(evening, asked, host, act):
    evening.move_to(DEADLINE - timedelta(seconds=1))
    assert act(host, asked).status != Status.WAIT_ACCEPT


@both
@pytest.mark.parametrize("late", [0, 1, 86400])
def test_from_its_deadline_on_it_cannot(evening, asked, host, act, late):
    evening.move_to(DEADLINE + timedelta(seconds=late))
    with pytest.raises(RequestRanOut):
        act(host, asked)
    assert status_of(asked) == Status.WAIT_ACCEPT
    assert asked.events.count() == 1


@both
def test_a_request_is_answered_once(asked, host, act):
    act(host, asked)
    for again in (accept, decline):
        with pytest.raises(ChangeNotPossible):
            again(host, asked)
    assert asked.events.count() == 2


@both
def test_only_its_host_answers_it(asked, guest, stranger, act):
    for who, error in ((guest, NotTheHost), (stranger, BookingNotFound), (HouseFactory().host, BookingNotFound)):
        with pytest.raises(error):
            act(who, asked)
    assert status_of(asked) == Status.WAIT_ACCEPT


# --- the pages --------------------------------------------------------------------------------------------------------


def test_a_host_accepts_and_comes_back_to_where_they_were(visitor, asked):
    answer = post(visitor, "accept", asked, next="/host/bookings?p=1")
    assert (answer.status_code, answer.url) == (303, "/host/bookings?p=1")
    assert "Accepted. 王小明 has until 23 Nov 18:00 to pay." in visitor.get(answer.url).text
    assert status_of(asked) == Status.WAIT_PAYMENT


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "x", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_off_the_site(visitor, asked, away):
    assert post(visitor, "accept", asked, next=away).url == reverse("my-homes")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"ready": "repairs"}, "The home is being repaired at that time."),
        ({"ready": "own", "reason": "水管坏了"}, "水管坏了"),
        ({"ready": "dates", "reason": "typed before"}, "The home is not free on these dates."),
        ({"reason": "水管坏了"}, "水管坏了"),
    ],
)
def test_a_host_declines_with_a_ready_reason_or_their_own(visitor, asked, said, reason):
    answer = post(visitor, "reject", asked, **said)
    assert (answer.status_code, answer.url) == (303, reverse("my-homes"))
    assert (status_of(asked), asked.reason) == (Status.REJECTED, reason)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Choose a reason, or write your own."),
        ({"ready": "own", "reason": " "}, "Choose a reason, or write your own."),
        ({"ready": "own", "reason": "长" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(visitor, asked, said, words):
    page = post(visitor, "reject", asked, next="/host/bookings", **said)
    assert page.status_code == 400
    assert words in page.text
    assert said.get("reason", "") in page.text
    assert 'name="next" value="/host/bookings"' in page.text
    assert status_of(asked) == Status.WAIT_ACCEPT


def test_what_cannot_be_answered_any_more_is_said_and_nothing_is_half_done(visitor, evening, asked):
    evening.move_to(DEADLINE)
    for name in ("accept", "reject"):
        answer = post(visitor, name, asked, ready="dates")
        assert "This request has run out" in visitor.get(answer.url).text
    evening.move_to(NOW)
    post(visitor, "accept", asked)
    assert "answered or cancelled already" in visitor.get(post(visitor, "reject", asked, ready="dates").url).text
    assert status_of(asked) == Status.WAIT_PAYMENT


def test_the_page_to_decline_shows_a_form_only_while_it_can_be(visitor, asked, host):
    address = reverse("reject-request", args=[asked.pk])
    assert 'name="reason"' in visitor.get(address).text
    accept_request(host=host, booking_id=asked.pk)
    assert 'name="reason"' not in visitor.get(address).text


def test_other_peoples_requests_are_not_there(visitor, asked, stranger, guest):
    for who, status in ((stranger, 404), (guest, 403)):
        visitor.force_login(who)
        assert post(visitor, "accept", asked).status_code == status
        assert post(visitor, "reject", asked, ready="dates").status_code == status
        assert visitor.get(reverse("reject-request", args=[asked.pk])).status_code == status
    assert status_of(asked) == Status.WAIT_ACCEPT


# --- at the same moment -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_accepted_and_cancelled_at_once_it_ends_cancelled_and_holds_nothing():
    day = timezone.localdate() + timedelta(days=5)
    for _ in range(ROUNDS):
        guest, house = UserFactory(), HouseFactory()
        booking = make_booking(house, guest, day, day + timedelta(days=2), Status.WAIT_ACCEPT)
        at_once(lambda: accept(house.host, booking), lambda: cancel_booking(actor=guest, booking_id=booking.pk))  # noqa: B023 — done before the next round
        assert status_of(booking) == Status.CANCELED
        assert not HeldNight.objects.filter(house=house).exists()
        assert booking.events.filter(to_status=Status.CANCELED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepted_and_declined_at_once_exactly_one_counts():
    day = timezone.localdate() + timedelta(days=5)
    for _ in range(ROUNDS):
        house = HouseFactory()
        booking = make_booking(house, UserFactory(), day, day + timedelta(days=2), Status.WAIT_ACCEPT)
        assert at_once(lambda: accept(house.host, booking), lambda: decline(house.host, booking)) == 1  # noqa: B023 — the same
        assert booking.events.count() == 2


def at_once(*acts: Callable[[], object]) -> int:
    """Do several things at the same moment; return how many of them passed."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> bool:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            act()
        except DomainError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(one, acts))
