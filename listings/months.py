"""The calendar of nights as pages draw it: months of whole weeks, what each night costs, and which are taken."""

from calendar import MONDAY
from calendar import Calendar as Weeks
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ihome_project.templatetags.ihome import day as day_words
from ihome_project.templatetags.ihome import yuan
from listings.calendar import HORIZON_DAYS, ONE_DAY, Stay, check_stay, held_dates, nights_to_hold
from listings.errors import NightsTaken
from listings.hints import with_nearest
from listings.models import House
from listings.pricing import Quote, night_price, price_stay, special_prices

MONTHS_SHOWN = 2


@dataclass(frozen=True)
class Nights:
    """What is known of the nights up to the horizon: of one home or, without one, only which days they are."""

    first: date
    last: date
    house: House | None = None
    taken: frozenset[date] = frozenset()
    specials: Mapping[date, int] = field(default_factory=dict)

    def quote(self, stay: Stay, *, guests: int) -> Quote:
        """Return the price of a stay in the home. Raises StayRefused or NightsTaken, with the nearest free stay."""
        with with_nearest(self.house, stay, guests=guests, taken=self.taken):
            check_stay(self.house, stay, guests=guests)
            if self.taken.intersection(nights_to_hold(self.house, stay)):
                raise NightsTaken
        return price_stay(self.house, stay, self.specials)


def nights_ahead() -> Nights:
    """Return the nights from today to the horizon, of no home in particular."""
    today = timezone.localdate()
    return Nights(today, today + timedelta(days=HORIZON_DAYS))


def nights_of(house: House) -> Nights:
    """Return a home's nights from today to the horizon, in two queries."""
    ahead = nights_ahead()
    taken = held_dates(house, ahead.first, ahead.last + ONE_DAY)
    specials = special_prices(house, ahead.first, ahead.last + ONE_DAY)
    return Nights(ahead.first, ahead.last, house, frozenset(taken), specials)


@dataclass(frozen=True)
class Day:
    """One cell of a month: a day, and the night that begins on it."""

    date: date
    is_open: bool
    is_taken: bool
    is_today: bool
    kind: str  # of the night's price: night, weekend, special
    price: str
    mark: str  # from, in, to: its place in the chosen stay

    @property
    def note(self) -> str:
        """What stands under the number."""
        return {"from": _("Arrive"), "to": _("Leave")}.get(self.mark, self.price)

    @property
    def label(self) -> str:
        """The cell in words."""
        words = [day_words(self.date), _("taken") if self.is_taken else self.price]
        return ", ".join(word for word in words if word)


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday, as the grid of every calendar draws it.

    None is a day of the month before or after; bars are stays that lie across the days.
    """

    days: Sequence[object | None]
    bars: Sequence[object] = ()


@dataclass(frozen=True)
class Month:
    """A month as weeks."""

    first: date
    weeks: list[Week]


@dataclass(frozen=True)
class Calendar:
    """The months on show, the months that can be turned to, and what a stay may be made of."""

    nights: Nights
    months: list[Month]
    earlier: date | None
    later: date | None

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """Monday to Sunday, each short and in full."""
        return weekdays()

    @property
    def taken(self) -> str:
        """The taken nights for the picker's module."""
        return " ".join(sorted(night.isoformat() for night in self.nights.taken))


def weekdays() -> list[tuple[str, str]]:
    """Return Monday to Sunday, each short and in full."""
    days = [date(2024, 1, n) for n in range(1, 8)]  # the first of January 2024 was a Monday
    return [(date_format(day, "D").removeprefix("星期"), date_format(day, "l")) for day in days]


def draw_calendar(nights: Nights, *, asked: str, check_in: date | None, check_out: date | None) -> Calendar:
    """Return two months from the one asked for (YYYY-MM), or from the stay's, or from today's; never past the ends."""
    first, last = nights.first.replace(day=1), nights.last.replace(day=1)
    start = min(max(month_asked(asked) or check_in or first, first), last).replace(day=1)
    firsts = [start]
    while len(firsts) < MONTHS_SHOWN:
        firsts.append(month_after(firsts[-1]))
    return Calendar(
        nights,
        [draw_month(month, nights, check_in, check_out) for month in firsts],
        earlier=(start - ONE_DAY).replace(day=1) if start > first else None,
        later=month_after(start) if firsts[-1] < last else None,
    )


def month_asked(text: str) -> date | None:
    """Return the first day of a month written YYYY-MM, or None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def month_after(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def draw_month(first: date, nights: Nights, check_in: date | None, check_out: date | None) -> Month:
    """Return a month with every day's night, without the weeks that have passed."""

    def cell(day: date) -> Day | None:
        return draw_day(day, nights, check_in, check_out) if day.month == first.month else None

    weeks = Weeks(MONDAY).monthdatescalendar(first.year, first.month)
    return Month(first, [Week([cell(day) for day in week]) for week in weeks if week[-1] >= nights.first])


def draw_day(day: date, nights: Nights, check_in: date | None, check_out: date | None) -> Day:
    """Return the cell of a day: closed when past, beyond the horizon or taken; priced when a home's and open."""
    is_taken = day in nights.taken
    is_open = nights.first <= day <= nights.last and not is_taken
    kind, price = "", ""
    if nights.house and is_open:
        kind, price_fen = night_price(nights.house, day, nights.specials)
        price = yuan(price_fen) if price_fen else ""  # a draft has none yet
    return Day(day, is_open, is_taken, day == nights.first, kind, price, mark_of(day, check_in, check_out))


def mark_of(day: date, check_in: date | None, check_out: date | None) -> str:
    """Return the place of a day in a stay: from, in, to, or none."""
    if day == check_in:
        return "from"
    if day == check_out:
        return "to"
    return "in" if check_in and check_out and check_in < day < check_out else ""
