"""What hosts do with their homes from the list of them."""

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


def post(client, name, house):
    return client.post(reverse(name, args=[house.pk]), follow=True)


def test_a_home_is_published_and_taken_offline(client, host, draft):
    client.force_login(host)
    assert client.post(reverse("house-publish", args=[draft.pk])).url == MY_HOMES
    assert House.objects.published().filter(pk=draft.pk).exists()
    client.post(reverse("house-offline", args=[draft.pk]))
    assert not House.objects.published().filter(pk=draft.pk).exists()


def test_who_is_not_verified_publishes_nothing(client, stranger):
    house = HouseImageFactory(house__host=stranger, house__status=House.Status.DRAFT).house
    client.force_login(stranger)
    page = client.post(reverse("house-publish", args=[house.pk]), follow=True)
    assert "identity" in page.text
    house.refresh_from_db()
    assert house.status == House.Status.DRAFT


def test_a_home_comes_back_from_its_review_as_a_draft(client, host, draft):
    House.objects.update(status=House.Status.PENDING)
    client.force_login(host)
    assert "is a draft again" in post(client, "house-offline", draft).text
    draft.refresh_from_db()
    assert draft.status == House.Status.DRAFT


def test_a_copy_is_a_draft_beside_the_home(client, host, draft):
    client.force_login(host)
    page = post(client, "house-duplicate", draft)
    copy = House.objects.exclude(pk=draft.pk).get()
    assert (copy.title, copy.status, copy.published_at) == (draft.title, House.Status.DRAFT, None)
    assert f"No. {copy.pk}<" in page.text


def test_a_draft_is_deleted(client, host, draft):
    client.force_login(host)
    assert "The draft is deleted." in post(client, "house-deletion", draft).text
    assert not House.objects.exists()


@pytest.mark.parametrize("status", [status for status in House.Status if status != House.Status.DRAFT])
def test_what_is_no_draft_is_not_deleted_and_its_host_hears_it(client, host, draft, status):
    House.objects.update(status=status)
    client.force_login(host)
    assert "cannot be changed in this way" in post(client, "house-deletion", draft).text
    assert House.objects.filter(pk=draft.pk, status=status).exists()


@pytest.mark.parametrize("name", ["house-publish", "house-offline", "house-duplicate", "house-deletion"])
def test_nobody_changes_the_home_of_somebody_else(client, stranger, draft, name):
    for who in (stranger, HouseFactory().host):
        before = list(House.objects.values())
        client.force_login(who)
        assert client.post(reverse(name, args=[draft.pk])).status_code == 404
        assert client.get(reverse(name, args=[draft.pk])).status_code == 405
        assert list(House.objects.values()) == before


@pytest.mark.parametrize("address", [MY_HOMES, "/host/bookings", "/host/houses/1/publish"])
def test_who_is_not_logged_in_logs_in_first(client, address):
    assert client.post(address).url == f"{reverse('login')}?next={address}"
