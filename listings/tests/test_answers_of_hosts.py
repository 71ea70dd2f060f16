"""What hosts change of their homes is in the next answer, though answers are kept."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from accounts.factories import UserFactory
from listings.album import add_photo, make_main, order_photos, remove_photo
from listings.approval import approve_house
from listings.factories import AreaFactory, FacilityFactory
from listings.models import House
from listings.services import publish_house, remove_house, save_house, take_offline
from listings.tests.test_answers import data, full, home, listed

__all__ = ["home"]  # a fixture
pytestmark = pytest.mark.usefixtures("keeping")


def photo() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    return file


def test_every_field_that_a_host_saves_is_in_the_next_answer(api, home, host):
    area, tub = AreaFactory(name="西城区"), FacilityFactory(id=23)
    assert (full(api, home)["title"], listed(api)[0]["title"]) == ("小院", "小院")
    save_house(host=host, house_id=home.pk, title="大院", price_fen=50000, area=area.pk, facilities=[tub.pk])
    now = full(api, home)
    assert (now["title"], now["price"], now["area_name"], now["facilities"]) == ("大院", 50000, "西城区", [23])
    assert (listed(api)[0]["title"], listed(api)[0]["price"]) == ("大院", 50000)


def test_photos_that_are_added_ordered_and_removed_are_in_the_next_answer(api, home, host):
    first, second = home.images.get(), add_photo(host=host, house_id=home.pk, picture=photo())
    assert [second.key in url for url in full(api, home)["img_urls"]] == [False, True]
    order_photos(host=host, house_id=home.pk, image_ids=[second.pk, first.pk])
    assert [second.key in url for url in full(api, home)["img_urls"]] == [True, False]
    assert second.key in listed(api)[0]["img_url"]
    make_main(host=host, house_id=home.pk, image_id=first.pk)
    assert first.key in listed(api)[0]["img_url"]
    remove_photo(host=host, house_id=home.pk, image_id=first.pk)
    assert len(full(api, home)["img_urls"]) == 1
    assert second.key in listed(api)[0]["img_url"]


@pytest.mark.parametrize("leave", [take_offline, remove_house])
def test_a_home_that_leaves_the_market_is_in_no_answer_and_comes_back(api, home, host, leave):
    full(api, home)
    listed(api)
    leave(host=host, house_id=home.pk)
    data(api, f"houses/{home.pk}", status=404)
    assert listed(api) == []
    publish_house(host=host, house_id=home.pk)
    assert full(api, home)["hid"] == home.pk
    assert len(listed(api)) == 1


def test_a_home_that_staff_approve_is_in_the_next_answer(api, home, host):
    House.objects.filter(pk=home.pk).update(status=House.Status.PENDING)
    assert listed(api) == []
    approve_house(staff=UserFactory(is_staff=True), house_id=home.pk, reason="")
    assert len(listed(api)) == 1


def test_the_pages_follow_too(client, home, host):
    client.cookies["django_language"] = "en"
    pages = (reverse("home"), reverse("house", args=[home.pk]), reverse("search"))
    assert all("小院" in client.get(page).text for page in pages)
    save_house(host=host, house_id=home.pk, title="大院")
    assert all("大院" in client.get(page).text for page in pages)
