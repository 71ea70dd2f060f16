"""What hosts are owed for stays, line by line, and that finance has paid a line."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Sum

from accounts.models import StaffAct, User
from accounts.staff_log import refuse_own, write_act
from bookings.errors import DueNotFound, DuePaidAlready, ReferenceMissing
from bookings.models import Booking, HostDue, Payout
from ihome_project.db import retry_transaction
from listings.pricing import percent_of

PARTS = ("paid_fen", "refunded_fen", "commission_fen", "amount_fen")


def host_share(booking: Booking, kept_fen: int) -> int:
    """Return what is a host's of an amount that a guest has paid and not got back: all but the commission.

    That is the percentage that held when the stay was booked, half a fen up.
    """
    return kept_fen - percent_of(kept_fen, booking.commission_percent)


def write_due(booking: Booking) -> HostDue | None:
    """Write what a booking owes its host now and did not before; nothing where nothing has changed.

    The first line is the stay's; each later one puts right what a refund has changed since. Inside `locked_house`.
    """
    kept = booking.captured_fen - booking.refunded_fen
    share = host_share(booking, kept)
    owed = dict(zip(PARTS, (booking.captured_fen, booking.refunded_fen, kept - share, share), strict=True))
    written = booking.dues.aggregate(**{name: Sum(name, default=0) for name in PARTS})
    more = {name: owed[name] - written[name] for name in PARTS}
    if not any(more.values()):
        return None
    return HostDue.objects.create(booking=booking, number=booking.dues.count() + 1, **more)


def pay_due(*, staff: User, due_id: int, bank_reference: str) -> Payout:
    """Write down that a line has been paid to its host by a transfer, and by whom, once.

    Raises ReferenceMissing, DueNotFound, OwnCase or DuePaidAlready.
    """
    (payout,) = pay_dues(staff=staff, due_ids=[due_id], bank_reference=bank_reference)
    return payout


def pay_dues(*, staff: User, due_ids: Collection[int], bank_reference: str) -> list[Payout]:
    """Write down that some lines have been paid by one transfer: all of them, or none.

    Raises ReferenceMissing, DueNotFound (also where none is given), OwnCase, or DuePaidAlready of the first line that
    has been.
    """
    reference = bank_reference.strip()
    if not reference:
        raise ReferenceMissing
    if not due_ids:
        raise DueNotFound
    return _pay_dues(staff, sorted(due_ids), reference)


@retry_transaction
def _pay_dues(staff: User, due_ids: Collection[int], reference: str) -> list[Payout]:
    with transaction.atomic():
        return [_pay_due(staff, due_id, reference) for due_id in due_ids]


def _pay_due(staff: User, due_id: int, reference: str) -> Payout:
    due = HostDue.objects.select_for_update().filter(pk=due_id).first()
    if due is None:
        raise DueNotFound
    payout = Payout.objects.filter(due=due).first()
    if payout is not None:
        if (payout.actor_id, payout.bank_reference) == (staff.pk, reference):
            return payout  # an earlier run of this very call came through, though its connection was lost
        raise DuePaidAlready(line=str(due))
    host = due.booking.house.host
    refuse_own(staff, host.pk)
    write_act(staff=staff, act=StaffAct.Act.PAY_HOST, thing=due, subject=host, reason=reference)
    return Payout.objects.create(due=due, bank_reference=reference, actor=staff)
