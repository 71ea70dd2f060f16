"""The database answers each order of the search from its own key, with the area and without, and sorts nothing."""

import random
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection

from accounts.factories import UserFactory
from listings.factories import AreaFactory, HouseFactory, block_nights
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
    for house in House.objects.all()[::4]:
        block_nights(house, *(date(2027, 1, 1) + timedelta(days=day) for day in (0, chance.randint(1, 20))))
    with connection.cursor() as cursor:
        mysql = "ANALYZE TABLE listings_house, listings_heldnight"
        cursor.execute(mysql if connection.vendor == "mysql" else "ANALYZE")
        cursor.fetchall()
    return areas[7]


def test_a_page_is_read_in_order_from_the_key_of_its_order(filled):
    for order, with_area in product(ORDERS, (True, False)):
        asked = {"sk": order, "sd": "2027-01-04", "ed": "2027-01-07"} | ({"aid": str(filled.pk)} if with_area else {})
        found = HouseFilterSet(asked, queryset=House.objects.all()).qs.values_list("pk", flat=True)[:20]
        plan = found.explain()
        assert f"house_{'area_' if with_area else ''}{ORDERS[order]}" in plan
        for slow in ("filesort", "TEMP B-TREE", "MATERIALIZED"):
            assert slow not in plan


def test_a_page_far_down_is_read_from_the_key_too(filled):
    for order, key in ORDERS.items():
        found = HouseFilterSet({"sk": order}, queryset=House.objects.all()).qs.values_list("pk", flat=True)[500:520]
        plan = found.explain()
        assert f"house_{key}" in plan
        assert "COVERING INDEX" in plan or "Using index" in plan
        assert "filesort" not in plan
