"""How bookings are cancelled, what comes back then, and how staff give a part of a stay's price back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import StaffAct, User
from accounts.staff_log import refuse_own, write_act
from bookings.cancellation import Term, cancellation_terms, refund_of_share
from bookings.dues import write_due
from bookings.errors import BookingNotFound, ChangeNotPossible, RefundChanged, RefundTooMuch, StayHasBegun
from bookings.ledger import promise_refund
from bookings.life import catch_up, change_status, write_event
from bookings.models import Booking, BookingQuerySet
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.models import Hold

Status = Booking.Status


@dataclass(frozen=True)
class Cancellation:
    """What cancelling a booking now would do: `refund_fen` comes back, and after the first term it is less."""

    refund_fen: int
    terms: list[Term]  # that are still ahead, the present one first; none where nothing has been paid


@dataclass(frozen=True)
class Change:
    """Who cancels or refunds which booking and why, under a key by which a second run knows the first."""

    actor: User
    reason: str
    key: str


def preview_cancellation(booking: Booking, *, actor: User, now: datetime | None = None) -> Cancellation:
    """Return what the booking's guest or host would do by cancelling it at `now`.

    Raises ChangeNotPossible, or StayHasBegun from check-in on.
    """
    is_guest, now = booking.guest_id == actor.pk, now or timezone.now()
    if booking.status in (Booking.WAITING if is_guest else (Status.WAIT_PAYMENT,)):
        return Cancellation(0, [])
    if booking.status != Status.PAID:
        raise ChangeNotPossible
    terms = cancellation_terms(booking.cancellation_policy, check_in_at=booking.check_in_at, now=now)
    if not terms:
        raise StayHasBegun
    if not is_guest:
        return Cancellation(booking.captured_fen - booking.refunded_fen, [])
    return Cancellation(refund_in_term(booking, terms[0]), terms)


def refund_in_term(booking: Booking, term: Term) -> int:
    """Return what a guest who cancels a paid stay in one of its terms gets back, in fen; never more than is left."""
    return min(booking.captured_fen - booking.refunded_fen, refund_of_share(booking, term.share))


def cancel_booking(
    *, actor: User, booking_id: int, reason: str = "", agreed_fen: int | None = None, key: str = ""
) -> Booking:
    """Cancel a booking as its guest or, once accepted, as its host, and let its nights go.

    Of a paid stay the guest gets back what the policy says, in fen as `preview_cancellation` has shown (`agreed_fen`
    None: whatever it is now). When the host cancels one, everything comes back and the nights stay blocked; a host
    gives a reason. The same `key` cancels once, however often it comes. Raises BookingNotFound (to everybody else),
    ReasonMissing, ChangeNotPossible, StayHasBegun or RefundChanged; then nothing has changed.
    """
    visible = Booking.objects.visible_to(actor).filter(pk=booking_id)
    change = Change(actor, reason.strip(), key or uuid4().hex)
    return _change_booking(visible, change, lambda booking: _cancel(booking, change, agreed_fen))


def _cancel(booking: Booking, change: Change, agreed_fen: int | None) -> None:
    is_host = booking.guest_id != change.actor.pk
    cancellation = preview_cancellation(booking, actor=change.actor)
    if is_host and not change.reason:
        raise ReasonMissing
    if agreed_fen is not None and agreed_fen != cancellation.refund_fen:
        raise RefundChanged(refund_fen=cancellation.refund_fen)
    if is_host and booking.status == Status.PAID:
        keep_nights_blocked(booking)
    _end(booking, change, cancellation.refund_fen)


def keep_nights_blocked(booking: Booking) -> None:
    """Take the nights from a booking that its host cancels, and have nobody get them: the host can't resell them."""
    if booking.hold:
        booking.hold.kind = Hold.Kind.CANCELED
        booking.hold.save(update_fields=("kind",))
        booking.hold = None
        booking.save(update_fields=("hold",))


