"""Pages far down a search: they are there, and what they cost has an end."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from listings.api import PAGE_SIZE_MOST
from listings.factories import AreaFactory, HouseFactory
from listings.filters import HouseFilterSet
from listings.models import House
from listings.search import COUNT_MOST, DEEPEST, search_page

pytestmark = pytest.mark.django_db
HOMES = COUNT_MOST + 105


@pytest.fixture
def filled() -> list[int]:
    """Return the ids of more homes than are counted, the newest first."""
    host, area = UserFactory(), AreaFactory()
    House.objects.bulk_create(HouseFactory.build(host=host, area=area) for _ in range(HOMES))
    return list(House.objects.newest().values_list("pk", flat=True))


def page(api, query):
    """A page of a search over the API."""
    answer = api.get(f"/api/v1.0/houses?{query}")
    assert answer.status_code == 200
    return answer.json()["data"]


def test_every_home_is_on_one_page_beyond_the_counted_ones_too(api, filled):
    pages = [page(api, f"page_size=50&p={number}") for number in range(1, HOMES // 50 + 2)]
    assert [home["house_id"] for found in pages for home in found["houses"]] == filled
    assert {(found["total_page"], found["total_is_capped"]) for found in pages} == {(COUNT_MOST // 50, True)}


def test_few_homes_are_counted_exactly(api, filled):
    House.objects.filter(pk__in=filled[COUNT_MOST:]).delete()
    assert page(api, "p=51") == {"houses": [], "total_page": 50, "total_is_capped": False, "current_page": 51}


@pytest.mark.parametrize("number", [500, 100_000, 999_999_999])
def test_a_page_past_the_end_is_empty(api, filled, number):
    found = page(api, f"p={number}")
    assert (found["houses"], found["current_page"], found["total_is_capped"]) == ([], number, True)


def test_a_page_past_the_deepest_home_costs_the_count_alone(filled):
    found = HouseFilterSet({}, queryset=House.objects.all())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        search_page(found.qs, asked="deep", number=DEEPEST // 20 + 1)
    assert [f"LIMIT {COUNT_MOST + 1}" in query["sql"] for query in asked] == [True]


def test_the_deepest_page_has_no_next_one(filled, monkeypatch):
    monkeypatch.setattr("listings.search.DEEPEST", HOMES - 5)
    ends = [search_page(House.objects.newest(), asked="all", number=n, page_size=50) for n in (21, 22, 23)]
    assert [(len(end.houses), end.after) for end in ends] == [(50, 22), (50, None), (0, None)]


def test_page_500_is_not_too_deep_at_any_size():
    assert DEEPEST >= 500 * PAGE_SIZE_MOST
