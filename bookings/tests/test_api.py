"""Orders over the API: shape, permission, and a fixed number of queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.cancelling import cancel_booking
from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import HeldNight, House

pytestmark = pytest.mark.django_db
ORDER = {
    "order_id", "house_id", "title", "img_url", "start_date", "end_date", "days", "guests", "amount", "deposit",
    "status", "comment", "reason", "ctime", "guest_name", "host_name", "refunded_amount", "expires_at",
}  # fmt: skip


def day(number: int) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()


@pytest.fixture
def house(host) -> House:
    return HouseImageFactory(house__host=host, house__min_nights=2, house__max_nights=9).house


@pytest.fixture
def client(client, guest):
    client.force_login(guest)
    return client


def ask(client, house, first=10, last=13, headers=None, **more):
    body = {"house_id": house.pk, "start_date": day(first), "end_date": day(last), **more}
    return client.post("/api/v1.0/orders", body, content_type="application/json", headers=headers or {})


def errcode(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["errcode"]


def test_an_order_is_made(client, house):
    answer = ask(client, house, guests="2", amount=3 * 39900)
    assert answer.status_code == 201
    booking = Booking.objects.get()
    assert answer.json()["data"] == {"order_id": booking.pk, "status": "WAIT_PAYMENT", "amount": 3 * 39900}
    assert booking.guests == 2


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"start_date": "2026-02-30"}, (400, "4103")),
        ({"start_date": None}, (400, "4103")),
        ({"last": 10}, (400, "4103")),  # no night
        ({"first": 13, "last": 10}, (400, "4103")),
        ({"first": -3, "last": 1}, (400, "4103")),  # in the past
        ({"first": 398, "last": 401}, (400, "4103")),  # too far ahead
        ({"last": 11}, (400, "4103")),  # too short
        ({"last": 20}, (400, "4103")),  # too long
        ({"guests": 5}, (400, "4103")),
        ({"guests": 0}, (400, "4103")),
        ({"guests": "many"}, (400, "4103")),
        ({"guests": 10**30}, (400, "4103")),
        ({"house_id": 999_999}, (404, "4002")),
        ({"house_id": 10**30}, (400, "4103")),
        ({"house_id": "x"}, (400, "4103")),
        ({"amount": 1}, (409, "4004")),
        ({"amount": "1.5"}, (400, "4103")),
    ],
)
def test_what_cannot_be_booked_is_refused_and_nothing_is_stored(client, house, body, refusal):
    assert errcode(ask(client, house, **body)) == refusal
    assert not Booking.objects.exists()
    assert not HeldNight.objects.exists()


def test_taken_nights_are_4004(client, house, stranger):
    make_booking(house, stranger, timezone.localdate() + timedelta(days=11), timezone.localdate() + timedelta(days=12))
    assert errcode(ask(client, house)) == (409, "4004")


def test_a_changed_price_is_4004_with_the_new_lines(client, house):
    data = ask(client, house, amount=1).json()["data"]
    assert data["amount"] == sum(line["amount"] for line in data["lines"]) == 3 * 39900


def test_ones_own_house_is_4105(client, house, host):
    client.force_login(host)
    assert errcode(ask(client, house)) == (403, "4105")


def test_verified_guests_only_is_4105(client, house, stranger):
    House.objects.update(verified_guests_only=True)
    client.force_login(stranger)
    assert errcode(ask(client, house)) == (403, "4105")


def test_a_fourth_unpaid_order_is_4201(client, host):
    for other in HouseFactory.create_batch(3, host=host):
        assert ask(client, other).status_code == 201
    assert errcode(ask(client, HouseFactory(host=host))) == (409, "4201")


def test_the_same_idempotency_key_gives_the_same_order(client, house):
    headers = {"Idempotency-Key": "a key of the client's"}
    first, again = ask(client, house, headers=headers), ask(client, house, headers=headers)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert errcode(ask(client, house, last=14, headers=headers)) == (409, "4004")
    assert Booking.objects.count() == 1


def test_the_first_answer_is_given_again_whatever_came_after(client, house):
    headers = {"Idempotency-Key": "1"}
    first = ask(client, house, headers=headers).json()
    cancel_booking(actor=Booking.objects.get().guest, booking_id=Booking.objects.get().pk)
    assert ask(client, house, headers=headers).json() == first
    assert errcode(ask(client, house, headers=headers, amount=1)) == (409, "4004")


def test_an_order_is_not_stored_on_the_way(client, house):
    assert "no-store" in ask(client, house)["Cache-Control"]


def test_two_users_may_use_the_same_key(client, house, stranger):
    headers = {"Idempotency-Key": "1"}
    ask(client, house, headers=headers)
    client.force_login(stranger)
    assert ask(client, house, first=20, last=23, headers=headers).status_code == 201


def test_an_order_is_shown_to_its_guest_and_its_host(client, house, guest, host, django_assert_max_num_queries):
    booking = make_booking(house, guest, timezone.localdate(), timezone.localdate() + timedelta(days=3))
    for user in (guest, host):
        client.force_login(user)
        with django_assert_max_num_queries(4):
            data = client.get(f"/api/v1.0/orders/{booking.pk}").json()["data"]
        assert set(data) == ORDER
    assert (data["days"], data["guest_name"], data["host_name"]) == (3, "王小明", "林房东")


def test_nobody_else_sees_or_cancels_an_order(client, house, guest, stranger):
    booking = make_booking(
        house, guest, timezone.localdate(), timezone.localdate() + timedelta(days=2), Booking.Status.WAIT_PAYMENT
    )
    client.force_login(stranger)
    path = f"/api/v1.0/orders/{booking.pk}"
    assert errcode(client.get(path)) == (404, "4002")
    body = {"action": "cancel"}
    assert errcode(client.put(f"{path}/status", body, content_type="application/json")) == (404, "4002")


def test_a_rejected_order_repeats_its_reason_as_comment(client, house, guest):
    booking = make_booking(
        house,
        guest,
        timezone.localdate(),
        timezone.localdate() + timedelta(days=2),
        Booking.Status.REJECTED,
        reason="修暖气",
    )
    data = client.get(f"/api/v1.0/orders/{booking.pk}").json()["data"]
    assert data["comment"] == data["reason"] == "修暖气"


def test_a_guest_cancels_once(client, house):
    path = f"/api/v1.0/orders/{ask(client, house).json()['data']['order_id']}/status"
    body = {"action": "cancel", "reason": "行程变了"}
    answer = client.put(path, body, content_type="application/json")
    assert (answer.json()["data"]["status"], answer.json()["data"]["reason"]) == ("CANCELED", "行程变了")
    assert errcode(client.put(path, body, content_type="application/json")) == (409, "4201")


@pytest.mark.parametrize("body", [{}, {"action": "pay"}, {"action": "cancel", "reason": "长" * 201}])
def test_an_unknown_step_is_4103(client, house, body):
    path = f"/api/v1.0/orders/{ask(client, house).json()['data']['order_id']}/status"
    assert errcode(client.put(path, body, content_type="application/json")) == (400, "4103")
    assert Booking.objects.get().is_waiting
