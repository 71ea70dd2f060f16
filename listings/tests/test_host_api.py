"""How hosts begin and write their homes over the API."""

import json

import pytest

from accounts.services import make_key
from listings.factories import FacilityFactory, HouseFactory, HouseImageFactory
from listings.models import House
from listings.tests.calls import API, a_home, data, fields, refusal, send

pytestmark = pytest.mark.django_db
Status = House.Status
LENGTHS = {"title": 64, "address": 255, "unit": 32, "beds": 64}


@pytest.fixture
def body(db) -> dict:
    return a_home()


def test_a_home_begins_as_a_draft(client, host, body):
    client.force_login(host)
    answer = send(client, "post", "/houses/info", body | {"facility": ["7", "8"]})
    house = House.objects.get()
    assert (answer.status_code, data(answer)) == (201, {"house_id": house.pk})
    assert (house.host, house.status, house.price_fen, house.deposit_fen) == (host, Status.DRAFT, 20099, 50000)
    assert (house.title, house.capacity, house.facility_mask) == (body["title"], 4, (1 << 7) | (1 << 8))


def test_numbers_may_come_as_numbers_and_texts_too(client, host, body):
    client.force_login(host)
    numbers = {"price": 200.5, "deposit": 0, "capacity": 4, "area_id": int(body["area_id"]), "unit": 2, "beds": 1.5}
    assert send(client, "post", "/houses/info", body | numbers).status_code == 201
    house = House.objects.get()
    assert (house.price_fen, house.deposit_fen, house.unit, house.beds) == (20050, 0, "2", "1.5")


def test_a_number_is_read_as_it_is_written_and_never_as_a_float(client, host, body):
    client.force_login(host)
    for written, fen in (("1.10", 110), ("999999.99", 99_999_999), ("4.35", 435)):
        raw = json.dumps(body | {"price": "HERE"}).replace('"HERE"', written)
        client.post(f"{API}/houses/info", raw, content_type="application/json")
        assert House.objects.latest("id").price_fen == fen


