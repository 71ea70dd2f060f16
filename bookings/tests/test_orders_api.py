"""Orders over the API once they are made: lists, answers, payment, reviews; shape, permission, number of queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseImageFactory
from listings.models import House, Review

pytestmark = pytest.mark.django_db
Status = Booking.Status


@pytest.fixture
def house(host) -> House:
    return HouseImageFactory(house__host=host).house


@pytest.fixture
def make(house, guest):
    def make(status, first=10, nights=3) -> Booking:
        check_in = timezone.localdate() + timedelta(days=first)
        return make_booking(house, guest, check_in, check_in + timedelta(days=nights), status)

    return make


@pytest.fixture
def call(client):
    """Call as somebody; return HTTP status, errcode and data."""

    def call(user, method, path, body=None):
        client.force_login(user)
        send = getattr(client, method)
        answer = send(
            f"/api/v1.0{path}", body or {}, **({} if method == "get" else {"content_type": "application/json"})
        )
        said = answer.json()
        return answer.status_code, said["errcode"], said["data"]

    return call


def test_a_host_accepts_over_the_api(make, host, call):
    booking = make(Status.WAIT_ACCEPT)
    status, errcode, order = call(host, "put", f"/orders/{booking.pk}/status", {"action": "accept"})
    assert (status, errcode, order["status"]) == (200, "0", "WAIT_PAYMENT")


def test_a_host_rejects_with_a_reason_that_old_clients_find_in_the_comment(make, host, call):
    booking = make(Status.WAIT_ACCEPT)
    path = f"/orders/{booking.pk}/status"
    status, errcode, data = call(host, "put", path, {"action": "reject"})
    assert (status, errcode, list(data["fields"])) == (400, "4103", ["reason"])
    order = call(host, "put", path, {"action": "reject", "reason": "修暖气"})[2]
    assert (order["status"], order["reason"], order["comment"]) == ("REJECTED", "修暖气", "修暖气")


@pytest.mark.parametrize(
    ("who", "action", "refusal"),
    [
        ("guest", "accept", (403, "4105")),
        ("guest", "reject", (403, "4105")),
        ("stranger", "accept", (404, "4002")),
        ("stranger", "cancel", (404, "4002")),
        ("host", "cancel", (409, "4201")),
        ("host", "annul", (400, "4103")),
    ],
)
def test_what_is_not_theirs_or_not_possible_is_refused(make, call, request, who, action, refusal):
    booking = make(Status.WAIT_ACCEPT)
    body = {"action": action, "reason": "因为"}
    assert call(request.getfixturevalue(who), "put", f"/orders/{booking.pk}/status", body)[:2] == refusal
    booking.refresh_from_db()
    assert booking.status == Status.WAIT_ACCEPT


def test_a_cancelled_stay_says_what_comes_back(make, guest, call):
    booking = make(Status.PAID, first=20)
    order = call(guest, "put", f"/orders/{booking.pk}/status", {"action": "cancel"})[2]
    assert (order["status"], order["refunded_amount"]) == ("CANCELED", booking.amount_fen)


def test_the_guest_is_told_where_to_pay_and_nobody_else(make, guest, host, stranger, call):
    path = f"/orders/{make(Status.WAIT_PAYMENT).pk}/payment"
    status, errcode, data = call(guest, "post", path)
    assert (status, errcode) == (200, "0")
    assert data["pay_url"].startswith("http://127.0.0.1:8000/sandbox/")
    assert call(host, "post", path)[:2] == (403, "4105")
    assert call(stranger, "post", path)[:2] == (404, "4002")
    assert call(guest, "post", f"/orders/{make(Status.PAID, first=20).pk}/payment")[:2] == (409, "4201")


def test_the_guest_reviews_once(make, guest, host, call, house):
    path = f"/orders/{make(Status.WAIT_COMMENT, first=-9).pk}/comment"
    assert call(host, "put", path, {"comment": "好"})[:2] == (403, "4105")
    assert call(guest, "put", path, {"comment": "好", "rating": 6})[:2] == (400, "4103")
    assert call(guest, "put", path, {"comment": "柿子真甜"}) == (200, "0", None)
    assert call(guest, "put", path, {"comment": "再说一次"})[:2] == (409, "4201")
    house.refresh_from_db()
    assert (Review.objects.get().rating, house.review_count, house.rating_sum) == (5, 1, 5)


def test_orders_are_listed_for_either_side_newest_first(make, guest, host, stranger, call):
    made = [make(Status.PAID), make(Status.WAIT_PAYMENT, first=20), make(Status.CANCELED, first=30)]
    newest_first = [booking.pk for booking in reversed(made)]

    def listed(user, query=""):
        return [order["order_id"] for order in call(user, "get", f"/user/orders{query}")[2]["orders"]]

    assert listed(guest) == listed(guest, "?role=custom") == listed(host, "?role=landlord") == newest_first
    assert listed(guest, "?status=PAID") == [made[0].pk]
    assert listed(host) == listed(guest, "?role=landlord") == listed(stranger) == []


def test_a_page_past_the_end_is_empty_and_what_is_no_page_is_refused(make, guest, call):
    make(Status.PAID)
    assert call(guest, "get", "/user/orders?p=2")[2] == {"orders": [], "total_page": 1, "current_page": 2}
    for query in ("p=0", "p=x", "role=boss", "status=LOST"):
        assert call(guest, "get", f"/user/orders?{query}")[:2] == (400, "4103")


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize(("who", "role"), [("guest", "custom"), ("host", "landlord")])
def test_a_list_takes_as_many_queries_for_one_as_for_twelve(
    make, client, request, count, who, role, django_assert_num_queries
):
    for number in range(count):
        make(Status.PAID, first=10 + 5 * number)
    client.force_login(request.getfixturevalue(who))
    client.get("/api/v1.0/user/orders")
    with django_assert_num_queries(5):
        client.get(f"/api/v1.0/user/orders?role={role}")
