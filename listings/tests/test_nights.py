"""How a host blocks, frees and prices nights of a home."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from listings.calendar import Stay, hold_nights
from listings.errors import (
    HouseNotFound,
    NightPriceRefused,
    NightsInTheWay,
    NoNight,
    StayInThePast,
    StayTooFarAhead,
)
from listings.factories import HouseFactory, NightPriceFactory
from listings.models import HeldNight, Hold, House, NightPrice
from listings.nights import PRICE_MOST_FEN, block_nights, free_nights, price_nights

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
TODAY, D4, D5, D6, D7, D8 = date(2026, 11, 22), *(date(2026, 12, n) for n in range(4, 9))
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


def block(house, first, last) -> int:
    return block_nights(host=house.host, house_id=house.pk, first=first, last=last)


def free(house, first, last) -> int:
    return free_nights(host=house.host, house_id=house.pk, first=first, last=last)


def price(house, first, last, price_fen) -> None:
    price_nights(host=house.host, house_id=house.pk, first=first, last=last, price_fen=price_fen)


def blocked() -> list[date]:
    nights = HeldNight.objects.filter(hold__kind=Hold.Kind.BLOCK, expires_at=None)
    return list(nights.order_by("night").values_list("night", flat=True))


def prices() -> dict[date, int]:
    return dict(NightPrice.objects.values_list("night", "price_fen"))


# --- blocking ---------------------------------------------------------------------------------------------------------


def test_a_block_holds_exactly_the_nights_named(house):
    assert block(house, D4, D6) == 2
    assert blocked() == [D4, D5]


def test_nights_that_are_blocked_already_stay_so(house):
    block(house, D5, D7)
    assert block(house, D4, D8) == 2
    assert block(house, D4, D8) == 0
    assert blocked() == [D4, D5, D6, D7]
    assert Hold.objects.count() == 2


@pytest.mark.parametrize("expires_at", [None, NOON + timedelta(hours=1), NOON - timedelta(minutes=4)])
def test_a_night_that_a_guest_holds_refuses_the_whole(house, expires_at):
    hold = hold_nights(house, Stay(D6, D7), expires_at=expires_at)
    with pytest.raises(NightsInTheWay) as refused:
        block(house, D4, D8)
    assert refused.value.facts == {"nights": (D6, D7), "holds": frozenset({hold.pk})}
    assert blocked() == []


def test_the_key_refuses_what_the_look_lets_pass(house):
    hold_nights(house, Stay(D6, D7), expires_at=NOON - timedelta(hours=1))  # overdue, but nobody has released it
    with pytest.raises(NightsInTheWay):
        block(house, D4, D8)
    assert blocked() == []
    assert Hold.objects.count() == 1


def test_another_homes_nights_are_not_in_the_way(house):
    hold_nights(HouseFactory(host=house.host), Stay(D4, D7), expires_at=None)
    assert block(house, D4, D7) == 3


# --- freeing ----------------------------------------------------------------------------------------------------------


def test_a_block_is_freed_in_part(house):
    block(house, D4, D8)
    assert free(house, D5, D7) == 2
    assert blocked() == [D4, D7]


def test_a_block_without_a_night_is_gone(house):
    block(house, D4, D6)
    block(house, D6, D8)
    assert free(house, D4, D7) == 3
    assert Hold.objects.count() == 1


def test_freeing_leaves_guests_their_nights(house):
    hold_nights(house, Stay(D5, D6), expires_at=None)
    block(house, D4, D5)
    assert free(house, D4, D8) == 1
    assert list(HeldNight.objects.order_by("night").values_list("night", flat=True)) == [D5, D6]


# --- pricing ----------------------------------------------------------------------------------------------------------


def test_nights_get_a_price_of_their_own_and_their_usual_one_back(house):
    NightPriceFactory(house=house, night=D5)
    price(house, D4, D7, 78850)
    assert prices() == dict.fromkeys((D4, D5, D6), 78850)
    price(house, D5, D7, None)
    assert prices() == {D4: 78850}


@pytest.mark.parametrize("price_fen", [0, -1, PRICE_MOST_FEN + 1])
def test_a_price_that_is_no_price_is_refused(house, price_fen):
    with pytest.raises(NightPriceRefused):
        price(house, D4, D7, price_fen)
    assert prices() == {}


def test_the_highest_price_is_taken(house):
    price(house, D4, D5, PRICE_MOST_FEN)
    assert prices() == {D4: PRICE_MOST_FEN}


# --- what all of them refuse ------------------------------------------------------------------------------------------

CHANGES = [block, free, lambda house, first, last: price(house, first, last, 100)]


@pytest.mark.parametrize("change", CHANGES)
def test_the_past_and_what_lies_beyond_the_horizon_cannot_be_changed(house, change):
    horizon = TODAY + timedelta(days=400)
    change(house, TODAY, horizon)
    with pytest.raises(StayInThePast):
        change(house, TODAY - timedelta(days=1), D4)
    with pytest.raises(StayTooFarAhead):
        change(house, D4, horizon + timedelta(days=1))
    with pytest.raises(NoNight):
        change(house, D4, D4)


@pytest.mark.parametrize("change", [block_nights, free_nights, price_nights])
def test_nobody_else_changes_a_home(house, stranger, change):
    block(house, D4, D5)
    price(house, D4, D5, 100)
    more = {"price_fen": None} if change is price_nights else {}
    for who in (stranger, HouseFactory().host):
        for house_id in (house.pk, 0):
            with pytest.raises(HouseNotFound):
                change(host=who, house_id=house_id, first=D4, last=D6, **more)
    assert (blocked(), prices()) == ([D4], {D4: 100})
