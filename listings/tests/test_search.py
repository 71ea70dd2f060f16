"""A page of a search and its count."""

import pytest

from listings.factories import AreaFactory, HouseFactory, HouseImageFactory
from listings.models import House
from listings.search import areas_with_counts, most_booked_with_photo, search_page

pytestmark = pytest.mark.django_db


def test_a_count_stops_at_the_most_that_is_said(monkeypatch):
    monkeypatch.setattr("listings.search.COUNT_MOST", 3)
    HouseFactory.create_batch(5)
    page = search_page(House.objects.newest(), asked="all", page_size=2)
    assert (page.count, page.is_capped, page.total_pages) == (3, True, 2)


def test_a_count_below_that_is_exact(monkeypatch):
    monkeypatch.setattr("listings.search.COUNT_MOST", 3)
    HouseFactory.create_batch(3)
    page = search_page(House.objects.newest(), asked="all", page_size=2)
    assert (page.count, page.is_capped, page.total_pages) == (3, False, 2)


def test_pages_beyond_the_count_can_still_be_read(monkeypatch):
    monkeypatch.setattr("listings.search.COUNT_MOST", 1)
    HouseFactory.create_batch(3)
    assert len(search_page(House.objects.newest(), asked="all", number=3, page_size=1).houses) == 1


def test_areas_count_their_published_homes_only():
    area = AreaFactory()
    HouseFactory.create_batch(2, area=area)
    HouseFactory(area=area, status=House.Status.OFFLINE)
    AreaFactory()
    assert [(a.pk, a.house_count) for a in areas_with_counts()] == [(area.pk, 2)]


def test_with_fewer_homes_the_slideshow_is_shorter():
    HouseImageFactory()
    assert len(most_booked_with_photo()) == 1
