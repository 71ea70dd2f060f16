"""Small charts of the last days: rows counted or summed by day, drawn as bars that lead to the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, DateTimeField, IntegerField, QuerySet, When
from django.urls import reverse

from bookings.earnings import beginning

STEP, BAR, TALL = 10, 7, 64  # in a chart's own units: from day to day, a bar's width, the best day's height
LOWEST = 2  # of a day with anything at all


@dataclass(frozen=True)
class Chart:
    """Rows counted or summed by the day of one of their columns, and the list that shows those of some days."""

    words: Any
    permission: str
    rows: Callable[[], QuerySet]
    at: str
    value: Any
    list_name: str
    query: Callable[[date, date], dict[str, str]]  # of the list, from one day to another
    write: Callable[[int], str] = "{:,}".format


@dataclass(frozen=True)
class Bar:
    """One day of a chart."""

    day: date
    shown: str
    address: str
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """A chart as it is drawn: its total, and a bar for each day."""

    words: Any
    total: str
    address: str
    bars: Sequence[Bar]
    zero: int  # how far down the line lies from which bars begin
    tall: int = TALL
    step: int = STEP
    bar: int = BAR

    @property
    def width(self) -> int:
        """Of all days together."""
        return len(self.bars) * STEP


def between(at: str) -> Callable[[date, date], dict[str, str]]:
    """Return how a list is asked for the instants of some days."""

    def query(first: date, last: date) -> dict[str, str]:
        return {f"{at}__gte": str(beginning(first)), f"{at}__lt": str(beginning(day_after(last)))}

    return query


def days_between(at: str) -> Callable[[date, date], dict[str, str]]:
    """Return how a list is asked for some days, of a column that has days."""
    return lambda first, last: {f"{at}__gte": str(first), f"{at}__lt": str(day_after(last))}


def draw(chart: Chart, days: Sequence[date]) -> Drawn:
    """Return a chart of some days on end, in one query."""
    values = by_day(chart.rows(), chart.at, chart.value, days)
    top, bottom = max(0, *values), min(0, *values)
    span = (top - bottom) or 1
    zero = TALL * top // span if bottom else TALL
    bars = [
        Bar(day, chart.write(value), address(chart, day, day), n * STEP, *stand(value, zero, span))
        for n, (day, value) in enumerate(zip(days, values, strict=True))
    ]
    return Drawn(chart.words, chart.write(sum(values)), address(chart, days[0], days[-1]), bars, zero)


def by_day(rows: QuerySet, at: str, value: Any, days: Sequence[date]) -> list[int]:
    """Return the value of the rows of each day, in one query that reads no others.

    Days are told by their first instants, not by the database: it may not know the site's time zone.
    """
    has_instants = isinstance(rows.model._meta.get_field(at), DateTimeField)
    bounds: list[date | datetime] = [*days, day_after(days[-1])]
    first, *ends = [beginning(day) for day in bounds] if has_instants else bounds
    number = Case(*(When(**{f"{at}__lt": end}, then=n) for n, end in enumerate(ends)), output_field=IntegerField())
    within = rows.order_by().filter(**{f"{at}__gte": first, f"{at}__lt": ends[-1]})
    found = dict(within.annotate(number=number).values_list("number").annotate(sum=value))
    return [int(found.get(n) or 0) for n in range(len(days))]


def stand(value: int, zero: int, span: int) -> tuple[int, int]:
    """Return how far down a bar begins and how tall it is: it stands on the line, or hangs from it."""
    height = max(LOWEST, TALL * abs(value) // span) if value else 0
    return (zero if value < 0 else max(0, zero - height)), height


def address(chart: Chart, first: date, last: date) -> str:
    """Return where the rows of some days are listed."""
    return f"{reverse(chart.list_name)}?{urlencode(chart.query(first, last))}"


def day_after(day: date) -> date:
    """Return the next day."""
    return day + timedelta(days=1)
