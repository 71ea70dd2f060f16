"""Stays, and the nights they hold: one rule for what is free, and one key that makes a night single."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from listings.errors import (
    HouseNotFound,
    NightsTaken,
    NoNight,
    StayInThePast,
    StayTooFarAhead,
    StayTooLong,
    StayTooShort,
    TooManyGuests,
)
from listings.models import HeldNight, Hold, House

HORIZON_DAYS = 400  # a stay ends at most this many days from today
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stay:
    """The half-open interval [check_in, check_out) of plain dates; `check_out` is the day of leaving."""

    check_in: date
    check_out: date

    def __post_init__(self) -> None:
        """Refuse a stay without a night (NoNight)."""
        if self.check_out <= self.check_in:
            raise NoNight

    def __len__(self) -> int:
        return (self.check_out - self.check_in).days

    @property
    def nights(self) -> list[date]:
        """The nights slept, each named by the date it begins."""
        return [self.check_in + ONE_DAY * n for n in range(len(self))]


def nights_to_hold(house: House, stay: Stay) -> list[date]:
    """Return the nights a booking holds: those slept and, unless the home turns over on the day, the one after.

    That last night is when the home is made ready; with it no other stay can begin on the day of leaving.
    """
    return stay.nights if house.same_day_turnover else [*stay.nights, stay.check_out]


def check_stay(house: House, stay: Stay, *, guests: int) -> None:
    """Refuse a stay that the home does not take whatever its calendar says.

    Raises StayInThePast, StayTooFarAhead, StayTooShort, StayTooLong or TooManyGuests, in this order.
    """
    if stay.check_in < first_check_in(house):
        raise StayInThePast
    if stay.check_out > last_check_out():
        raise StayTooFarAhead(days=HORIZON_DAYS)
    if len(stay) < house.min_nights:
        raise StayTooShort(nights=house.min_nights)
    if house.max_nights and len(stay) > house.max_nights:
        raise StayTooLong(nights=house.max_nights)
    if guests > house.capacity:
        raise TooManyGuests(guests=house.capacity)


def first_check_in(house: House) -> date:
    """Return the first day on which a stay can still begin: today until the home's check-in time, then tomorrow."""
    today = timezone.localdate()
    return today if timezone.now() < check_in_moment(house, today) else today + ONE_DAY


def last_check_out() -> date:
    """Return the last day on which a stay can end."""
    return timezone.localdate() + timedelta(days=HORIZON_DAYS)


def check_in_moment(house: House, day: date) -> datetime:
    """Return the instant of a home's check-in time on a day, in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, house.check_in_time))


def check_free(house: House, stay: Stay) -> None:
    """Raise NightsTaken when a night of the stay is held. A cheap look: only holding the nights settles it."""
    if HeldNight.objects.taken().filter(house=house, night__in=nights_to_hold(house, stay)).exists():
        raise NightsTaken


@contextmanager
def locked_house(house_id: int) -> Iterator[House]:
    """Open a transaction whose first act is to lock the home's row, so that whoever wants its nights goes in turn.

    Raises HouseNotFound. Where the database has no row locks (SQLite) the transaction itself is exclusive.
    """
    with transaction.atomic():
        house = House.objects.select_for_update().filter(pk=house_id).first()
        if house is None:
            raise HouseNotFound
        yield house


def hold_nights(house: House, stay: Stay, *, expires_at: datetime | None) -> Hold:
    """Hold the nights of a booked stay, until `expires_at` or for good; inside `locked_house`.

    Raises IntegrityError when another hold has one of them: whatever was checked before, the key on house and night
    decides.
    """
    hold = Hold.objects.create(house=house, kind=Hold.Kind.BOOKING)
    nights = nights_to_hold(house, stay)
    HeldNight.objects.bulk_create(
        HeldNight(hold=hold, house=house, night=night, expires_at=expires_at) for night in nights
    )
    return hold


def held_dates(house: House, first: date, last: date) -> set[date]:
    """Return the nights of [first, last) that nobody can have any more."""
    nights = HeldNight.objects.taken().filter(house=house, night__gte=first, night__lt=last)
    return set(nights.values_list("night", flat=True))


def held_kinds(house: House, first: date, last: date) -> dict[date, str]:
    """Return the nights of [first, last) that nobody can have any more, each with the kind of its hold."""
    nights = HeldNight.objects.taken().filter(house=house, night__gte=first, night__lt=last)
    return dict(nights.values_list("night", "hold__kind"))
