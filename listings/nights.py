"""How a host changes the calendar of a home: nights blocked, freed and priced."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from ihome_project.db import retry_transaction
from ihome_project.templatetags.ihome import yuan
from listings.calendar import HORIZON_DAYS, Stay, locked_house
from listings.errors import NightPriceRefused, NightsInTheWay, StayInThePast, StayTooFarAhead
from listings.models import HeldNight, Hold, House, NightPrice
from listings.services import check_own

PRICE_MOST_FEN = 99_999_00  # of one night


@retry_transaction
def block_nights(*, host: User, house_id: int, first: date, last: date) -> int:
    """Let nobody book the nights of [first, last) in a host's home; return how many are blocked now and were not.

    Nights that are blocked already stay so. Raises HouseNotFound, NoNight, StayInThePast, StayTooFarAhead, or
    NightsInTheWay with the nights that guests hold; then none is blocked.
    """
    nights = nights_to_change(first, last)
    try:
        with locked_house(house_id) as house:
            check_own(house, host)
            return _block(house, nights)
    except IntegrityError as error:  # whatever the look has seen, the key on house and night decides
        raise NightsInTheWay(nights=tuple(nights), holds=frozenset()) from error


def _block(house: House, nights: list[date]) -> int:
    """Block those nights that nobody holds. Raises NightsInTheWay, or IntegrityError when the key refuses."""
    held = list(HeldNight.objects.taken().filter(house=house, night__in=nights).select_related("hold"))
    in_the_way = [night for night in held if night.hold.kind == Hold.Kind.BOOKING]
    if in_the_way:
        raise NightsInTheWay(
            nights=tuple(sorted(night.night for night in in_the_way)),
            holds=frozenset(night.hold_id for night in in_the_way),
        )
    blocked = {night.night for night in held}
    to_block = [night for night in nights if night not in blocked]
    if to_block:
        hold = Hold.objects.create(house=house, kind=Hold.Kind.BLOCK)
        HeldNight.objects.bulk_create(HeldNight(hold=hold, house=house, night=night) for night in to_block)
    return len(to_block)


@retry_transaction
def free_nights(*, host: User, house_id: int, first: date, last: date) -> int:
    """Take a host's blocks off the nights of [first, last), and return off how many; what guests hold stays theirs.

    Raises HouseNotFound, NoNight, StayInThePast or StayTooFarAhead.
    """
    nights = nights_to_change(first, last)
    with locked_house(house_id) as house:
        check_own(house, host)
        blocks = Hold.objects.filter(house=house, kind=Hold.Kind.BLOCK)
        touched = list(blocks.filter(nights__night__in=nights).distinct().values_list("pk", flat=True))
        freed, _ = HeldNight.objects.filter(hold__in=touched, night__in=nights).delete()
        blocks.filter(pk__in=touched, nights=None).delete()
    return freed


@retry_transaction
def price_nights(*, host: User, house_id: int, first: date, last: date, price_fen: int | None) -> None:
    """Have the nights of [first, last) cost a price of their own, or with None what they usually cost.

    Bookings keep the price that was agreed. Raises HouseNotFound, NightPriceRefused, NoNight, StayInThePast or
    StayTooFarAhead.
    """
    nights = nights_to_change(first, last)
    if price_fen is not None and not 0 < price_fen <= PRICE_MOST_FEN:
        raise NightPriceRefused(most=yuan(PRICE_MOST_FEN))
    with locked_house(house_id) as house:
        check_own(house, host)
        _price(house, nights, price_fen)


def _price(house: House, nights: Iterable[date], price_fen: int | None) -> None:
    prices = NightPrice.objects.filter(house=house, night__in=nights)
    if price_fen is None:
        prices.delete()
        return
    priced = set(prices.values_list("night", flat=True))
    prices.update(price_fen=price_fen)
    NightPrice.objects.bulk_create(
        NightPrice(house=house, night=night, price_fen=price_fen) for night in nights if night not in priced
    )


def nights_to_change(first: date, last: date) -> list[date]:
    """Return the nights of [first, last), from today to the horizon at most.

    Raises NoNight, StayInThePast or StayTooFarAhead.
    """
    nights, today = Stay(first, last).nights, timezone.localdate()
    if first < today:
        raise StayInThePast
    if last > today + timedelta(days=HORIZON_DAYS):
        raise StayTooFarAhead(days=HORIZON_DAYS)
    return nights
