"""Edits of homes that staff have approved: they stay live, and staff look at them once more."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.errors import OwnCase
from accounts.factories import UserFactory, enter_as_staff
from accounts.models import StaffAct, User
from listings.album import add_photo
from listings.approval import approve_edits, state_of
from listings.errors import EditedAgain, HouseNotFound, StatusNotPossible
from listings.factories import HouseFactory
from listings.models import House
from listings.services import save_house

Status = House.Status
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reviewed(settings):
    settings.LISTINGS_REQUIRE_REVIEW = True


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True)


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


def edit(house: House, **fields: object) -> House:
    return save_house(host=house.host, house_id=house.pk, **(fields or {"title": "新名字"}))


def test_an_edited_home_stays_live_and_waits_for_a_look(house):
    assert edit(house).status == Status.PUBLISHED
    assert list(House.objects.to_review()) == [house]


def test_a_new_photo_is_an_edit(house):
    Image.new("RGB", (9, 9), "red").save(picture := BytesIO(), "PNG")
    picture.seek(0)
    add_photo(host=house.host, house_id=house.pk, picture=picture)
    assert list(House.objects.to_review()) == [house]


@pytest.mark.parametrize(
    "fields", [{"price_fen": 100}, {"min_nights": 2}, {"address": "五道营胡同"}, {"facilities": []}]
)
def test_prices_terms_and_what_says_the_same_wait_for_nobody(house, fields):
    edit(house, **fields)
    assert not House.objects.to_review().exists()


def test_where_the_site_reviews_no_homes_nothing_waits(house, settings):
    settings.LISTINGS_REQUIRE_REVIEW = False
    edit(house)
    assert not House.objects.to_review().exists()


@pytest.mark.parametrize("status", [Status.OFFLINE, Status.SUSPENDED])
def test_what_is_edited_off_the_market_is_looked_at_once_it_is_back(house, status):
    House.objects.update(status=status)
    edit(house)
    assert not House.objects.to_review().exists()
    House.objects.update(status=Status.PUBLISHED)
    assert list(House.objects.to_review()) == [house]


def test_the_longest_waiting_come_first(house, host):
    pending = HouseFactory(host=host, status=Status.PENDING)
    HouseFactory(host=host, status=Status.DRAFT)
    edit(house)
    assert list(House.objects.to_review()) == [pending, house]


def test_how_long_a_home_waits_is_counted_from_its_edit(house, host):
    now = timezone.now()
    edited = HouseFactory(host=host, edited_at=now - timedelta(days=3))
    House.objects.filter(pk=house.pk).update(updated_at=now - timedelta(days=400))
    Image.new("RGB", (9, 9), "red").save(picture := BytesIO(), "PNG")
    picture.seek(0)
    add_photo(host=host, house_id=house.pk, picture=picture)
    assert list(House.objects.to_review()) == [edited, house]


def test_staff_have_seen_it(house, staff):
    edited_at = edit(house).edited_at
    approve_edits(staff=staff, house_id=house.pk, seen=edited_at.isoformat())
    assert not House.objects.to_review().exists()
    line = StaffAct.objects.get()
    assert (line.act, line.thing) == ("approve_house", f"listings.house/{house.pk}")
    assert line.before == {"edited_at": edited_at.isoformat()}


def test_what_was_edited_while_staff_looked_still_waits(house, staff):
    seen = state_of(edit(house))
    edit(house, title="又一个名字")
    for state in (seen, timezone.now().isoformat(), "x", ""):
        with pytest.raises(EditedAgain):
            approve_edits(staff=staff, house_id=house.pk, seen=state)
    with pytest.raises(HouseNotFound):
        approve_edits(staff=staff, house_id=0, seen=seen)
    assert list(House.objects.to_review()) == [house]
    assert not StaffAct.objects.exists()


def test_nothing_is_approved_where_nothing_has_changed_or_where_a_home_waits_to_be_published(house, staff):
    with pytest.raises(EditedAgain):
        approve_edits(staff=staff, house_id=house.pk, seen=state_of(house))
    House.objects.update(status=Status.PENDING)
    with pytest.raises(StatusNotPossible):
        approve_edits(staff=staff, house_id=house.pk, seen=state_of(edit(house)))
    assert not StaffAct.objects.exists()


def test_staff_do_not_approve_what_they_have_changed_themselves(house):
    with pytest.raises(OwnCase):
        approve_edits(staff=house.host, house_id=house.pk, seen=state_of(edit(house)))
    assert list(House.objects.to_review()) == [house]


@pytest.fixture
def moderator(client):
    client.cookies["django_language"] = "en"
    return enter_as_staff(client, UserFactory(is_staff=True, is_superuser=True))


def test_staff_approve_what_the_page_of_the_home_has_shown_them(moderator, house):
    edit(house)
    case = reverse("admin:listings_house_change", args=[house.pk])
    [page] = [each["url"] for each in moderator.get(case).context["offered"] if each["kind"].name == "edits"]
    assert page.replace("&", "&amp;") in moderator.get(case).text
    edit(house, title="又一个名字")
    seen = moderator.get(page).context["form"]["seen"].value()
    assert "has changed meanwhile" in moderator.post(page, {"reason": "", "seen": seen}).text
    assert list(House.objects.to_review()) == [house]


@pytest.mark.parametrize(("seen", "said"), [("", "open the page again"), ("x", "changed meanwhile"),
                                            ("x" * 65, "at most 64 characters")])  # fmt: skip
def test_what_is_wrong_with_a_hidden_field_is_said(moderator, house, seen, said):
    edit(house)
    page = moderator.post(reverse("admin:listings_house_act", args=[house.pk, "edits"]), {"reason": "", "seen": seen})
    assert said in page.text
    assert list(House.objects.to_review()) == [house]
