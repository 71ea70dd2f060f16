"""Search against a brute-force oracle: plain intervals of days, over calendars that Hypothesis makes up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.factories import UserFactory
from accounts.models import User
from bookings.factories import make_booking
from bookings.models import Booking
from bookings.services import request_booking
from listings.calendar import Stay
from listings.errors import NightsTaken
from listings.factories import AreaFactory, HouseFactory, block_nights
from listings.filters import HouseFilterSet
from listings.models import House

Status = Booking.Status
NOW = datetime(2026, 11, 22, 9, tzinfo=timezone.get_default_timezone())
TODAY = NOW.date()
CALENDARS = 600
OVERDUE = timedelta(minutes=5, seconds=1)


@dataclass(frozen=True)
class Entry:
    """Something in a calendar: [begin, end) in days from today, how it came about, and the setting of that time."""

    begin: int
    length: int
    state: str  # a booking's status, "overdue", "grace", "block"
    turnover: bool

    @property
    def end(self) -> int:
        return self.begin + self.length

    @property
    def hides(self) -> bool:
        return self.state not in (Status.CANCELED, Status.REJECTED, "overdue")

    @property
    def last_held(self) -> int:
        """The last day whose night is not free on account of this."""
        return self.end - 1 if self.turnover or self.state == "block" else self.end

    @property
    def in_table(self) -> range:
        """The nights that stand in the table, free or not."""
        over = self.state in (Status.CANCELED, Status.REJECTED)
        return range(0) if over else range(self.begin, self.last_held + 1)


STATES = ("block", "overdue", "grace", Status.WAIT_ACCEPT, Status.PAID, Status.PAID, Status.CANCELED, Status.REJECTED)
entries = st.builds(
    Entry, begin=st.integers(-3, 12), length=st.integers(1, 5), state=st.sampled_from(STATES), turnover=st.booleans()
)
days = st.none() | st.integers(-2, 14)
questions = st.lists(st.tuples(days, days), min_size=3, max_size=6)


def is_shown(calendar, turnover, sd, ed) -> bool:
    """The rule of the contract in plain words: no entry meets the interval of days that is asked for."""
    if sd is None and ed is None:
        return True
    if sd is not None and sd == ed:
        first, last = sd, sd
    else:
        first = 0 if sd is None else sd
        last = 10_000 if ed is None else ed - turnover
    return not any(e.hides and e.begin <= last and e.last_held >= first for e in calendar if first <= last)


def on(day: int) -> date:
    return TODAY + timedelta(days=day)


def fill(house: House, guest: User, wanted: list[Entry]) -> list[Entry]:
    """Write those entries that fit beside the ones before; return them."""
    calendar: list[Entry] = []
    for entry in wanted:
        if any(set(entry.in_table) & set(other.in_table) for other in calendar):
            continue
        house.same_day_turnover = entry.turnover
        if entry.state == "block":
            block_nights(house, on(entry.begin), on(entry.end))
        elif entry.state in ("overdue", "grace", Status.WAIT_ACCEPT):
            if sum(other.state in ("overdue", "grace", Status.WAIT_ACCEPT) for other in calendar) == 3:
                continue
            late = {"overdue": -OVERDUE, "grace": -timedelta(minutes=4)}.get(entry.state, timedelta(hours=1))
            make_booking(house, guest, on(entry.begin), on(entry.end), Status.WAIT_ACCEPT, expires_at=NOW + late)
        else:
            make_booking(house, guest, on(entry.begin), on(entry.end), entry.state)
        calendar.append(entry)
    return calendar


def found(sd: int | None, ed: int | None) -> set[int]:
    asked = {name: on(day).isoformat() for name, day in (("sd", sd), ("ed", ed)) if day is not None}
    search = HouseFilterSet(asked, queryset=House.objects.all())
    assert search.is_valid(), search.errors
    return set(search.qs.values_list("pk", flat=True))


def can_be_booked(house: House, guest: User, sd: int, ed: int) -> bool:
    try:
        with transaction.atomic():
            request_booking(guest=guest, house_id=house.pk, stay=Stay(on(sd), on(ed)), guests=1)
            transaction.set_rollback(True)
    except NightsTaken:
        return False
    return True


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
@settings(max_examples=CALENDARS, deadline=None, suppress_health_check=list(HealthCheck))
@given(wanted=st.lists(entries, max_size=6), turnover=st.booleans(), asked=questions)
def test_search_shows_a_home_when_the_oracle_does_and_then_it_can_be_booked(wanted, turnover, asked):
    with transaction.atomic():
        area, guest, other = AreaFactory(), UserFactory(), UserFactory()
        house, empty = HouseFactory.create_batch(2, area=area)
        calendar = fill(house, guest, wanted)
        House.objects.filter(pk=house.pk).update(same_day_turnover=turnover)
        for sd, ed in asked:
            if sd is not None and ed is not None and sd > ed:
                continue
            shown = found(sd, ed)
            assert empty.pk in shown
            assert (house.pk in shown) == is_shown(calendar, turnover, sd, ed), (calendar, turnover, sd, ed)
            if sd is not None and ed is not None and 0 <= sd < ed:
                assert can_be_booked(house, other, sd, ed) == (house.pk in shown)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("entry", "turnover", "sd", "ed", "shown"),
    [
        (Entry(3, 3, Status.PAID, turnover=False), False, 6, 8, False),  # closed: the day of leaving is not free
        (Entry(3, 3, Status.PAID, turnover=False), False, 1, 3, False),  # nor is the day of arrival
        (Entry(3, 3, Status.PAID, turnover=True), True, 6, 8, True),  # open with same-day turnover
        (Entry(3, 3, Status.PAID, turnover=True), True, 1, 3, True),
        (Entry(3, 3, Status.PAID, turnover=False), True, 6, 8, False),  # made before the setting changed
        (Entry(3, 3, Status.PAID, turnover=True), False, 7, 8, True),
        (Entry(-3, 3, Status.PAID, turnover=False), False, None, 2, False),  # leaves today
        (Entry(-3, 3, Status.PAID, turnover=True), False, None, 2, True),
        (Entry(5, 1, Status.PAID, turnover=True), False, 5, 5, False),  # sd = ed: that one night
        (Entry(5, 1, Status.PAID, turnover=True), True, 6, 6, True),
    ],
)
def test_the_oracle_itself_knows_the_corners(entry, turnover, sd, ed, shown):
    assert is_shown([entry], turnover, sd, ed) is shown
