"""The pages on which hosts run their homes."""

import pytest
from django.urls import reverse

from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House

pytestmark = pytest.mark.django_db
MY_HOMES = reverse("my-homes")


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def draft(host) -> House:
    return HouseImageFactory(house__host=host, house__status=House.Status.DRAFT).house


def test_the_list_of_homes_has_a_fixed_number_of_queries(client, host, django_assert_num_queries):
    for _ in range(3):
        HouseImageFactory(house__host=host)
    client.force_login(host)
    with django_assert_num_queries(4):
        page = client.get(MY_HOMES)
    assert page.text.count("Take offline") == 3


def test_only_ones_own_homes_are_listed(client, host, stranger):
    HouseFactory(host=host, title="别人的家")
    client.force_login(stranger)
    page = client.get(MY_HOMES)
    assert "别人的家" not in page.text
    assert "No homes yet" in page.text


def test_a_home_is_published_and_taken_offline(client, host, draft):
    client.force_login(host)
    assert client.post(reverse("house-publish", args=[draft.pk])).url == MY_HOMES
    assert House.objects.published().filter(pk=draft.pk).exists()
    client.post(reverse("house-offline", args=[draft.pk]))
    assert not House.objects.published().filter(pk=draft.pk).exists()


def test_who_is_not_verified_is_led_to_the_verification(client, stranger):
    house = HouseImageFactory(house__host=stranger, house__status=House.Status.DRAFT).house
    client.force_login(stranger)
    assert f"{reverse('verification')}?next={MY_HOMES}" in client.get(MY_HOMES).text
    page = client.post(reverse("house-publish", args=[house.pk]), follow=True)
    assert "identity" in page.text
    house.refresh_from_db()
    assert house.status == House.Status.DRAFT


@pytest.mark.parametrize("name", ["house-publish", "house-offline"])
def test_nobody_changes_the_home_of_somebody_else(client, stranger, draft, name):
    client.force_login(stranger)
    assert client.post(reverse(name, args=[draft.pk])).status_code == 404
    assert client.get(reverse(name, args=[draft.pk])).status_code == 405


@pytest.mark.parametrize("address", [MY_HOMES, "/host/bookings", "/host/houses/1/publish"])
def test_who_is_not_logged_in_logs_in_first(client, address):
    assert client.post(address).url == f"{reverse('login')}?next={address}"