def cancel_for_staff(
    *, staff: User, booking_id: int, reason: str, refund_fen: int | None = None, left_fen: int | None = None
) -> Booking:
    """Cancel an unpaid request or a paid stay as staff, with a full refund or a chosen one in fen.

    `left_fen` is what they have been shown to be paid and not gone back (None: whatever it is now). Nights that the
    booking holds are free again. Raises BookingNotFound, ReasonMissing, OwnCase, ChangeNotPossible, RefundChanged (it
    has been paid meanwhile) or RefundTooMuch; then nothing has changed.
    """
    change = _staff_change(staff, reason)

    def cancel(booking: Booking) -> None:
        refuse_own(staff, booking.guest_id, booking.house.host_id)
        left = booking.captured_fen - booking.refunded_fen
        if left_fen not in {None, left}:
            raise RefundChanged(refund_fen=left)
        cancel_as_staff(booking, change, refund_fen=left if refund_fen is None else refund_fen)

    return _change_booking(Booking.objects.filter(pk=booking_id), change, cancel)


def cancel_as_staff(booking: Booking, change: Change, *, refund_fen: int, told: str = "") -> None:
    """Cancel a booking as staff and write that into their log, inside `locked_house` of its home.

    `told` is what both sides read, where that is not the reason. Raises RefundTooMuch or ChangeNotPossible.
    """
    _end(booking, replace(change, reason=told or change.reason), refund_fen)
    _write_act(booking, change, StaffAct.Act.CANCEL_BOOKING)


def refund_part(*, staff: User, booking_id: int, amount_fen: int, reason: str, key: str = "") -> Booking:
    """Give a guest a part of what a stay cost back, in fen, as staff; its status stays.

    The same `key` gives it once for a booking, however often it comes. Raises BookingNotFound, ReasonMissing, OwnCase,
    ChangeNotPossible (not paid, or cancelled) or RefundTooMuch; then nothing has changed.
    """
    change = _staff_change(staff, reason, key and f"{booking_id} {key}")

    def refund(booking: Booking) -> None:
        refuse_own(staff, booking.guest_id, booking.house.host_id)
        if booking.status not in Booking.COUNTED:
            raise ChangeNotPossible
        if amount_fen <= 0:
            raise RefundTooMuch(most_fen=booking.captured_fen - booking.refunded_fen)
        number = f"{booking.trade.number}S{change.key[:16]}"
        promise_refund(booking, amount_fen, number=number, actor=staff, reason=change.reason)
        write_event(
            booking, was=booking.status, actor=staff, reason=change.reason, change_key=change.key, amount_fen=amount_fen
        )
        if booking.status != Status.PAID:
            write_due(booking)
        _write_act(booking, change, StaffAct.Act.REFUND_PART)

    return _change_booking(Booking.objects.filter(pk=booking_id), change, refund)


def _staff_change(staff: User, reason: str, key: str = "") -> Change:
    change = Change(staff, reason.strip(), sha256(key.encode()).hexdigest()[:32] if key else uuid4().hex)
    if not change.reason:
        raise ReasonMissing
    return change


def _end(booking: Booking, change: Change, refund_fen: int) -> None:
    """Cancel, promise what comes back, and write what the host is owed of a paid stay that isn't given back whole.

    Raises RefundTooMuch or ChangeNotPossible.
    """
    was_paid, left = booking.status == Status.PAID, booking.captured_fen - booking.refunded_fen
    if not 0 <= refund_fen <= left:
        raise RefundTooMuch(most_fen=left)
    change_status(
        booking,
        Status.CANCELED,
        actor=change.actor,
        reason=change.reason,
        change_key=change.key,
        amount_fen=refund_fen,
    )
    if refund_fen:
        promise_refund(booking, refund_fen, number=f"{booking.trade.number}C", actor=change.actor, reason=change.reason)
    if was_paid and booking.captured_fen > booking.refunded_fen:
        write_due(booking)


def _write_act(booking: Booking, change: Change, act: StaffAct.Act) -> None:
    write_act(staff=change.actor, act=act, thing=booking, subject=booking.guest, reason=change.reason)


@retry_transaction
def _change_booking(found: BookingQuerySet, change: Change, act: Callable[[Booking], None]) -> Booking:
    """Do something to a booking with its home locked, once for the change's key. Raises BookingNotFound."""
    house_id = found.values_list("house_id", flat=True).first()
    if house_id is None:
        raise BookingNotFound
    with locked_house(house_id):
        booking = found.with_card().select_related("hold").get()
        if not booking.events.filter(change_key=change.key).exists():  # else an earlier run of this call came through
            catch_up(booking)
            act(booking)
    return booking
