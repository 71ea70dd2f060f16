"""A booking's life: the one function that changes its status, and what always goes with a change."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from bookings.dues import write_due
from bookings.errors import ChangeNotPossible
from bookings.ledger import open_trade, stop_trade
from bookings.models import Booking, BookingEvent
from bookings.telling import tell_of_change
from listings.freshness import forget_house
from listings.models import Hold, House

Status = Booking.Status

# The table of a booking's life: from which status to which, and nothing else.
CHANGES: dict[str, set[Status]] = {
    Status.WAIT_ACCEPT: {Status.WAIT_PAYMENT, Status.REJECTED, Status.CANCELED},
    Status.WAIT_PAYMENT: {Status.PAID, Status.CANCELED},
    Status.PAID: {Status.WAIT_COMMENT, Status.CANCELED},
    Status.WAIT_COMMENT: {Status.COMPLETE},
}


def deadline(check_in_at: datetime, patience: timedelta) -> datetime:
    """Return when somebody's time is up: never past check-in, in whole seconds as payment providers count."""
    return min(timezone.now() + patience, check_in_at).replace(microsecond=0)


def change_status(
    booking: Booking,
    to: str,
    *,
    actor: User | None,
    reason: str = "",
    change_key: str = "",
    amount_fen: int | None = None,
) -> BookingEvent:
    """Move a booking to another status, with its nights, deadline, slot and counters, and write its history.

    What is over lets its nights go, what is paid holds them for good, what is accepted holds them until it must be
    paid. `amount_fen` is what goes back to the guest with it, for the history only. Inside `locked_house` of its
    home; `actor` None is the clock, or the provider. Raises ChangeNotPossible when CHANGES has no such step.
    """
    was = booking.status
    if to not in CHANGES.get(was, set()):
        raise ChangeNotPossible
    hold = booking.hold
    booking.status, booking.reason, booking.expires_at = to, reason, None
    if to == Status.WAIT_PAYMENT:
        booking.expires_at = deadline(booking.check_in_at, timedelta(hours=settings.PAY_HOURS_ACCEPTED))
    else:
        booking.open_slot = None
    if to in Booking.OVER:
        booking.hold = None
    booking.save(update_fields=("status", "reason", "open_slot", "expires_at", "hold"))
    _keep_in_step(booking, was, hold)
    return write_event(booking, was=was, actor=actor, reason=reason, change_key=change_key, amount_fen=amount_fen)


def _keep_in_step(booking: Booking, was: str, hold: Hold | None) -> None:
    """Let nights, trade, counter and dues follow a change of status."""
    to = booking.status
    if hold and to in Booking.OVER:
        hold.delete()
    elif hold and was in Booking.WAITING:
        hold.nights.update(expires_at=booking.expires_at)
    if booking.expires_at:
        open_trade(booking, until=booking.expires_at)
    elif was == Status.WAIT_PAYMENT and to == Status.CANCELED:
        stop_trade(booking)
    elif to == Status.WAIT_COMMENT:
        write_due(booking)
    if more := (to in Booking.COUNTED) - (was in Booking.COUNTED):
        House.objects.filter(pk=booking.house_id).update(booking_count=F("booking_count") + more)
        forget_house(booking.house_id)


def write_event(
    booking: Booking,
    *,
    was: str,
    actor: User | None,
    reason: str = "",
    change_key: str = "",
    amount_fen: int | None = None,
) -> BookingEvent:
    """Write a line of a booking's history, from `was` to its present status, and tell who must know of a change."""
    event = BookingEvent.objects.create(
        booking=booking,
        actor=actor,
        from_status=was,
        to_status=booking.status,
        reason=reason,
        amount_fen=amount_fen or None,
        change_key=change_key or uuid4().hex,
    )
    if was != booking.status:
        tell_of_change(booking, event)
    return event


def catch_up(booking: Booking) -> None:
    """Let what the clock does to a booking happen now, if nobody has done it yet; inside `locked_house`.

    Only that an unpaid request expires is left to who can ask its provider first.
    """
    if booking.status == Status.WAIT_ACCEPT and booking.has_run_out:
        change_status(booking, Status.CANCELED, actor=None)
    if booking.status == Status.PAID and booking.check_out <= timezone.localdate():
        change_status(booking, Status.WAIT_COMMENT, actor=None)
    if booking.status == Status.WAIT_COMMENT and booking.review_until <= timezone.localdate():
        change_status(booking, Status.COMPLETE, actor=None)
