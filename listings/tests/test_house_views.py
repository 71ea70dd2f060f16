"""The pages on which a host says what a home is, step by step, and publishes it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.tests.test_forms_survive import NASTY
from listings.factories import AreaFactory, FacilityFactory, HouseFactory, HouseImageFactory
from listings.house_pages import Steps
from listings.models import House

pytestmark = pytest.mark.django_db
NEW = reverse("house-new")
STEPS = ["basics", "place", "facts", "price"]
PRICE = {
    "price_fen": "19.99",
    "weekend_price_fen": "",
    "cleaning_fee_fen": "",
    "deposit_fen": "200",
    "weekly_discount": "5",
    "monthly_discount": "",
    "min_nights": "2",
    "max_nights": "0",
    "check_in_time": "15:00",
    "check_out_time": "11:30",
    "same_day_turnover": "on",
    "cancellation_policy": "strict",
    "house_rules": "22点后请轻声\r\n不抽烟",
}
SHOWN = {
    "basics": ["柿子小院", 'value="room" id="id_kind_1" required checked', "一棵树\n一口井"],
    "place": [" selected>Dongcheng", "五道营胡同", "门锁 2580"],
    "facts": ["2室1厅", 'value="68"', "大床", 'name="facilities" value="3" checked'],
    "price": ['value="19.99"', 'value="200"', 'value="11:30"', 'id="id_cancellation_policy_2" required checked'],
}


@pytest.fixture
def visitor(client, host):
    client.cookies["django_language"] = "en"
    client.force_login(host)
    return client


@pytest.fixture
def draft(host) -> House:
    return House.objects.create(host=host)


def address(house: House, step: str) -> str:
    return Steps("review", house).address(step)


def said(house: House, step: str) -> dict:
    """What a step is sent when a home says nothing new."""
    FacilityFactory(id=3)
    return {
        "basics": {"title": "柿子小院", "kind": "room", "description": "一棵树\r\n一口井"},
        "place": {"area": house.area_id or AreaFactory().pk, "address": "五道营胡同", "directions": "门锁 2580"},
        "facts": {
            "unit": "2室1厅", "room_count": "2", "acreage": "68", "capacity": "4", "beds": "大床", "facilities": ["3"]
        },
        "price": PRICE,
    }[step]  # fmt: skip


# --- the first step ---------------------------------------------------------------------------------------------------


def test_the_first_step_begins_a_draft_once_for_its_key(visitor, host):
    first = {"key": uuid4(), "title": "柿子小院", "kind": "whole"}
    answers = [visitor.post(NEW, first) for _ in range(2)]
    house = House.objects.get(host=host)
    assert (house.title, house.status) == ("柿子小院", House.Status.DRAFT)
    assert [answer.url for answer in answers] == [address(house, "place")] * 2


def test_whoever_goes_back_and_sends_the_first_step_again_means_the_same_home(visitor, host):
    first = {"key": uuid4(), "title": "柿子小院", "kind": "whole"}
    visitor.post(NEW, first)
    visitor.post(NEW, first | {"title": "石榴小院"})
    assert House.objects.get(host=host).title == "石榴小院"


def test_a_first_step_that_is_wrong_begins_nothing_and_keeps_its_key(visitor):
    key = uuid4()
    page = visitor.post(NEW, {"key": key, "title": "长" * 65, "kind": "whole"})
    assert 'id="id_title_error"' in page.text
    assert "长" * 65 in page.text
    assert str(key) in page.text
    assert not House.objects.exists()


def test_a_draft_needs_no_verified_identity_but_publishing_does(client, stranger):
    client.force_login(stranger)
    client.post(NEW, {"key": uuid4(), "title": "小院", "kind": "whole"})
    house = House.objects.get(host=stranger)
    review = address(house, "review")
    assert f"{reverse('verification')}?next={review}" in client.get(review).text


# --- each step --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_saved_and_shown_again(visitor, draft, step):
    answer = visitor.post(address(draft, step), said(draft, step))
    following = [*STEPS, "photos"][STEPS.index(step) + 1]
    assert (answer.status_code, answer.url) == (303, address(draft, following))
    page = visitor.get(address(draft, step)).text
    for shown in SHOWN[step]:
        assert shown in page


def test_amounts_are_kept_in_fen_and_nothing_means_nothing(visitor, draft):
    visitor.post(address(draft, "price"), PRICE)
    draft.refresh_from_db()
    assert (draft.price_fen, draft.deposit_fen) == (1999, 20000)
    assert (draft.weekend_price_fen, draft.cleaning_fee_fen) == (None, 0)
    assert (draft.weekly_discount, draft.monthly_discount, draft.max_nights) == (5, 0, 0)
    assert (draft.same_day_turnover, draft.instant_book, draft.house_rules) == (True, False, "22点后请轻声\n不抽烟")
    assert 'value="19.99"' in visitor.get(address(draft, "price")).text


@pytest.mark.parametrize("step", ["place", "facts"])
def test_a_draft_is_saved_with_a_step_that_says_nothing(visitor, draft, step):
    assert visitor.post(address(draft, step), {}).status_code == 303


def test_a_step_can_be_saved_and_left(visitor, draft):
    answer = visitor.post(address(draft, "basics"), said(draft, "basics") | {"close": "1"})
    assert answer.url == reverse("my-homes")
    assert House.objects.get(pk=draft.pk).title == "柿子小院"


@pytest.mark.parametrize("typed", ["1e3", "１２", "-5", "19.999", str(10**12), "abc", "0"])
@pytest.mark.parametrize("field", ["price_fen", "weekend_price_fen"])
def test_what_is_no_price_is_told_beside_it_and_all_that_was_typed_is_kept(visitor, draft, field, typed):
    page = visitor.post(address(draft, "price"), PRICE | {field: typed})
    assert page.status_code == 200
    assert f'id="id_{field}_error"' in page.text
    assert f'value="{typed}"' in page.text
    assert "不抽烟" in page.text
    assert House.objects.get(pk=draft.pk).price_fen == 0


@pytest.mark.parametrize(
    ("step", "field", "typed"),
    [
        ("place", "area", "999999"), ("place", "address", "长" * 256), ("facts", "capacity", "101"),
        ("facts", "room_count", "-1"), ("facts", "acreage", "x"), ("facts", "facilities", ["62"]),
        ("price", "weekly_discount", "100"), ("price", "min_nights", "0"), ("price", "min_nights", ""),
        ("price", "max_nights", "1"), ("price", "check_in_time", "25:00"), ("price", "cancellation_policy", "none"),
        ("basics", "kind", "castle"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_once_beside_its_field(visitor, draft, step, field, typed):
    page = visitor.post(address(draft, step), said(draft, step) | {field: typed})
    assert len(page.context["form"].errors[field]) == 1
    assert page.text.count(f'id="id_{field}_error"') == 1


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", [House.Status.DRAFT, House.Status.PUBLISHED])
def test_every_field_survives_whatever_is_typed(visitor, host, step, status):
    house = HouseFactory(host=host, status=status)
    for nasty in NASTY:
        for field in said(house, step):
            answer = visitor.post(address(house, step), said(house, step) | {field: nasty})
            assert answer.status_code in {200, 303}, (field, nasty[:20])


# --- a home that is no draft ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "field"), [("basics", "title"), ("place", "area"), ("facts", "beds"), ("price", "price_fen")]
)
def test_a_published_home_cannot_lose_what_it_must_have(visitor, host, step, field):
    house = HouseFactory(host=host)
    page = visitor.post(address(house, step), said(house, step) | {field: ""})
    assert "Only a draft can be without this" in page.context["form"].errors[field][0]
    assert House.objects.filter(pk=house.pk, updated_at=house.updated_at).exists()


def test_a_published_home_stays_so_when_a_step_is_saved(visitor, host):
    house = HouseFactory(host=host)
    answer = visitor.post(address(house, "price"), PRICE)
    assert answer.url == address(house, "review")
    house.refresh_from_db()
    assert (house.status, house.price_fen) == (House.Status.PUBLISHED, 1999)


# --- the review -------------------------------------------------------------------------------------------------------


def test_the_review_leads_to_the_field_of_whatever_is_missing(visitor, draft):
    page = visitor.get(address(draft, "review")).text
    for step, field in [("basics", "title"), ("place", "area"), ("facts", "beds"), ("price", "price_fen")]:
        assert f'href="{address(draft, step)}#id_{field}"' in page
        assert f'id="id_{field}"' in visitor.get(address(draft, step)).text
    assert f'href="{address(draft, "photos")}"' in page
    assert "Publish this home" not in page


def test_a_home_that_lacks_nothing_is_published_from_its_review(visitor, host):
    house = HouseImageFactory(house__host=host, house__status=House.Status.DRAFT).house
    assert "Publish this home" in visitor.get(address(house, "review")).text
    visitor.post(reverse("house-publish", args=[house.pk]))
    assert "Guests can find and book this home" in visitor.get(address(house, "review")).text


def test_a_home_without_a_photo_is_not_published_and_its_host_sees_what_it_lacks(visitor, host):
    house = HouseFactory(host=host, status=House.Status.DRAFT)
    answer = visitor.post(reverse("house-publish", args=[house.pk]))
    assert answer.url == address(house, "review")
    assert House.objects.get(pk=house.pk).status == House.Status.DRAFT


def test_where_homes_are_reviewed_staff_look_first(visitor, host, settings):
    settings.LISTINGS_REQUIRE_REVIEW = True
    house = HouseImageFactory(house__host=host, house__status=House.Status.DRAFT).house
    assert "Our staff look at it first" in visitor.get(address(house, "review")).text
    visitor.post(reverse("house-publish", args=[house.pk]))
    assert "Our staff look at this home" in visitor.get(address(house, "review")).text


def test_the_host_of_a_refused_home_reads_why(visitor, host):
    house = HouseFactory(host=host, status=House.Status.DRAFT, status_reason="照片不是这个家的")
    assert "照片不是这个家的" in visitor.get(address(house, "review")).text


def test_a_host_finds_the_way_to_change_a_home_on_its_page(visitor, host, stranger):
    house = HouseFactory(host=host)
    page = reverse("house", args=[house.pk])
    assert address(house, "review") in visitor.get(page).text
    visitor.force_login(stranger)
    assert address(house, "review") not in visitor.get(page).text


# --- who, and how much is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [*STEPS, "review"])
def test_nobody_sees_or_changes_the_home_of_somebody_else(client, stranger, draft, step):
    client.force_login(stranger)
    assert client.get(address(draft, step)).status_code == 404
    assert client.post(address(draft, step), {"title": "我的"}).status_code == (405 if step == "review" else 404)
    draft.refresh_from_db()
    assert draft.title == ""


def test_who_is_not_logged_in_logs_in_first(client, draft):
    for page in (NEW, *(address(draft, step) for step in [*STEPS, "review"])):
        assert client.get(page).url == f"{reverse('login')}?next={page}"


def test_there_are_no_other_steps(visitor, draft):
    assert visitor.get(address(draft, "castle")).status_code == 404


def test_the_photos_have_a_page_of_their_own(visitor, draft):
    assert f'href="/host/houses/{draft.pk}/photos"' in visitor.get(address(draft, "basics")).text


@pytest.mark.parametrize(
    ("step", "count"), [("basics", 4), ("place", 5), ("facts", 6), ("price", 4), ("review", 7)]
)  # session, host, home, bell; then areas, or the chosen and all facilities, or photos, facilities and identity
def test_a_step_has_a_fixed_number_of_queries(visitor, host, django_assert_num_queries, step, count):
    house = HouseImageFactory(house__host=host).house
    for number in (1, 2, 3):
        AreaFactory()
        house.facilities.add(FacilityFactory(id=number))
    with django_assert_num_queries(count):
        assert visitor.get(address(house, step)).status_code == 200
