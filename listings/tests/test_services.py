"""How a home comes on the market and leaves it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from accounts.errors import NotVerified
from accounts.factories import IdentityFactory
from listings.errors import HouseNotFound, PhotoMissing, StatusNotPossible
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House
from listings.services import publish_house, take_offline

pytestmark = pytest.mark.django_db
Status = House.Status


def home(host, status=Status.DRAFT, *, has_photo=True) -> House:
    house = HouseFactory(host=host, status=status)
    if has_photo:
        HouseImageFactory(house=house)
    return house


def publish(host, house) -> str:
    publish_house(host=host, house_id=house.pk)
    house.refresh_from_db()
    return house.status


@pytest.mark.parametrize("status", [Status.DRAFT, Status.OFFLINE, Status.PUBLISHED])
def test_a_host_who_is_verified_publishes_a_home_with_a_photo(host, status):
    assert publish(host, home(host, status)) == Status.PUBLISHED


def test_a_verified_identity_comes_before_publishing(stranger):
    house = home(stranger)
    with pytest.raises(NotVerified):
        publish(stranger, house)
    IdentityFactory(user=stranger)
    assert publish(stranger, house) == Status.PUBLISHED


def test_a_home_needs_a_photo_to_be_published(host):
    with pytest.raises(PhotoMissing):
        publish(host, home(host, has_photo=False))


def test_a_home_says_since_when_it_is_published(host):
    house = home(host)
    assert house.published_at is None
    first = publish_house(host=host, house_id=house.pk).published_at
    assert first is not None
    take_offline(host=host, house_id=house.pk)
    assert publish_house(host=host, house_id=house.pk).published_at == first


def test_homes_from_before_are_published_since_they_were_begun(host):
    houses = {status: home(host, status) for status in Status.values}
    number = "listings.migrations.0005_when_a_home_was_first_published"
    import_module(number).take_the_day_they_were_begun(apps, connection.schema_editor())
    for status, house in houses.items():
        house.refresh_from_db()
        assert house.published_at == (None if status in {Status.DRAFT, Status.PENDING} else house.created_at)


@pytest.mark.parametrize("status", [Status.PENDING, Status.SUSPENDED])
def test_what_staff_look_at_its_host_does_not_publish(host, status):
    with pytest.raises(StatusNotPossible):
        publish(host, home(host, status))


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.OFFLINE])
def test_a_home_goes_offline_and_stays_so(host, status):
    house = home(host, status)
    assert take_offline(host=host, house_id=house.pk).status == Status.OFFLINE


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUSPENDED])
def test_what_was_not_published_does_not_go_offline(host, status):
    with pytest.raises(StatusNotPossible):
        take_offline(host=host, house_id=home(host, status).pk)


@pytest.mark.parametrize("change", [publish_house, take_offline])
def test_the_home_of_somebody_else_does_not_exist(host, stranger, change):
    house = home(host, Status.PUBLISHED)
    with pytest.raises(HouseNotFound):
        change(host=stranger, house_id=house.pk)
    house.refresh_from_db()
    assert house.status == Status.PUBLISHED
