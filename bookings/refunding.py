"""How promised money goes back to guests: sent once, asked about when nobody knows, tried until it is done."""

from datetime import timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from accounts.models import StaffAct, User
from accounts.staff_log import write_act
from bookings.errors import ReferenceMissing, RefundNotFound, RefundNotRefused
from bookings.ledger import write_refund
from bookings.models import Refund
from bookings.models.money import SAID_MOST
from bookings.paying import LEASE, provider_of
from bookings.payments import RefundState, RefundWord
from ihome_project.db import retry_transaction
from ihome_project.errors import ThirdPartyFailed
from listings.calendar import locked_house

BY_TRANSFER = "bank:"
PAUSE, PAUSE_MOST = timedelta(minutes=1), timedelta(hours=6)

log = structlog.get_logger(__name__)


def send_refund(refund: Refund) -> bool | None:
    """Have the provider give a refund back, or ask what became of it; False: somebody else is doing so just now.

    None: the provider did not answer.
    Before it is sent it is written down as sent: whatever happens then, it is asked about before it is sent again.
    """
    was_sent = refund.state == Refund.State.SENT
    due = Refund.objects.filter(pk=refund.pk, state=refund.state, try_at=refund.try_at)
    if due.update(state=Refund.State.SENT, try_at=timezone.now() + LEASE, tries=F("tries") + 1) != 1:
        return False
    try:
        word = _send(refund, was_sent=was_sent)
    except ThirdPartyFailed as error:
        log.warning("refund.unanswered", refund=refund.number, error=error.code)
        _try_later(refund, Refund.State.SENT, str(error.code))
        return None
    if word.state is RefundState.DONE:
        _finish(refund.pk)
    else:
        log.error("refund.refused", refund=refund.number, said=word.said)
        _try_later(refund, Refund.State.REFUSED, word.said)
    return True


def _send(refund: Refund, *, was_sent: bool) -> RefundWord:
    trade = refund.booking.trade
    taker = provider_of(trade)
    if was_sent:
        word = taker.query_refund(trade.number, refund_number=refund.number)
        if word.state is RefundState.DONE:
            return word
    return taker.refund(trade.number, refund_number=refund.number, amount_fen=refund.amount_fen, reason=refund.reason)


def _try_later(refund: Refund, state: str, said: str) -> None:
    pause = min(PAUSE * 2 ** min(refund.tries, 10), PAUSE_MOST)
    Refund.objects.filter(pk=refund.pk, state=Refund.State.SENT).update(
        state=state, said=said[:SAID_MOST], try_at=timezone.now() + pause
    )


def settle_refund(*, staff: User, refund_id: int, bank_reference: str) -> Refund:
    """Write down that staff have given a refund back by a transfer, because its provider refuses it.

    Raises ReferenceMissing, RefundNotFound, or RefundNotRefused: the provider may still give it back.
    """
    reference = bank_reference.strip()
    if not reference:
        raise ReferenceMissing
    return _settle(staff, refund_id, reference)


@retry_transaction
def _settle(staff: User, refund_id: int, reference: str) -> Refund:
    house_id = Refund.objects.filter(pk=refund_id).values_list("booking__house_id", flat=True).first()
    if house_id is None:
        raise RefundNotFound
    with locked_house(house_id):
        refund = Refund.objects.select_for_update().get(pk=refund_id)
        said = f"{BY_TRANSFER} {reference}"
        if (refund.state, refund.said) == (Refund.State.DONE, said):
            return refund  # an earlier run of this very call came through, though its connection was lost
        if refund.state != Refund.State.REFUSED:
            raise RefundNotRefused
        write_refund(refund, said=said)
        guest = refund.booking.guest
        write_act(staff=staff, act=StaffAct.Act.SETTLE_REFUND, thing=refund, subject=guest, reason=reference)
    return refund


@retry_transaction
def _finish(refund_id: int) -> None:
    house_id = Refund.objects.values_list("booking__house_id", flat=True).get(pk=refund_id)
    with locked_house(house_id):
        refund = Refund.objects.select_related("booking__trade", "booking__house").get(pk=refund_id)
        if refund.state != Refund.State.DONE:
            write_refund(refund)
