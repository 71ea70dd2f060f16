"""What hosts earn: how much is owed, paid and coming, and how much each month brought. In fen, commission taken off."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from bookings.dues import PARTS, host_share
from bookings.models import Booking, HostDue, Payout
from bookings.models.money import HostDueQuerySet

TALLEST = 120  # the bar of the best month, in pixels
LOWEST = 3  # the bar of a month with anything at all
HUNDREDS = 100_00  # fen in a tenth of the chart's unit, a thousand yuan


@dataclass(frozen=True)
class Month:
    """What one month brought a host: the sums of the lines written in it, and its bar in the chart."""

    first: date
    paid_fen: int
    refunded_fen: int
    commission_fen: int
    amount_fen: int
    height: int
    is_present: bool

    @property
    def thousands(self) -> str:
        """The amount in thousands of yuan, as it stands above the bar."""
        whole, tenths = divmod((abs(self.amount_fen) + HUNDREDS // 2) // HUNDREDS, 10)
        return f"{'-' if self.amount_fen < 0 and (whole or tenths) else ''}{whole}.{tenths}"


@dataclass(frozen=True)
class Totals:
    """Where a host's money stands."""

    owed_fen: int
    paid_fen: int  # this year
    coming_fen: int  # of paid stays that are not over


def months_earned(host: User, *, many: int) -> list[Month]:
    """Return so many months up to the present one, each with what it brought a host, in one query."""
    present = timezone.localdate().replace(day=1)
    firsts = [month_before(present, n) for n in range(many - 1, -1, -1)]
    sums = {
        f"{part}_{n}": Sum(part, filter=written_in(first), default=0)
        for n, first in enumerate(firsts)
        for part in PARTS
    }
    found = HostDue.objects.owed_to(host).filter(created_at__gte=beginning(firsts[0])).aggregate(**sums)
    best = max(found[f"amount_fen_{n}"] for n in range(many))
    return [
        Month(
            first,
            **{part: found[f"{part}_{n}"] for part in PARTS},
            height=height(found[f"amount_fen_{n}"], best),
            is_present=first == present,
        )
        for n, first in enumerate(firsts)
    ]


def height(amount_fen: int, best_fen: int) -> int:
    """Return how tall a month's bar is beside the best month's; none where nothing was earned."""
    return max(LOWEST, TALLEST * amount_fen // best_fen) if amount_fen > 0 else 0


def month_before(first: date, months: int) -> date:
    """Return the first day of the month so many before that of `first`."""
    years, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(years, month + 1, 1)


def beginning(day: date) -> datetime:
    """Return the instant at which a day begins, in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time()))


def written_in(first: date) -> Q:
    """Tell what was written in a month: by its bounds, for a database may not know the site's time zone."""
    return Q(created_at__gte=beginning(first), created_at__lt=beginning(month_before(first, -1)))


def sum_up(host: User) -> Totals:
    """Return where a host's money stands, in three queries."""
    year = beginning(timezone.localdate().replace(month=1, day=1))
    paid = Payout.objects.filter(due__booking__house__host=host, created_at__gte=year)
    coming = Booking.objects.hosted_by(host).coming().only("captured_fen", "refunded_fen", "commission_percent")
    return Totals(
        HostDue.objects.owed_to(host).unpaid().aggregate(sum=Sum("amount_fen", default=0))["sum"],
        paid.aggregate(sum=Sum("due__amount_fen", default=0))["sum"],
        sum(host_share(stay, stay.captured_fen - stay.refunded_fen) for stay in coming),
    )


def lines_of(host: User) -> HostDueQuerySet:
    """Return a host's own lines, the newest first, each with its stay and how it was paid."""
    return HostDue.objects.owed_to(host).select_related("booking__house", "booking__guest", "payout")
