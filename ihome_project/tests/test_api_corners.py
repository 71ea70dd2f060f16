"""The corners of the contract: every route, odd requests, older clients, and what is sent beside what is asked for."""

from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.factories import IdentityFactory
from bookings.factories import make_booking
from ihome_project.routers import api_router
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House
from listings.tests.calls import API, a_home, data, fields, refusal, send

pytestmark = pytest.mark.django_db
OLDER = {"X-Requested-With": "XMLHttpRequest"}
FORM = "application/x-www-form-urlencoded"
UUID = "6c7e2c5e-0f0f-4a7e-9a5b-3f6e5d6f0a01"
ARGUMENTS = ([], ["1"], [UUID], ["13900000001"], ["1", "2"])
ROUTES = sorted({url.name for url in api_router().urls})


def address(route: str) -> str:
    for arguments in ARGUMENTS:
        try:
            return reverse(route, args=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(route)


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("is_logged_in", [False, True])
def test_options_tell_every_method_and_head_is_get_without_a_body(client, host, route, is_logged_in):
    if is_logged_in:
        client.force_login(host)
    options, head = client.options(address(route)), client.head(address(route))
    assert (options.status_code, options.json()["errcode"]) in {(200, "0"), (401, "4101")}
    assert "OPTIONS" in options["Allow"]
    assert head.content == b""
    assert head.status_code == (
        client.get(address(route)).status_code if "GET" in options["Allow"] else head.status_code
    )
    assert head.status_code < 500


def test_options_do_not_tell_strangers_what_there_is(client, host, stranger):
    house = HouseFactory(host=host, status=House.Status.DRAFT)
    client.force_login(stranger)
    there, nowhere = client.options(f"{API}/houses/{house.pk}"), client.options(f"{API}/houses/999")
    assert there.content == nowhere.content


@pytest.mark.parametrize(
    ("method", "path", "more", "refused"),
    [
        ("get", "/houses/", {}, (404, "4002")),
        ("post", "/users/", {}, (404, "4002")),
        ("get", "", {}, (404, "4002")),
        ("put", "/users", {}, (405, "4201")),
        ("delete", "/houses", {}, (405, "4201")),
        ("get", "/area_info", {"HTTP_HOST": "evil.example"}, (400, "4103")),
        ("post", "/users", {"data": "a=1&" * 1500, "content_type": FORM}, (400, "4103")),
        ("post", "/users", {"data": "x" * 3_000_000, "content_type": FORM}, (413, "4103")),
        ("post", "/users", {"data": "<a/>", "content_type": "application/xml"}, (415, "4103")),
        ("post", "/users", {"data": {"mobile": "1"}}, (415, "4103")),
        ("post", "/users", {"data": "{,}", "content_type": "application/json"}, (400, "4103")),
        ("post", "/users", {"data": '{"mobile": NaN}', "content_type": "application/json"}, (400, "4103")),
        ("get", "/orders/1", {}, (401, "4101")),
    ],
)
def test_whatever_is_wrong_older_clients_get_200_and_all_get_the_envelope(client, method, path, more, refused):
    answer = getattr(client, method)(f"{API}{path}", **more)
    assert refusal(answer) == refused
    assert set(answer.json()) == {"errcode", "errmsg", "data"}
    older = getattr(client, method)(f"{API}{path}", headers=OLDER, **more)
    assert (older.status_code, older.json()) == (200, answer.json())


def test_older_clients_get_200_for_an_internal_error_and_a_missing_csrf_token(client, api, monkeypatch):
    assert (api.post(f"{API}/users", headers=OLDER).status_code, api.post(f"{API}/users").status_code) == (200, 403)
    assert api.post(f"{API}/users", headers=OLDER).json()["errcode"] == "4105"
    monkeypatch.setattr("listings.api.AreaViewSet.queryset", None)
    answer = client.get(f"{API}/area_info", headers=OLDER)
    assert (answer.status_code, answer.json()["errcode"]) == (200, "4500")


@pytest.mark.parametrize("path", ["/houses?p=0", "/houses/9", "/nothing", "/user", "/houses?sd=x", "/sms_codes/x"])
def test_errors_are_english_whatever_the_visitor_chose(client, path):
    client.cookies["django_language"] = "zh-hans"
    answer = client.get(f"{API}{path}", headers={"Accept-Language": "zh-CN"})
    assert answer.json()["errcode"] != "0"
    assert answer.content.decode().isascii()
    assert answer["Content-Language"] == "en"


def test_refusals_of_the_domain_are_english_too(client, guest):
    client.force_login(guest)
    client.cookies["django_language"] = "zh-hans"
    house = HouseFactory(host=guest)
    asked = {"house_id": house.pk, "start_date": "2030-01-01", "end_date": "2030-01-03"}
    answer = send(client, "post", "/orders", asked)
    assert refusal(answer) == (403, "4105")
    assert answer.json()["errmsg"].isascii()


def test_fields_that_there_are_not_and_those_one_cannot_write_are_ignored(client, host, guest):
    client.force_login(host)
    more = {"colour": "red", "status": "published", "hid": 7, "house_id": 9, "user_id": guest.pk, "rating": 5}
    house_id = data(send(client, "post", "/houses/info", a_home() | more | {"order_count": 99}))["house_id"]
    house = House.objects.get()
    assert (house.pk, house.host, house.status, house.booking_count) == (house_id, host, House.Status.DRAFT, 0)
    data(send(client, "patch", f"/houses/{house.pk}", {"status": "published", "user_id": guest.pk, "title": "小院"}))
    house.refresh_from_db()
    assert (house.host, house.status, house.title) == (host, House.Status.DRAFT, "小院")


def test_a_name_is_all_that_changes_with_it(client, guest):
    client.force_login(guest)
    data(send(client, "put", "/user/name", {"name": "小明", "is_staff": True, "mobile": "13900000001", "user_id": 1}))
    guest.refresh_from_db()
    assert (guest.name, guest.is_staff, guest.mobile) == ("小明", False, "+8613800138002")


def test_an_order_takes_numbers_as_text_and_ignores_the_rest(client, host, guest):
    client.force_login(guest)
    house = HouseImageFactory(house__host=host).house
    first = timezone.localdate() + timedelta(days=(7 - timezone.localdate().weekday()) + 7)  # a Monday
    days = {"start_date": first.isoformat(), "end_date": (first + timedelta(days=2)).isoformat()}
    asked = {"house_id": str(house.pk), "guests": "1", **days}
    made = data(send(client, "post", "/orders", asked | {"status": "PAID", "deposit": 0, "user_id": host.pk}))
    assert made["status"] in {"WAIT_ACCEPT", "WAIT_PAYMENT"}
    assert made["amount"] == 2 * house.price_fen


@pytest.mark.parametrize("rating", ["5", 5])
def test_a_rating_may_be_text(client, host, guest, rating):
    last = timezone.localdate() - timedelta(days=1)
    stay = make_booking(HouseFactory(host=host), guest, last - timedelta(days=2), last, "WAIT_COMMENT")
    client.force_login(guest)
    assert data(send(client, "put", f"/orders/{stay.pk}/comment", {"comment": 12, "rating": rating})) is None
    stay.refresh_from_db()
    assert (stay.review.comment, stay.review.rating) == ("12", 5)


@pytest.mark.parametrize("mobile", [13800138002, "13800138002", "+86 138 0013 8002"])
def test_a_mobile_may_be_a_number(client, guest, mobile):
    assert fields(send(client, "post", "/users", {"mobile": mobile})) == ["sms_code", "password", "password2"]


def test_the_readers_id_is_a_number_logged_in_or_not(client, guest):
    house = HouseFactory()
    assert data(client.get(f"{API}/houses/{house.pk}"))["user_id"] == -1
    client.force_login(guest)
    assert data(client.get(f"{API}/houses/{house.pk}"))["user_id"] == guest.pk


@pytest.mark.parametrize("path", ["/houses", "/user/orders"])
def test_pages_are_counted_from_one_and_end_empty(client, guest, path):
    client.force_login(guest)
    HouseFactory()
    past = data(client.get(f"{API}{path}?p=99"))
    assert (past["current_page"], past.get("houses", past.get("orders"))) == (99, [])
    for wrong in ("0", "-1", "x", "1.0", "１", "%2B1", " 1"):
        assert fields(client.get(f"{API}{path}?p={wrong}")) == ["p"]


def test_an_id_number_is_masked_for_its_owner_too(client):
    identity = IdentityFactory()
    client.force_login(identity.user)
    shown = data(client.get(f"{API}/user/auth"))["id_card"]
    assert (len(shown), shown[6:14]) == (18, "*" * 8)


def test_an_identity_is_null_before_it_is_submitted(client, stranger):
    client.force_login(stranger)
    told = data(client.get(f"{API}/user/auth"))
    assert (told["user_id"], told["real_name"], told["id_card"]) == (stranger.pk, None, None)
