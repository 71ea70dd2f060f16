"""A host's calendar as the page draws it: a month of whole weeks, the nights in them, and bars for those who stay."""

from calendar import MONDAY
from calendar import Calendar as Weeks
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking
from ihome_project.templatetags.ihome import day as day_words
from ihome_project.templatetags.ihome import yuan
from listings.calendar import HORIZON_DAYS, ONE_DAY, Stay, held_kinds
from listings.models import Hold, House
from listings.months import Week, month_after, month_asked, weekdays
from listings.pricing import night_price, special_prices

BEFORE, AFTER = 0, 8  # where a bar begins or ends that goes beyond its week; the days of a week are 1 to 7
ROOM_FOR_MORE = 3  # days of a bar that has room for more than a name


class State(Enum):
    """Why a night is free or is not; the values name its mark in the style sheet."""

    FREE = "free"
    BOOKED = "booked"
    WAITING = "waiting"
    READY = "ready"  # held so that the home is made ready
    BLOCKED = "closed"
    CANCELED = "canceled"  # of a paid stay that its host cancelled: blocked for good
    OUTSIDE = "past"  # past, or beyond the horizon


@dataclass(frozen=True)
class Night:
    """One cell of the month."""

    date: date
    state: State
    kind: str  # of its price: night, weekend, special
    price: str
    guest: str
    is_today: bool
    is_ticked: bool

    @property
    def is_open(self) -> bool:
        """Whether its host can change it."""
        return self.state not in {State.OUTSIDE, State.CANCELED}

    @property
    def is_special(self) -> bool:
        """Whether it can be had, at a price of its own."""
        return self.state is State.FREE and self.kind == "special"

    @property
    def note(self) -> str:
        """What stands under the number."""
        notes = {
            State.FREE: self.price,
            State.BLOCKED: _("Blocked"),
            State.CANCELED: _("Cancelled"),
            State.READY: _("Cleaning"),
        }
        return notes.get(self.state, "")

    @property
    def label(self) -> str:
        """The cell in words."""
        words = {
            State.FREE: _("free, %(price)s"),
            State.BOOKED: _("booked by %(guest)s"),
            State.WAITING: _("asked for by %(guest)s"),
            State.READY: _("kept to make the home ready"),
            State.BLOCKED: _("blocked"),
            State.CANCELED: _("cancelled by you, not to be booked"),
            State.OUTSIDE: _("cannot be changed"),
        }
        state = words[self.state] % {"price": self.price, "guest": self.guest}
        return f"{day_words(self.date)}, {state}"


@dataclass(frozen=True)
class Bar:
    """The part of a stay that lies in one week."""

    booking: Booking
    starts: int
    ends: int

    @property
    def has_room(self) -> bool:
        """Whether more than the name can stand in it."""
        return self.ends - self.starts >= ROOM_FOR_MORE

    @property
    def is_half_a_day(self) -> bool:
        """Whether not even the name can."""
        return (self.starts, self.ends) in {(BEFORE, 1), (7, AFTER)}


@dataclass(frozen=True)
class Planner:
    """The month on show, and the months that can be turned to."""

    first: date
    weeks: list[Week]
    earlier: date | None
    later: date | None

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """Monday to Sunday, each short and in full."""
        return weekdays()

    @property
    def has_canceled(self) -> bool:
        """Whether there is a night of a stay that its host cancelled."""
        return any(night and night.state is State.CANCELED for week in self.weeks for night in week.days)


@dataclass(frozen=True)
class Known:
    """What is known of the nights of a month, and which of them are ticked."""

    house: House
    today: date
    last: date  # the last night that can be sold
    stays: list[Booking]
    held: Mapping[date, str]
    specials: Mapping[date, int]
    ticked: Collection[str]

    def draw(self, night: date) -> Night:
        """Return the cell of a night."""
        kind, price_fen = night_price(self.house, night, self.specials)
        stay = next((stay for stay in self.stays if stay.check_in <= night < stay.check_out), None)
        guest = stay.guest.name if stay else ""
        is_ticked = night.isoformat() in self.ticked
        return Night(night, self.state(night, stay), kind, yuan(price_fen), guest, night == self.today, is_ticked)

    def state(self, night: date, stay: Booking | None) -> State:
        """Return why a night is free or not, given the stay that has it."""
        if not self.today <= night <= self.last:
            return State.OUTSIDE
        if stay:
            return State.WAITING if stay.is_waiting else State.BOOKED
        held = {Hold.Kind.BLOCK: State.BLOCKED, Hold.Kind.BOOKING: State.READY, Hold.Kind.CANCELED: State.CANCELED}
        return held.get(self.held.get(night), State.FREE)


def draw_planner(house: House, *, asked: str, ticked: Collection[str] = ()) -> Planner:
    """Return the month asked for (YYYY-MM), or this one, in three queries; never one without a night to sell."""
    today = timezone.localdate()
    last = today + timedelta(days=HORIZON_DAYS - 1)
    first = min(max(month_asked(asked) or today, today), last).replace(day=1)
    weeks = Weeks(MONDAY).monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1] + ONE_DAY
    stays = Booking.objects.filter(house=house).meeting(Stay(start - ONE_DAY, end)).select_related("guest")
    held, specials = held_kinds(house, start, end), special_prices(house, start, end)
    known = Known(house, today, last, list(stays.order_by("check_in")), held, specials, ticked)
    return Planner(
        first,
        [draw_week(week, first.month, known) for week in weeks],
        earlier=(first - ONE_DAY).replace(day=1) if first > today else None,
        later=month_after(first) if month_after(first) <= last else None,
    )


def draw_week(week: list[date], month: int, known: Known) -> Week:
    """Return a week with its nights in the month and its bars."""
    bars = [draw_bar(stay, week) for stay in known.stays if stay.check_in <= week[-1] and stay.check_out >= week[0]]
    return Week([known.draw(night) if night.month == month else None for night in week], bars)


def draw_bar(stay: Booking, week: list[date]) -> Bar:
    """Return the part of a stay in a week."""
    starts = stay.check_in.isoweekday() if stay.check_in >= week[0] else BEFORE
    ends = stay.check_out.isoweekday() if stay.check_out <= week[-1] else AFTER
    return Bar(stay, starts, ends)
