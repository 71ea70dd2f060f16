"""What a stay costs: pure arithmetic in whole fen, one line for each kind of thing that is paid for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ihome_project.templatetags.ihome import yuan
from listings.calendar import ONE_DAY, Stay, check_free, check_stay, held_dates
from listings.hints import with_nearest
from listings.models import House, NightPrice

WEEKEND = (4, 5)  # the nights of Friday and Saturday, as date.weekday() counts
WEEK, MONTH = 7, 28  # nights from which a discount holds


@dataclass(frozen=True)
class Line:
    """One line of a price: `kind` is night, weekend, special, discount or cleaning; amounts in fen, discounts < 0."""

    kind: str
    amount_fen: int
    price_fen: int = 0
    nights: int = 0
    percent: int = 0

    @property
    def label(self) -> str:
        """What the line is for, in the reader's language."""
        if self.kind == "cleaning":
            return _("Cleaning fee")
        if self.kind == "discount":
            return _("%(percent)s%% off from %(nights)s nights") % {"percent": self.percent, "nights": self.nights}
        counted = ngettext("%(price)s × %(nights)s night", "%(price)s × %(nights)s nights", self.nights)
        label = counted % {"price": yuan(self.price_fen), "nights": self.nights}
        return _("%(nights)s (weekend)") % {"nights": label} if self.kind == "weekend" else label


@dataclass(frozen=True)
class Quote:
    """The price of a stay: lines that add up to `amount_fen`; the deposit stands apart and is not part of it."""

    lines: tuple[Line, ...]
    nights_fen: int
    cleaning_fee_fen: int
    deposit_fen: int

    @property
    def nights(self) -> int:
        """How many nights are paid for."""
        return sum(line.nights for line in self.lines if line.kind != "discount")

    @property
    def amount_fen(self) -> int:
        """What the guest pays for the stay."""
        return self.nights_fen + self.cleaning_fee_fen

    def as_agreed(self) -> dict:
        """Return the fields with which a booking keeps the price for ever."""
        return {
            "lines": [asdict(line) for line in self.lines],
            "nights_fen": self.nights_fen,
            "cleaning_fee_fen": self.cleaning_fee_fen,
            "amount_fen": self.amount_fen,
            "deposit_fen": self.deposit_fen,
        }


@dataclass(frozen=True)
class PricedNight:
    """A night of a home: whether nobody holds it, and what it costs before any discount."""

    date: date
    is_free: bool
    price_fen: int


def night_price(house: House, night: date, specials: Mapping[date, int]) -> tuple[str, int]:
    """Return the kind and the price in fen of one night: the host's for that night, the weekend's, or the base."""
    if night in specials:
        return "special", specials[night]
    if house.weekend_price_fen is not None and night.weekday() in WEEKEND:
        return "weekend", house.weekend_price_fen
    return "night", house.price_fen


def percent_of(amount_fen: int, percent: int) -> int:
    """Return a whole percentage of an amount, half a fen rounded up."""
    return (amount_fen * percent + 50) // 100


def price_stay(house: House, stay: Stay, specials: Mapping[date, int]) -> Quote:
    """Return the price of a stay, given the single nights' prices in fen; equal nights share a line."""
    nights: dict[tuple[str, int], int] = {}
    for night in stay.nights:
        priced = night_price(house, night, specials)
        nights[priced] = nights.get(priced, 0) + 1
    lines = [Line(kind, price * count, price, count) for (kind, price), count in nights.items()]
    nights_fen = sum(line.amount_fen for line in lines)
    percent, since = 0, 0
    if len(stay) >= MONTH and house.monthly_discount:
        percent, since = house.monthly_discount, MONTH
    elif len(stay) >= WEEK and house.weekly_discount:
        percent, since = house.weekly_discount, WEEK
    if percent:
        off = min(percent_of(nights_fen, percent), nights_fen - 1)  # what is to be paid for cannot cost nothing
        lines.append(Line("discount", -off, nights=since, percent=percent))
        nights_fen -= off
    if house.cleaning_fee_fen:
        lines.append(Line("cleaning", house.cleaning_fee_fen))
    return Quote(tuple(lines), nights_fen, house.cleaning_fee_fen, house.deposit_fen)


def special_prices(house: House, first: date, last: date) -> dict[date, int]:
    """Return the host's own prices in fen for single nights of [first, last)."""
    prices = NightPrice.objects.filter(house=house, night__gte=first, night__lt=last)
    return dict(prices.values_list("night", "price_fen"))


def price_stays(houses: Sequence[House], stay: Stay) -> list[Quote]:
    """Return today's price of a stay in each of some homes, in one query."""
    specials: dict[int, dict[date, int]] = {house.pk: {} for house in houses}
    prices = NightPrice.objects.filter(house__in=specials, night__gte=stay.check_in, night__lt=stay.check_out)
    for house_id, night, price_fen in prices.values_list("house_id", "night", "price_fen"):
        specials[house_id][night] = price_fen
    return [price_stay(house, stay, specials[house.pk]) for house in houses]


def quote_stay(house: House, stay: Stay) -> Quote:
    """Return today's price of a stay."""
    return price_stay(house, stay, special_prices(house, stay.check_in, stay.check_out))


def quote_if_free(house: House, stay: Stay, *, guests: int) -> Quote:
    """Return today's price of a stay that the home takes.

    Raises StayRefused, or NightsTaken when a night is held; both name the nearest stay that would pass.
    """
    with with_nearest(house, stay, guests=guests):
        check_stay(house, stay, guests=guests)
        check_free(house, stay)
    return quote_stay(house, stay)


def priced_nights(house: House, first: date, last: date) -> list[PricedNight]:
    """Return each night of [first, last), in two queries."""
    held, specials = held_dates(house, first, last), special_prices(house, first, last)
    nights = [first + ONE_DAY * n for n in range((last - first).days)]
    return [PricedNight(night, night not in held, night_price(house, night, specials)[1]) for night in nights]
