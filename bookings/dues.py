"""What hosts are owed for stays, line by line, and that finance has paid a line."""

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from accounts.models import StaffAct, User
from bookings.errors import DueNotFound, DuePaidAlready, ReferenceMissing
from bookings.models import Booking, HostDue, Payout
from ihome_project.db import retry_transaction
from listings.pricing import percent_of

PARTS = ("paid_fen", "refunded_fen", "commission_fen", "amount_fen")


def write_due(booking: Booking) -> HostDue | None:
    """Write what a booking owes its host now and did not before; nothing where nothing has changed.

    The first line is the stay's; each later one puts right what a refund has changed since. The commission is
    COMMISSION_PERCENT of what the guest has paid and not got back, half a fen up. Inside `locked_house`.
    """
    kept = booking.captured_fen - booking.refunded_fen
    commission = percent_of(kept, settings.COMMISSION_PERCENT)
    owed = dict(zip(PARTS, (booking.captured_fen, booking.refunded_fen, commission, kept - commission), strict=True))
    written = booking.dues.aggregate(**{name: Sum(name, default=0) for name in PARTS})
    more = {name: owed[name] - written[name] for name in PARTS}
    if not any(more.values()):
        return None
    return HostDue.objects.create(booking=booking, number=booking.dues.count() + 1, **more)


def pay_due(*, staff: User, due_id: int, bank_reference: str) -> Payout:
    """Write down that a line has been paid to its host by a transfer, and by whom, once.

    Raises ReferenceMissing, DueNotFound or DuePaidAlready.
    """
    reference = bank_reference.strip()
    if not reference:
        raise ReferenceMissing
    return _pay_due(staff, due_id, reference)


@retry_transaction
def _pay_due(staff: User, due_id: int, reference: str) -> Payout:
    with transaction.atomic():
        due = HostDue.objects.select_for_update().filter(pk=due_id).first()
        if due is None:
            raise DueNotFound
        payout = Payout.objects.filter(due=due).first()
        if payout is not None:
            if (payout.actor_id, payout.bank_reference) == (staff.pk, reference):
                return payout  # an earlier run of this very call came through, though its connection was lost
            raise DuePaidAlready
        StaffAct.objects.create(
            actor=staff,
            act=StaffAct.Act.PAY_HOST,
            subject_id=due.booking.house.host_id,
            about=f"{due.booking_id}/{due.number}",
            reason=reference,
        )
        return Payout.objects.create(due=due, bank_reference=reference, actor=staff)
