"""How promised money goes back to guests: sent once, asked about when nobody knows, tried until it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from accounts.models import StaffAct, User
from accounts.staff_log import act_since, refuse_own, require_reason, write_act
from bookings.errors import ReferenceMissing, RefundDone, RefundNotFound, RefundNotRefused, RefundNotTaken
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
Act, State = StaffAct.Act, Refund.State

log = structlog.get_logger(__name__)


def send_refund(refund: Refund) -> bool | None:
    """Have the provider give a refund back, or ask what became of it; False: somebody else is doing so just now.

    None: the provider did not answer.
    Before it is sent it is written down as sent: whatever happens then, it is asked about before it is sent again.
    """
    was_sent = refund.state == State.SENT
    due = Refund.objects.filter(pk=refund.pk, state=refund.state, try_at=refund.try_at)
    if due.update(state=State.SENT, try_at=timezone.now() + LEASE, tries=F("tries") + 1) != 1:
        return False
    try:
        word = _send(refund, was_sent=was_sent)
    except ThirdPartyFailed as error:
        log.warning("refund.unanswered", refund=refund.number, error=error.code)
        _try_later(refund, State.SENT, str(error.code))
        return None
    if word.state is RefundState.DONE:
        _finish(refund.pk)
    else:
        log.error("refund.refused", refund=refund.number, said=word.said)
        _try_later(refund, State.REFUSED, word.said)
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
    Refund.objects.filter(pk=refund.pk, state=State.SENT).update(
        state=state, said=said[:SAID_MOST], try_at=timezone.now() + pause
    )


def take_refund(*, staff: User, refund_id: int, reason: str) -> Refund:
    """Take a refund that its provider refuses out of the worker's hands, for staff to give it back by a transfer.

    Only then may they: the provider may give back what it has refused as soon as it is asked again. Raises
    ReasonMissing, RefundNotFound, OwnCase, or RefundNotRefused.
    """
    return _move(staff, refund_id, Act.TAKE_REFUND, require_reason(reason), timezone.now())


def retry_refund(*, staff: User, refund_id: int, reason: str) -> Refund:
    """Have the worker ask the provider at once for a refund: late, refused, or taken over and not transferred.

    Raises ReasonMissing, RefundNotFound, OwnCase, or RefundDone.
    """
    return _move(staff, refund_id, Act.RETRY_REFUND, require_reason(reason), timezone.now())


@retry_transaction
def _move(staff: User, refund_id: int, act: StaffAct.Act, reason: str, began: datetime) -> Refund:
    with _locked_refund(staff, refund_id) as refund:
        if act_since(began, staff=staff, act=act, thing=refund):
            return refund  # an earlier run of this very call came through, though its connection was lost
        before = {"state": refund.state}
        if act == Act.TAKE_REFUND:
            if refund.state != State.REFUSED:
                raise RefundNotRefused
            refund.state, refund.try_at = State.BY_STAFF, None
        elif refund.state == State.DONE:
            raise RefundDone
        else:
            in_flight = LEASE if refund.state == State.SENT else timedelta()  # a worker may be asking just now
            refund.try_at = timezone.now() + in_flight
            refund.state = State.REFUSED if refund.state == State.BY_STAFF else refund.state
        refund.save(update_fields=("state", "try_at"))
        after, guest = {"state": refund.state}, refund.booking.guest
        write_act(staff=staff, act=act, thing=refund, subject=guest, reason=reason, before=before, after=after)
    return refund


def settle_refund(*, staff: User, refund_id: int, bank_reference: str) -> Refund:
    """Write down that staff have given a refund that they took over back by a transfer.

    Raises ReferenceMissing, RefundNotFound, OwnCase, or RefundNotTaken: the provider may still give it back.
    """
    reference = bank_reference.strip()
    if not reference:
        raise ReferenceMissing
    return _settle(staff, refund_id, reference)


@retry_transaction
def _settle(staff: User, refund_id: int, reference: str) -> Refund:
    with _locked_refund(staff, refund_id) as refund:
        said = f"{BY_TRANSFER} {reference}"
        if (refund.state, refund.said) == (State.DONE, said):
            return refund  # an earlier run of this very call came through, though its connection was lost
        if refund.state != State.BY_STAFF:
            raise RefundNotTaken
        write_refund(refund, said=said)
        guest = refund.booking.guest
        write_act(staff=staff, act=Act.SETTLE_REFUND, thing=refund, subject=guest, reason=reference)
    return refund


@contextmanager
def _locked_refund(staff: User, refund_id: int) -> Iterator[Refund]:
    """Open a transaction that has locked a refund and its home; it is nobody's of those whom it concerns."""
    house_id = Refund.objects.filter(pk=refund_id).values_list("booking__house_id", flat=True).first()
    if house_id is None:
        raise RefundNotFound
    with locked_house(house_id) as house:
        refund = Refund.objects.select_for_update().get(pk=refund_id)
        refuse_own(staff, refund.booking.guest_id, house.host_id)
        yield refund


@retry_transaction
def _finish(refund_id: int) -> None:
    house_id = Refund.objects.values_list("booking__house_id", flat=True).get(pk=refund_id)
    with locked_house(house_id):
        refund = Refund.objects.select_related("booking__trade", "booking__house").get(pk=refund_id)
        if refund.state != State.DONE:
            write_refund(refund)
