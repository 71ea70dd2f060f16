"""How hosts publish their homes over the API and take them offline, and what nobody else does."""

from datetime import date

import pytest

from accounts.factories import IdentityFactory
from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House
from listings.tests.calls import a_home, data, fields, refusal, send

pytestmark = pytest.mark.django_db
Status = House.Status


@pytest.fixture
def body(db) -> dict:
    return a_home()


def test_a_home_is_published_and_taken_offline(client, host):
    client.force_login(host)
    house = HouseImageFactory(house__host=host, house__status=Status.DRAFT).house
    path = f"/houses/{house.pk}/status"
    assert data(send(client, "put", path, {"action": "publish"}))["hid"] == house.pk
    assert House.objects.published().exists()
    assert data(send(client, "put", path, {"action": "offline"}))["hid"] == house.pk
    assert not House.objects.published().exists()


def test_what_a_home_needs_first_is_told(client, host, stranger):
    bare, unverified = HouseFactory(host=host, status="draft"), HouseFactory(host=stranger, status="draft")
    client.force_login(host)
    path = f"/houses/{bare.pk}/status"
    assert refusal(send(client, "put", path, {"action": "publish"})) == (409, "4201")
    House.objects.filter(pk=bare.pk).update(title="")
    answer = send(client, "put", path, {"action": "publish"})
    assert "a title, a photo" in answer.json()["errmsg"]
    client.force_login(stranger)
    answer = send(client, "put", f"/houses/{unverified.pk}/status", {"action": "publish"})
    assert refusal(answer) == (403, "4105")


@pytest.mark.parametrize("action", ["", None, "suspend", "approve", 1, [], {}])
def test_there_are_two_steps(client, host, action):
    client.force_login(host)
    house = HouseFactory(host=host)
    assert fields(send(client, "put", f"/houses/{house.pk}/status", {"action": action})) == ["action"]


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.PENDING])
def test_what_staff_look_at_is_not_published_by_its_host(client, host, status):
    client.force_login(host)
    house = HouseImageFactory(house__host=host, house__status=status).house
    assert refusal(send(client, "put", f"/houses/{house.pk}/status", {"action": "publish"})) == (409, "4201")


def test_a_home_that_is_deleted_is_offline_and_its_bookings_stay(client, host, guest):
    house = HouseFactory(host=host)
    make_booking(house, guest, date(2027, 1, 4), date(2027, 1, 7))
    client.force_login(host)
    for _ in range(2):
        answer = send(client, "delete", f"/houses/{house.pk}")
        assert (answer.status_code, data(answer)) == (200, None)
    house.refresh_from_db()
    assert (house.status, Booking.objects.count()) == (Status.OFFLINE, 1)


def test_a_draft_that_is_deleted_is_gone(client, host):
    client.force_login(host)
    house = HouseFactory(host=host, status=Status.DRAFT)
    assert data(send(client, "delete", f"/houses/{house.pk}")) is None
    assert refusal(send(client, "get", f"/houses/{house.pk}")) == (404, "4002")


def calls(house, body) -> list[tuple]:
    return [
        ("put", f"/houses/{house.pk}", body),
        ("patch", f"/houses/{house.pk}", {"title": "别人改的"}),
        ("delete", f"/houses/{house.pk}", None),
        ("put", f"/houses/{house.pk}/status", {"action": "publish"}),
        ("put", f"/houses/{house.pk}/status", {"action": "offline"}),
    ]


@pytest.mark.parametrize(("status", "seen"), [(s, (404, "4002")) for s in Status.values if s != Status.PUBLISHED])
def test_another_host_does_not_find_what_is_not_public(client, host, body, status, seen):
    house = HouseImageFactory(house__host=host, house__status=status).house
    stored = list(House.objects.values())
    client.force_login(IdentityFactory().user)
    for call in calls(house, body):
        assert refusal(send(client, *call)) == seen
    assert list(House.objects.values()) == stored


@pytest.mark.parametrize("is_verified", [True, False])
def test_another_user_may_not_change_what_is_public(client, host, stranger, body, is_verified):
    house = HouseImageFactory(house__host=host).house
    stored = list(House.objects.values())
    client.force_login(IdentityFactory().user if is_verified else stranger)
    for call in calls(house, body):
        assert refusal(send(client, *call)) == (403, "4105")
    assert list(House.objects.values()) == stored


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PUBLISHED])
def test_who_is_logged_out_logs_in_first(client, host, body, status):
    house = HouseImageFactory(house__host=host, house__status=status).house
    stored = list(House.objects.values())
    others = [("post", "/houses/info", body), ("get", "/user/houses")]
    for call in [*calls(house, body), *others]:
        assert refusal(send(client, *call)) == (401, "4101")
    assert list(House.objects.values()) == stored


@pytest.mark.parametrize("key", ["999999", "99999999999999999999"])
def test_a_home_that_there_is_not_is_4002(client, host, body, key):
    client.force_login(host)
    house = House(pk=key)
    for call in [*calls(house, body), ("get", f"/houses/{key}/calendar"), ("get", f"/houses/{key}/quote")]:
        assert refusal(send(client, *call)) in {(404, "4002"), (400, "4103")}


@pytest.mark.parametrize("count", [1, 20])
def test_ones_own_homes_are_listed_whatever_their_state(client, host, count, django_assert_num_queries):
    houses = [HouseImageFactory(house__host=host, house__status=Status.values[n % 5]).house for n in range(count)]
    empty = House.objects.create(host=host)
    HouseFactory()
    client.force_login(host)
    with django_assert_num_queries(3):
        listed = data(send(client, "get", "/user/houses"))["houses"]
    assert [each["house_id"] for each in listed] == [empty.pk, *(house.pk for house in reversed(houses))]
    assert (listed[0]["title"], listed[0]["area_name"], listed[0]["img_url"]) == ("", "", "")
