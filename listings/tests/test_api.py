"""Homes over the API: shape, permission, and a fixed number of queries."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from bookings.factories import make_booking
from listings.factories import AreaFactory, FacilityFactory, HouseFactory, HouseImageFactory, ReviewFactory
from listings.models import Area, Facility, House

pytestmark = pytest.mark.django_db
BASIC = {
    "house_id", "title", "price", "area_name", "img_url", "room_count", "order_count", "address", "user_avatar",
    "ctime", "rating", "review_count", "capacity", "unit", "min_days",
}  # fmt: skip
FULL = {
    "hid", "user_id", "user_name", "user_avatar", "title", "price", "address", "area_name", "room_count", "acreage",
    "unit", "capacity", "beds", "deposit", "min_days", "max_days", "img_urls", "facilities", "comments", "order_count",
    "rating", "review_count", "instant_book", "same_day_turnover", "verified_guests_only", "cleaning_fee",
    "cancellation_policy", "check_in_time", "check_out_time",
}  # fmt: skip


def data(answer):
    assert answer.json()["errcode"] == "0", answer.json()
    return answer.json()["data"]


def test_areas_are_listed_in_order(api):
    second, first = AreaFactory(position=2), AreaFactory(position=1)
    listed = data(api.get("/api/v1.0/area_info"))["areas"]
    assert listed == [{"aid": a.pk, "aname": a.name, "city": "北京"} for a in (first, second)]


def test_facilities_have_the_ids_that_clients_know(api):
    for pk, name in ((1, "无线网络"), (23, "浴缸")):
        Facility.objects.get_or_create(pk=pk, defaults={"name": name, "icon": "wifi", "group": "basics"})
    listed = {each["id"]: each["name"] for each in data(api.get("/api/v1.0/facilities"))["facilities"]}
    assert (listed[1], listed[23]) == ("无线网络", "浴缸")


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("path", ["area_info", "facilities"])
def test_a_short_list_takes_one_query_however_long_it_is(api, path, count, django_assert_num_queries):
    AreaFactory.create_batch(count)
    for pk in range(1, count + 1):
        FacilityFactory(id=pk)
    with django_assert_num_queries(1):
        assert len(next(iter(data(api.get(f"/api/v1.0/{path}")).values()))) >= count


def test_a_search_lists_homes_in_basic_form(api, host):
    created = datetime(2026, 11, 21, 16, 30, tzinfo=timezone.get_fixed_timezone(0))
    house = HouseImageFactory(house__host=host, house__created_at=created).house
    answer = data(api.get("/api/v1.0/houses"))
    assert (answer["total_page"], answer["current_page"]) == (1, 1)
    (listed,) = answer["houses"]
    assert set(listed) == BASIC
    assert (listed["house_id"], listed["price"], listed["ctime"]) == (house.pk, 39900, "2026-11-22")
    assert listed["img_url"].endswith("-800.webp")


def test_a_page_past_the_end_is_empty(api):
    HouseFactory.create_batch(3)
    answer = data(api.get("/api/v1.0/houses?p=3&page_size=2"))
    assert answer == {"houses": [], "total_page": 2, "total_is_capped": False, "current_page": 3}


def test_pages_never_repeat_or_skip_a_home(api):
    houses = HouseFactory.create_batch(5, created_at=timezone.now(), booking_count=7)
    for order in ("new", "booking", "price-inc", "price-des", "unknown", ""):
        pages = [data(api.get(f"/api/v1.0/houses?sk={order}&page_size=2&p={p}"))["houses"] for p in (1, 2, 3)]
        assert [h["house_id"] for page in pages for h in page] == [h.pk for h in reversed(houses)]


@pytest.mark.parametrize(
    ("order", "first"), [("new", "cheap"), ("booking", "loved"), ("price-inc", "cheap"), ("price-des", "dear")]
)
def test_four_orders(api, order, first):
    day = datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
    HouseFactory(title="dear", price_fen=90000, created_at=day)
    HouseFactory(title="loved", booking_count=9, created_at=day)
    HouseFactory(title="cheap", price_fen=10000)
    assert data(api.get(f"/api/v1.0/houses?sk={order}"))["houses"][0]["title"] == first


@pytest.mark.parametrize(
    "query",
    [
        "sd=2026-12-07&ed=2026-12-04", "sd=2026-02-30", "ed=tomorrow", "sd=20261204", "aid=99999", "aid=x",
        "min_price=abc", "min_price=1e3", "max_price=-5", "max_price=19.999", "min_price=1000001", "min_price=１２",
        "guests=0", "guests=x", "facility=99", "facility=x", "q=" + "长" * 101, "q=" + "x" * 10_240, "p=0",
        "p=-1", "max_price=200&min_price=201", "p=1.5", "page_size=51", "page_size=0", "q=%00",
    ],
)  # fmt: skip
def test_a_search_that_makes_no_sense_is_4103_by_field(api, query):
    answer = api.get(f"/api/v1.0/houses?{query}")
    assert (answer.status_code, answer.json()["errcode"]) == (400, "4103")
    assert query.split("=")[0] in answer.json()["data"]["fields"] or "ed" in answer.json()["data"]["fields"]


@pytest.mark.parametrize("query", ["sd=0001-01-01", "ed=0001-01-01", "ed=9999-12-31", "sd=9999-12-31&ed=9999-12-31"])
def test_days_at_the_end_of_time_are_days(api, query):
    HouseFactory()
    assert len(data(api.get(f"/api/v1.0/houses?{query}"))["houses"]) == 1


def test_districts_of_the_same_name_are_counted_apart(api):
    for city, homes in (("北京", 3), ("长春", 1)):
        area = AreaFactory(city=city, name="朝阳区")
        HouseFactory.create_batch(homes, area=area)
        assert data(api.get(f"/api/v1.0/houses?aid={area.pk}&page_size=1"))["total_page"] == homes


def test_filters_are_all_met(api):
    area, other = AreaFactory(), AreaFactory()
    house = HouseFactory(area=area, capacity=4, facility_mask=0b1110, price_fen=20050, title="柿子 小院")
    HouseFactory(area=other, capacity=2, facility_mask=0b0010)
    for pk in (1, 2, 3, 4):
        Facility.objects.get_or_create(pk=pk, defaults={"name": f"设施{pk}", "icon": "wifi", "group": "basics"})
    query = f"aid={area.pk}&guests=4&facility=1&facility=3&min_price=200.50&max_price=200.5&q=小院 五道营"
    assert [h["house_id"] for h in data(api.get(f"/api/v1.0/houses?{query}"))["houses"]] == [house.pk]
    assert data(api.get("/api/v1.0/houses?facility=1&facility=4"))["houses"] == []


def test_words_are_words_and_no_patterns(api):
    HouseFactory()
    assert data(api.get("/api/v1.0/houses?q=%25"))["houses"] == []


@pytest.mark.parametrize("status", [s for s in House.Status.values if s != House.Status.PUBLISHED])
def test_only_published_homes_are_found(api, status):
    HouseImageFactory(house__status=status)
    assert data(api.get("/api/v1.0/houses"))["houses"] == data(api.get("/api/v1.0/houses/index")) == []


@pytest.mark.parametrize("count", [1, 20])
def test_a_search_takes_so_many_queries_whatever_it_finds(api, django_assert_max_num_queries, count):
    HouseImageFactory.create_batch(count)
    area = Area.objects.first()
    with django_assert_max_num_queries(5):
        api.get(f"/api/v1.0/houses?aid={area.pk}&sd=2027-01-04&ed=2027-01-07&guests=1")


def test_the_index_shows_the_five_most_booked_with_a_photo(api, django_assert_max_num_queries):
    HouseFactory(booking_count=99)
    houses = [HouseImageFactory(house__booking_count=n).house for n in range(6)]
    HouseImageFactory.create_batch(2, house=houses[5])
    with django_assert_max_num_queries(1):
        listed = data(api.get("/api/v1.0/houses/index"))
    assert [h["house_id"] for h in listed] == [h.pk for h in houses[:0:-1]]


def test_a_home_in_full(api, host, guest, django_assert_max_num_queries):
    house = HouseImageFactory(house__host=host).house
    ReviewFactory.create_batch(3, house=house, author=guest)
    ReviewFactory(house=house, is_visible=False)
    with django_assert_max_num_queries(5):
        answer = data(api.get(f"/api/v1.0/houses/{house.pk}"))
    assert answer["user_id"] == -1
    assert set(answer["house"]) == FULL
    assert [c["user_name"] for c in answer["house"]["comments"]] == ["王小明"] * 3


def test_directions_and_mobiles_are_not_public(api, host):
    house = HouseFactory(host=host, directions="钥匙在花盆下")
    body = api.get(f"/api/v1.0/houses/{house.pk}").content.decode()
    assert "花盆" not in body
    assert "1380013" not in body


def test_the_readers_id_is_told(api, guest):
    api.force_login(guest)
    assert data(api.get(f"/api/v1.0/houses/{HouseFactory().pk}"))["user_id"] == guest.pk


def test_only_its_host_sees_a_home_that_is_not_published(api, host, stranger):
    house = HouseFactory(host=host, status=House.Status.DRAFT)
    for user, status in ((None, 404), (stranger, 404), (host, 200)):
        if user:
            api.force_login(user)
        assert api.get(f"/api/v1.0/houses/{house.pk}").status_code == status


def test_a_guest_of_a_home_that_is_off_the_market_sees_its_page_and_not_its_answer(client, host, guest):
    house = HouseFactory(host=host)
    make_booking(house, guest, date(2027, 1, 4), date(2027, 1, 7))
    House.objects.update(status=House.Status.OFFLINE)
    client.force_login(guest)
    assert client.get(f"/houses/{house.pk}").status_code == 200
    assert client.get(f"/api/v1.0/houses/{house.pk}").status_code == 404
    assert client.get(f"/houses/{house.pk}/book?sd=2027-02-04&ed=2027-02-07").status_code == 404


def test_sd_and_ed_in_the_past_are_no_error(api):
    HouseFactory()
    assert date(2020, 1, 1) < timezone.localdate()
    assert len(data(api.get("/api/v1.0/houses?sd=2020-01-01&ed=2020-01-05"))["houses"]) == 1