def test_a_form_will_do(client, host, body):
    client.force_login(host)
    form = "&".join(f"{name}={value}" for name, value in {**body, "facility": 7}.items()) + "&facility=8"
    answer = client.post(f"{API}/houses/info", form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 201
    assert House.objects.get().facility_mask == (1 << 7) | (1 << 8)


@pytest.mark.parametrize(("facility", "mask"), [([], 0), (["7", 7, "07"], 1 << 7)])
def test_facilities_may_be_none_or_named_twice(client, host, body, facility, mask):
    client.force_login(host)
    assert send(client, "post", "/houses/info", body | {"facility": facility}).status_code == 201
    assert House.objects.get().facility_mask == mask


@pytest.mark.parametrize("facility", [["61"], ["x"], "7", None, [0], [-1], [1.5], [True], ["７"], [[7]], ["9" * 30]])
def test_a_facility_that_there_is_not_is_4103(client, host, body, facility):
    client.force_login(host)
    assert fields(send(client, "post", "/houses/info", body | {"facility": facility})) == ["facility"]
    assert not House.objects.exists()


@pytest.mark.parametrize("area", ["999999", 0, "", "x", None, "9" * 30, {}])
def test_an_area_that_there_is_not_is_4103(client, host, body, area):
    client.force_login(host)
    assert fields(send(client, "post", "/houses/info", body | {"area_id": area})) == ["area_id"]


def test_every_field_but_the_facilities_is_needed(client, host, body):
    client.force_login(host)
    assert set(fields(send(client, "post", "/houses/info", {}))) == set(body)


@pytest.mark.parametrize("name", LENGTHS)
def test_texts_are_so_long_at_most_and_may_have_any_letters(client, host, body, name):
    client.force_login(host)
    for wrong in ("", "  ", "　", "长" * (LENGTHS[name] + 1), "a\x00b", None, [], True):
        assert fields(send(client, "post", "/houses/info", body | {name: wrong})) == [name]
    assert not House.objects.exists()
    assert send(client, "post", "/houses/info", body | {name: "🏡" * LENGTHS[name]}).status_code == 201
    assert getattr(House.objects.get(), name) == "🏡" * LENGTHS[name]


@pytest.mark.parametrize("price", ["1e3", "１２", "-5", "19.999", 10**12, "", None, True, [], "0", -1, 0.001, "¥5"])
def test_a_price_that_is_none_is_4103_in_words(client, host, body, price):
    client.force_login(host)
    answer = send(client, "post", "/houses/info", body | {"price": price})
    assert fields(answer) == ["price"]
    assert answer.json()["data"]["fields"]["price"][0]


@pytest.mark.parametrize("name", ["room_count", "acreage", "capacity", "min_days"])
def test_a_number_that_is_none_is_4103(client, host, body, name):
    client.force_login(host)
    for wrong in (0, -1, "", "x", None, "1_0", "２", 1.5, True, 10**12, "999999"):
        assert fields(send(client, "post", "/houses/info", body | {name: wrong})) == [name]


def test_the_longest_stay_is_not_shorter_than_the_shortest(client, host, body):
    client.force_login(host)
    assert fields(send(client, "post", "/houses/info", body | {"min_days": 3, "max_days": 2})) == ["max_days"]


def test_who_is_not_verified_begins_no_home(client, stranger, body):
    client.force_login(stranger)
    assert refusal(send(client, "post", "/houses/info", body)) == (403, "4105")
    assert fields(send(client, "post", "/houses/info", body | {"price": "x"})) == ["price"]
    assert not House.objects.exists()


def test_a_home_begins_with_a_token_only_or_with_the_session_and_its_csrf_token(api, host, body):
    assert refusal(api.post(f"{API}/houses/info", body, format="json")) == (403, "4105")
    key = make_key(user=host, name="程序")
    answer = api.post(f"{API}/houses/info", body, format="json", headers={"Authorization": f"Token {key}"})
    assert answer.status_code == 201


def test_the_same_idempotency_key_gives_the_same_home(client, host, guest, body):
    client.force_login(host)
    key = {"headers": {"Idempotency-Key": "a key of the client's"}}
    first, again = (send(client, "post", "/houses/info", body, **key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert refusal(send(client, "post", "/houses/info", body | {"unit": "1室"}, **key)) == (409, "4004")
    client.force_login(guest)
    assert send(client, "post", "/houses/info", body | {"unit": "1室"}, **key).status_code == 201
    assert House.objects.count() == 2


def test_without_a_key_each_request_begins_a_home(client, host, body):
    client.force_login(host)
    first, again = (data(send(client, "post", "/houses/info", body)) for _ in range(2))
    assert first != again


def test_all_fields_are_written(client, host, body):
    client.force_login(host)
    house = HouseFactory(host=host, instant_book=True)
    full = data(send(client, "put", f"/houses/{house.pk}", body | {"facility": ["7"]}))
    assert (full["hid"], full["title"], full["price"], full["facilities"]) == (house.pk, body["title"], 20099, [7])
    house.refresh_from_db()
    assert (house.status, house.instant_book, house.price_fen) == (Status.PUBLISHED, True, 20099)


def test_put_wants_all_fields_and_patch_any(client, host):
    client.force_login(host)
    house = HouseFactory(host=host)
    assert "title" in fields(send(client, "put", f"/houses/{house.pk}", {"price": "300"}))
    assert data(send(client, "patch", f"/houses/{house.pk}", {"price": "300"}))["price"] == 30000
    assert data(send(client, "patch", f"/houses/{house.pk}", {}))["title"] == house.title


def test_facilities_stay_where_none_are_given(client, host, body):
    client.force_login(host)
    house = HouseFactory(host=host)
    FacilityFactory(id=7)
    send(client, "patch", f"/houses/{house.pk}", {"facility": [7]})
    assert data(send(client, "put", f"/houses/{house.pk}", body))["facilities"] == [7]
    assert data(send(client, "patch", f"/houses/{house.pk}", {"facility": []}))["facilities"] == []


def test_a_stay_that_contradicts_what_is_stored_is_4103(client, host):
    client.force_login(host)
    house = HouseFactory(host=host, min_nights=3)
    assert fields(send(client, "patch", f"/houses/{house.pk}", {"max_days": 2})) == ["max_days"]


@pytest.mark.parametrize("name", LENGTHS)
def test_a_published_home_keeps_its_words(client, host, name):
    client.force_login(host)
    house = HouseFactory(host=host)
    for wrong in ("", "长" * (LENGTHS[name] + 1), "a\x00b"):
        assert fields(send(client, "patch", f"/houses/{house.pk}", {name: wrong})) == [name]
    before = getattr(house, name)
    house.refresh_from_db()
    assert getattr(house, name) == before


def test_a_home_is_answered_in_a_fixed_number_of_queries(client, host, body, django_assert_max_num_queries):
    client.force_login(host)
    house = HouseImageFactory(house__host=host).house
    with django_assert_max_num_queries(24):
        send(client, "put", f"/houses/{house.pk}", body | {"facility": [7, 8, 9, 10]})
