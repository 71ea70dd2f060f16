"""What is kept for whoever asks next follows every change, and has nothing of anybody's in it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from threading import Event

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from PIL import Image

from accounts.factories import UserFactory, enter_as_staff
from accounts.privacy import close_account
from accounts.services import change_profile, rename_user, set_avatar
from listings import answers
from listings.factories import FacilityFactory, HouseFactory, HouseImageFactory, ReviewFactory
from listings.freshness import forget_house
from listings.models import Area, House
from listings.photos import delete_photo
from listings.services import publish_house, set_facilities, take_offline

pytestmark = pytest.mark.usefixtures("keeping")


@pytest.fixture
def home(keeping, host) -> House:
    """A home with a photo, as the slideshow wants it."""
    return HouseImageFactory(house__host=host, house__title="小院").house


@pytest.fixture
def staff(keeping, client):
    """The browser of staff who may change everything."""
    return enter_as_staff(client, UserFactory(is_staff=True, is_superuser=True))


def data(api, path, status=200):
    answer = api.get(f"/api/v1.0/{path}")
    assert answer.status_code == status
    return answer.json()["data"]


def full(api, home):
    """The home by its page; asked twice, so that what is answered is kept."""
    return [data(api, f"houses/{home.pk}")["house"] for _ in range(2)][1]


def listed(api):
    """The homes of the slideshow, asked twice."""
    return [data(api, "houses/index") for _ in range(2)][1]


@pytest.mark.parametrize("path", ["area_info", "facilities", "houses/index"])
def test_a_kept_list_needs_no_query(api, home, django_assert_num_queries, path):
    first = data(api, path)
    with django_assert_num_queries(0):
        assert data(api, path) == first


def test_a_kept_home_needs_no_query(api, home, django_assert_num_queries):
    ReviewFactory(house=home)
    with django_assert_num_queries(7):
        first = data(api, f"houses/{home.pk}")
    with django_assert_num_queries(0):
        assert data(api, f"houses/{home.pk}") == first


def test_the_front_page_keeps_its_slides(client, home, django_assert_num_queries):
    with django_assert_num_queries(7):
        first = client.get("/").text
    with django_assert_num_queries(6):
        assert client.get("/").text.count("小院") == first.count("小院") == 2


def test_kept_slides_speak_the_language_of_each_reader(client, home):
    Area.objects.update(name="东城区", name_en="Dongcheng")
    assert all("北京 东城区 · 整套" in client.get("/").text for _ in range(2))
    client.cookies["django_language"] = "en"
    assert "Beijing Dongcheng · Entire home" in client.get("/").text


def test_another_price_is_in_the_next_answer(api, client, home):
    full(api, home), listed(api), client.get("/")
    with transaction.atomic():
        House.objects.filter(pk=home.pk).update(price_fen=12300)
        forget_house(home.pk)
    assert (full(api, home)["price"], listed(api)[0]["price"]) == (12300, 12300)
    assert client.get("/").text.count("¥123<") == 2


def test_a_home_taken_offline_is_gone_and_comes_back(api, home, host):
    full(api, home), listed(api)
    take_offline(host=host, house_id=home.pk)
    assert (data(api, f"houses/{home.pk}", 404), listed(api)) == (None, [])
    publish_house(host=host, house_id=home.pk)
    assert full(api, home)["hid"] == listed(api)[0]["house_id"] == home.pk


def test_a_home_that_is_taken_offline_is_seen_no_more_at_once(api, home):
    full(api, home)
    take_offline(host=home.host, house_id=home.pk)
    assert data(api, f"houses/{home.pk}", 404) is None


def test_a_deleted_photo_is_in_no_answer_any_more(api, home):
    second = HouseImageFactory(house=home)
    assert len(full(api, home)["img_urls"]) == len(listed(api)) + 1
    delete_photo(home.images.exclude(pk=second.pk).get())
    assert full(api, home)["img_urls"] == [f"/media/{second.key}-1600.webp"]
    assert listed(api)[0]["img_url"] == f"/media/{second.key}-800.webp"


def test_other_facilities_are_in_the_next_answer(api, home):
    assert full(api, home)["facilities"] == []
    set_facilities(home, [FacilityFactory(id=60)])
    assert full(api, home)["facilities"] == [60]


def test_the_hosts_other_name_and_picture_are_in_the_next_answer(api, home, host):
    assert (full(api, home)["user_name"], listed(api)[0]["user_avatar"]) == ("林房东", "")
    picture = BytesIO()
    Image.new("RGB", (9, 9)).save(picture, "PNG")
    rename_user(user=host, name="林大房东")
    avatar = set_avatar(user=host, picture=picture)
    assert (full(api, home)["user_name"], full(api, home)["user_avatar"]) == ("林大房东", avatar)
    assert listed(api)[0]["user_avatar"] == avatar


def test_a_guests_other_name_is_beside_their_review_in_the_next_answer(api, home, guest):
    ReviewFactory(house=home, author=guest)
    assert full(api, home)["comments"][0]["user_name"] == "王小明"
    change_profile(user=guest, name="王大明", about="")
    assert full(api, home)["comments"][0]["user_name"] == "王大明"


def test_a_closed_account_is_in_no_answer_any_more(api, home, guest, host):
    ReviewFactory(house=home, author=guest)
    full(api, home), listed(api)
    for user in (guest, host):
        user.set_password("柿子树下2026")
        user.save()
        close_account(user=user, password="柿子树下2026", address="127.0.0.1")
        assert "王小明" not in str(data(api, f"houses/{home.pk}", 200 if user == guest else 404))
    assert listed(api) == []


def test_what_staff_change_of_areas_and_facilities_is_in_the_next_answer(api, staff, home):
    facility, area = FacilityFactory(id=61), home.area
    assert data(api, "facilities")["facilities"][-1]["name"] == facility.name
    assert (data(api, "area_info")["areas"][0]["aname"], full(api, home)["area_name"]) == (area.name, area.name)
    names = {"name": "改了", "name_en": ""}
    staff.post("/admin/listings/facility/61/change/", {**names, "icon": "wifi", "group": "bath", "position": 99})
    staff.post(f"/admin/listings/area/{area.pk}/change/", {**names, "city": "北京", "city_en": "", "position": 0})
    assert data(api, "facilities")["facilities"][-1]["name"] == "改了"
    assert data(api, "area_info")["areas"][0]["aname"] == full(api, home)["area_name"] == "改了"
    assert listed(api)[0]["area_name"] == "改了"


def test_an_area_that_staff_delete_is_in_no_answer_any_more(api, staff, home):
    empty = Area.objects.create(city="北京", name="空")
    assert len(data(api, "area_info")["areas"]) == 2
    staff.post(f"/admin/listings/area/{empty.pk}/delete/", {"post": "yes"})
    assert len(data(api, "area_info")["areas"]) == 1


def test_what_a_home_is_for_its_host_only_is_not_kept(api, client, host):
    draft = HouseFactory(host=host, status="draft", title="还没写完")
    client.force_login(host)
    for title in ("还没写完", "写完了"):
        House.objects.filter(pk=draft.pk).update(title=title)
        answer = client.get(f"/api/v1.0/houses/{draft.pk}").json()["data"]
        assert (answer["user_id"], answer["house"]["title"]) == (host.pk, title)
        assert data(api, f"houses/{draft.pk}", 404) is None


def test_a_kept_home_has_nothing_of_its_first_reader(api, client, guest, home):
    client.force_login(guest)
    assert client.get(f"/api/v1.0/houses/{home.pk}").json()["data"]["user_id"] == guest.pk
    assert data(api, f"houses/{home.pk}") == {"user_id": -1, "house": full(api, home)}


@pytest.fixture
def overtaken(api, monkeypatch):
    """Have a change go through after another thread has read a home, and before it keeps the answer; return that."""
    read, changed, whole = Event(), Event(), answers.full_house

    def full_house(*home):
        answer = whole(*home)
        read.set()
        assert changed.wait(10)
        return answer

    def ask(home):
        with closing(connection):
            return data(api, f"houses/{home.pk}")["house"]

    def run(home, change):
        with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patched:
            patched.setattr(answers, "full_house", full_house)
            asked = pool.submit(ask, home)
            assert read.wait(10)
            change()
            changed.set()
            return asked.result()

    return run


def rewrite(home):
    with transaction.atomic():
        House.objects.filter(pk=home.pk).update(title="大院")
        forget_house(home.pk)


def test_a_change_that_overtakes_a_reader_is_in_the_next_answer(api, home, overtaken):
    assert overtaken(home, lambda: rewrite(home))["title"] == "小院"
    assert full(api, home)["title"] == "大院"


def test_a_new_name_that_overtakes_a_reader_is_in_the_next_answer(api, home, host, overtaken):
    assert overtaken(home, lambda: rename_user(user=host, name="林大房东"))["user_name"] == "林房东"
    assert full(api, home)["user_name"] == "林大房东"


def test_what_is_not_ours_in_the_cache_is_not_answered(api, home):
    first = full(api, home)
    for poison in ("x", 7, {"answer": {"title": "evil"}, "versions": {}}):
        cache.set(f"answer:houses/{home.pk}", poison)
        assert full(api, home) == first


def test_a_cache_that_is_away_changes_no_answer(api, home, settings):
    first = [full(api, home), listed(api), data(api, "area_info")]
    options = {"SOCKET_CONNECT_TIMEOUT": 0.2, "SOCKET_TIMEOUT": 0.2, "IGNORE_EXCEPTIONS": True}
    away = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0", "OPTIONS": options}
    settings.CACHES = {"default": away}
    assert [full(api, home), listed(api), data(api, "area_info")] == first
    take_offline(host=home.host, house_id=home.pk)
    assert listed(api) == []
