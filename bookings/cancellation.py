"""What comes back when a guest cancels a paid stay: pure rules about instants and shares."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from listings.models import House

Policy = House.CancellationPolicy


class Share(TextChoices):
    """What comes back of the price of the nights; before check-in the cleaning fee comes back whole with each."""

    ALL = "all", _("Everything back")
    ALL_BUT_FIRST = "all_but_first", _("All but the first night")
    HALF = "half", _("Half of the nights")
    NOTHING = "nothing", _("Nothing back")


# How many times 24 hours before check-in each share ends; the last one ends at check-in.
RULES: dict[str, tuple[tuple[int, Share], ...]] = {
    Policy.FLEXIBLE: ((1, Share.ALL), (0, Share.ALL_BUT_FIRST)),
    Policy.MODERATE: ((5, Share.ALL), (0, Share.HALF)),
    Policy.STRICT: ((14, Share.ALL), (7, Share.HALF), (0, Share.NOTHING)),
}


@dataclass(frozen=True)
class Term:
    """Who cancels at `until` or before, and after the term before this one, gets `share` back."""

    until: datetime
    share: Share


def cancellation_terms(policy: str, *, check_in_at: datetime, now: datetime) -> list[Term]:
    """Return the terms that are still ahead, the present one first; none from check-in on."""
    if now >= check_in_at:
        return []
    start = check_in_at.astimezone(UTC)  # where a day always has 24 hours
    terms = [Term(start - timedelta(days=days), share) for days, share in RULES[policy]]
    return [term for term in terms if now <= term.until]


def refund_of_share(booking: Booking, share: Share) -> int:
    """Return what comes back of a booking in fen: a share of its nights after discount, and the cleaning fee whole.

    Half a fen goes to the guest. The first night costs its own price less the stay's discount.
    """
    nights = {
        Share.ALL: booking.nights_fen,
        Share.ALL_BUT_FIRST: booking.nights_fen - first_night_fen(booking),
        Share.HALF: (booking.nights_fen + 1) // 2,
        Share.NOTHING: 0,
    }
    return nights[share] + booking.cleaning_fee_fen


def first_night_fen(booking: Booking) -> int:
    """Return what the first night was agreed to cost after discount; the lines begin with it. Half a fen is dropped."""
    percent = sum(line["percent"] for line in booking.lines if line["kind"] == "discount")
    share = (booking.lines[0]["price_fen"] * (100 - percent) + 49) // 100
    return min(share, booking.nights_fen)
