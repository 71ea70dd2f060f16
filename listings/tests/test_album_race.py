"""Photos that come and go at the same moment: real threads over real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accounts.factories import PASSWORD, UserFactory
from accounts.privacy import close_account
from ihome_project.errors import DomainError
from ihome_project.storage import list_objects
from listings.album import PHOTOS_MOST, add_photo, make_main, remove_photo
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House
from listings.photos import SIZES
from listings.tests.test_album import order_of, picture

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> None:
    """Do several things at the same moment; a refusal is an outcome like another."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        start.wait(timeout=30)
        try:
            act()
        except DomainError:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(one, acts))


def home_with(photos: int, status: str = House.Status.PUBLISHED) -> House:
    house = HouseFactory(status=status, host=UserFactory())
    for position in range(photos):
        HouseImageFactory(house=house, position=position)
    return house


def test_photos_added_at_once_stay_within_bounds_and_each_has_its_place():
    house = home_with(PHOTOS_MOST - 3)
    at_once(*[lambda: add_photo(host=house.host, house_id=house.pk, picture=picture()) for _ in range(6)])
    assert len(order_of(house)) == PHOTOS_MOST
    assert len(list_objects("houses")) == 3 * len(SIZES)


def test_a_published_home_keeps_a_photo_whoever_removes_the_others():
    house = home_with(4)
    ids = order_of(house)
    at_once(*[lambda pk=pk: remove_photo(host=house.host, house_id=house.pk, image_id=pk) for pk in ids])
    assert len(order_of(house)) == 1


def test_photos_made_the_main_one_at_once_leave_one_order():
    house = home_with(6)
    ids = order_of(house)
    at_once(*[lambda pk=pk: make_main(host=house.host, house_id=house.pk, image_id=pk) for pk in ids])
    assert sorted(order_of(house)) == ids


def test_a_host_who_leaves_leaves_no_photo():
    for _ in range(5):
        house = home_with(0, House.Status.DRAFT)
        host = house.host
        at_once(
            lambda: add_photo(host=host, house_id=house.pk, picture=picture()),  # noqa: B023 — done before the next round
            lambda: close_account(user=host, password=PASSWORD, address="1.2.3.4"),  # noqa: B023
        )
        assert (house.images.count(), list_objects("houses")) == (0, [])
