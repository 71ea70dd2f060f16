"""What a home takes instead of a stay that it refuses: the nearest other one."""

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from datetime import date

from listings.calendar import ONE_DAY, Stay, first_check_in, held_dates, last_check_out, nights_to_hold
from listings.errors import OtherStayFree
from listings.models import House


@contextmanager
def with_nearest(
    house: House,
    stay: Stay,
    *,
    guests: int,
    taken: Set[date] | None = None,
    given: Callable[[], bool] = lambda: True,
) -> Iterator[None]:
    """Have a refusal of a stay name the nearest one that would pass, where there is one, and where `given` says yes.

    It stands outside the transaction that is refused: what that has changed is gone by then. `taken` as for
    `nearest_stay`.
    """
    try:
        yield
    except OtherStayFree as refusal:
        nearest = nearest_stay(house, stay, guests=guests, taken=taken) if given() else None
        if nearest:
            refusal.facts["nearest"] = nearest
        raise


def nearest_stay(house: House, stay: Stay, *, guests: int, taken: Set[date] | None = None) -> Stay | None:
    """Return the stay that a home would take now and that is nearest to the one asked for; None where there is none.

    It is as long as the one asked for, or as near to that as the home allows and its calendar has room for; of those it
    begins nearest to the day asked for, the day before rather than the day after. `taken` are the nights from today to
    the day after the horizon that nobody can have; who has not read them leaves that to one query.
    """
    first, last = first_check_in(house), last_check_out()
    if guests > house.capacity:
        return None
    if taken is None:
        taken = held_dates(house, first, last + ONE_DAY)
    longest = longest_stays(house, first, last, taken)
    nights = min(nights_allowed(house, len(stay)), max(longest.values()))
    if nights < max(house.min_nights, 1):
        return None
    days = (day for day, most in longest.items() if most >= nights)
    check_in = min(days, key=lambda day: (abs(day - stay.check_in), day))
    return Stay(check_in, check_in + ONE_DAY * nights)


def nights_allowed(house: House, nights: int) -> int:
    """Return the number of nights nearest to one that a home takes; a longest stay of 0 is no limit."""
    return max(house.min_nights, min(nights, house.max_nights or nights))


def longest_stays(house: House, first: date, last: date, taken: Set[date]) -> dict[date, int]:
    """Return how many nights a stay from each day of [first, last] can last, leaving on `last` at the latest.

    None can where it is less than one.
    """
    after = len(nights_to_hold(house, Stay(first, first + ONE_DAY))) - 1  # held beyond those slept
    longest: dict[date, int] = {}
    free = 0  # nights on end, from the day on
    for away in range((last - first).days + 1):
        day = last - ONE_DAY * away
        free = 0 if day in taken else free + 1
        longest[day] = min(free - after, away)
    return longest
