"""A draft may be incomplete; whatever shows a home copes with that, and no other home may be."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.urls import reverse

from accounts.factories import enter_as_staff
from accounts.models import User
from listings.chapter import erase, export
from listings.factories import HouseFactory, block_nights
from listings.models import House

pytestmark = pytest.mark.django_db
Status = House.Status
NOTHING = {"area": None, "price_fen": 0, "room_count": 0, "acreage": 0, "capacity": 0} | dict.fromkeys(
    ("title", "unit", "beds", "address"), ""
)


@pytest.fixture
def draft(host) -> House:
    """A draft of which nothing is known yet."""
    return House.objects.create(host=host)


@pytest.mark.parametrize("lacking", NOTHING)
def test_only_a_draft_may_lack_what_a_home_needs(lacking):
    house = HouseFactory(status=Status.DRAFT, **{lacking: NOTHING[lacking]})
    with pytest.raises(IntegrityError):
        House.objects.filter(pk=house.pk).update(status=Status.PUBLISHED)


@pytest.mark.parametrize("status", [Status.OFFLINE, Status.SUSPENDED])
def test_the_home_of_a_host_who_has_left_has_no_address(status):
    assert HouseFactory(status=status, address="").pk


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_its_host_sees_an_empty_draft_on_every_page(client, host, draft, language):
    client.cookies["django_language"] = language
    client.force_login(host)
    for page in (reverse("my-homes"), reverse("house", args=[draft.pk]), reverse("house-months", args=[draft.pk])):
        text = client.get(page).text
        assert "None" not in text
        assert "¥0" not in text
    assert client.get(reverse("house-price", args=[draft.pk]), {"sd": "2027-01-04"}).status_code == 200


def test_its_host_sees_an_empty_draft_over_the_api(client, host, draft):
    client.force_login(host)
    home = client.get(f"/api/v1.0/houses/{draft.pk}").json()["data"]["house"]
    assert (home["title"], home["area_name"], home["price"], home["img_urls"]) == ("", "", 0, [])


def test_staff_see_an_empty_draft_in_the_admin(client, draft):
    enter_as_staff(client, User.objects.create_superuser("13800138000", "x", name="站长"))
    for page in ("changelist", "change"):
        args = [draft.pk] if page == "change" else []
        assert client.get(reverse(f"admin:listings_house_{page}", args=args)).status_code == 200


def test_an_empty_draft_can_be_taken_along(host, draft):
    assert export(host)["homes"][0]["area"] == ""


def test_the_account_of_a_host_with_an_empty_draft_can_be_closed(host, draft):
    homes = [HouseFactory(host=host, status=status) for status in Status.values]
    erase(host)
    left = [House.objects.values_list("status", "address").get(pk=home.pk) for home in homes]
    assert left == [(Status.DRAFT, ""), *[(Status.OFFLINE, "")] * 4]
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_on_the_way_back_only_unfinished_drafts_go(draft):
    block_nights(draft, date(2027, 1, 4), date(2027, 1, 7))
    kept = [HouseFactory(status=status) for status in Status.values]
    import_module("listings.migrations.0003_a_draft_may_be_incomplete").delete_unfinished(apps, None)
    assert set(House.objects.all()) == set(kept)
