"""The database answers each order of the search from its own key, with the area and without, and sorts nothing."""

import random

import pytest
from django.db import connection

from accounts.factories import UserFactory
from listings.factories import AreaFactory, HouseFactory
from listings.filters import HouseFilterSet
from listings.models import Area, House

HOMES = 4000
ORDERS = {"new": "newest", "booking": "most_booked", "price-inc": "cheapest", "price-des": "dearest"}


@pytest.fixture
def filled(transactional_db) -> Area:  # counting the rows of a table ends a transaction on MariaDB
    """Return one of forty areas of a table with thousands of homes."""
    chance, host, areas = random.Random(1), UserFactory(), AreaFactory.create_batch(40)
    House.objects.bulk_create(
        HouseFactory.build(
            host=host,
            area=chance.choice(areas),
            price_fen=chance.randint(1, 10**6),
            booking_count=chance.randint(0, 300),
        )
        for _ in range(HOMES)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE listings_house" if connection.vendor == "mysql" else "ANALYZE")
        cursor.fetchall()
    return areas[7]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("with_area", [True, False])
def test_a_page_is_read_in_order_from_the_key_of_its_order(filled, order, with_area):
    asked = {"sk": order, "sd": "2027-01-04", "ed": "2027-01-07"} | ({"aid": str(filled.pk)} if with_area else {})
    found = HouseFilterSet(asked, queryset=House.objects.all()).qs.values_list("pk", flat=True)[:20]
    plan = found.explain()
    assert f"house_{'area_' if with_area else ''}{ORDERS[order]}" in plan
    assert "filesort" not in plan
    assert "TEMP B-TREE" not in plan
