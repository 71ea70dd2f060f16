"""How a guest pays: where to, what the provider then says, and asking it when it says nothing."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import StaffAct, User
from accounts.staff_log import act_since, require_reason, write_act
from bookings.errors import (
    BookingNotFound,
    ChangeNotPossible,
    NotificationRefused,
    NotTheGuest,
    PaymentNotOffered,
    RequestRanOut,
    TradeNotFound,
    TradeNotOpen,
)
from bookings.ledger import promise_refund, write_capture
from bookings.life import change_status
from bookings.models import Booking, StrayNotice, Trade
from bookings.payments import Order, Provider, TradeState, TradeWord, provider
from ihome_project.db import retry_transaction
from ihome_project.errors import ThirdPartyFailed
from listings.calendar import locked_house

Status = Booking.Status
LEASE = timedelta(minutes=2)  # for which a trade that somebody asks about is left alone by others
SILENCE = timedelta(hours=1)  # of the provider, after which a request expires without its word
LEEWAY = timedelta(minutes=1)  # between the provider's clock and ours
PAUSE_MOST = timedelta(minutes=30)
HURRIED_MOST, ASKED_MOST = 10, 1000  # times; the second only bounds a number

log = structlog.get_logger(__name__)


def payment_address(*, guest: User, booking_id: int, is_phone: bool = False) -> str:
    """Return the absolute address at which a guest pays for a booking: the same trade, however often it is asked.

    Nothing is written and nobody is asked. Raises BookingNotFound, NotTheGuest (to the host), ChangeNotPossible (it
    waits for no payment), RequestRanOut or PaymentNotOffered.
    """
    booking = Booking.objects.visible_to(guest).select_related("trade", "house").filter(pk=booking_id).first()
    if booking is None:
        raise BookingNotFound
    if booking.guest_id != guest.pk:
        raise NotTheGuest
    if booking.status != Status.WAIT_PAYMENT:
        raise ChangeNotPossible
    if booking.has_run_out:
        raise RequestRanOut
    subject = _("%(home)s, %(check_in)s – %(check_out)s") % {
        "home": booking.house.title,
        "check_in": booking.check_in,
        "check_out": booking.check_out,
    }
    trade = booking.trade
    order = Order(trade.number, trade.amount_fen, subject, trade.expires_at)
    back = settings.SITE_URL + reverse("booking", args=[booking.pk])
    return provider_of(trade).start(order, is_phone=is_phone, return_url=back)


def provider_of(trade: Trade) -> Provider:
    """Return the provider of a trade. Raises PaymentNotOffered when the site uses another one now."""
    if trade.provider != settings.PAYMENT_PROVIDER:
        raise PaymentNotOffered
    return provider()


def take_notification(fields: Mapping[str, str]) -> bytes:
    """Let a provider's notification have its effect, once however often it comes; return how it is acknowledged.

    It counts only if signature, app, seller, number, exact amount and state are right. One that the provider has
    signed and that fits nothing is kept for staff. Raises NotificationRefused when the signature is wrong.
    """
    taker = provider()
    try:
        notice = taker.parse(fields)
    except NotificationRefused:
        log.warning("payment.notification_refused")
        raise
    if not notice.is_ours:
        keep_stray("not for this site", notice.facts)
    else:
        hear(notice.trade, notice.facts)
    return taker.acknowledged


def hear(word: TradeWord, facts: Mapping[str, str]) -> bool:
    """Let a provider's word about a trade have its effect; return whether it was about money that counts here.

    What is no payment is looked after soon; a payment that fits nothing is kept for staff.
    """
    trade = Trade.objects.filter(number=word.number, provider=settings.PAYMENT_PROVIDER).first()
    if trade is None:
        keep_stray("unknown number", facts)
    elif word.state is TradeState.PAID:
        if word.amount_fen != trade.amount_fen or not word.transaction:
            keep_stray("wrong amount", facts)
        else:
            _capture(trade.pk, word)
            return True
    elif word.state is TradeState.CLOSED:
        Trade.objects.filter(pk=trade.pk, state=Trade.State.OPEN).update(ask_at=timezone.now())
    return False


def keep_stray(why: str, facts: Mapping[str, str]) -> None:
    """Keep a signed notification that fits nothing, once, and raise an alarm."""
    digest = sha256(json.dumps([why, dict(facts)], sort_keys=True).encode()).hexdigest()
    log.error("payment.stray_notification", why=why, trade=facts.get("out_trade_no"), transaction=facts.get("trade_no"))
    try:
        with transaction.atomic():
            StrayNotice.objects.create(provider=settings.PAYMENT_PROVIDER, why=why, facts=dict(facts), digest=digest)
    except IntegrityError:
        if not StrayNotice.objects.filter(digest=digest).exists():
            raise


@retry_transaction
def _capture(trade_id: int, word: TradeWord) -> None:
    """Write down the money, and with it that the stay is paid; what no longer waits gets it back, all by itself."""
    house_id = Trade.objects.values_list("booking__house_id", flat=True).get(pk=trade_id)
    with locked_house(house_id):
        trade = Trade.objects.select_related("booking__hold", "booking__house").get(pk=trade_id)
        if not write_capture(trade, transaction=word.transaction, paid_at=word.paid_at or timezone.now()):
            return
        booking = trade.booking
        if booking.status == Status.WAIT_PAYMENT:
            change_status(booking, Status.PAID, actor=None)
        else:
            number = f"{trade.number}L{trade.payments.count()}"
            promise_refund(booking, trade.amount_fen, number=number, reason=_("Paid too late"))


def ask_about(trade: Trade) -> bool | None:
    """Ask the provider about an open trade and do what follows: paid, looked at again later, or over.

    A request that has run out expires only now that its provider has been asked after its deadline, or has been silent
    for an hour. False: somebody else is asking just now; None: the provider did not answer. It raises nothing for that.
    """
    if not _claim(trade):
        return False
    try:
        word, asked_at = _settled_word(trade)
    except ThirdPartyFailed as error:
        log.warning("payment.unanswered", trade=trade.number, error=error.code)
        _wait_for_a_word(trade, str(error.code))
        return None
    if word.state is not TradeState.PAID:
        _after(trade, word.state, asked_at)
    elif not hear(word, {"out_trade_no": word.number, "trade_no": word.transaction, "total_fen": str(word.amount_fen)}):
        _wait_for_a_word(trade, "wrong amount")
    return True


def hurry_trade(*, staff: User, trade_id: int, reason: str) -> Trade:
    """Have the worker ask the provider at once about a trade of which it is not known what became, as staff say why.

    Raises ReasonMissing, TradeNotFound or TradeNotOpen.
    """
    return _hurry(staff, trade_id, require_reason(reason), timezone.now())


@retry_transaction
def _hurry(staff: User, trade_id: int, reason: str, began: datetime) -> Trade:
    with transaction.atomic():
        trade = Trade.objects.select_for_update().filter(pk=trade_id).first()
        if trade is None:
            raise TradeNotFound
        if act_since(began, staff=staff, act=StaffAct.Act.HURRY_TRADE, thing=trade):
            return trade  # an earlier run of this very call came through, though its connection was lost
        if trade.state != Trade.State.OPEN:
            raise TradeNotOpen
        trade.ask_at = timezone.now()
        trade.save(update_fields=("ask_at",))
        guest = trade.booking.guest
        write_act(staff=staff, act=StaffAct.Act.HURRY_TRADE, thing=trade, subject=guest, reason=reason)
    return trade


def _wait_for_a_word(trade: Trade, said: str) -> None:
    """Let a trade rest of which nothing is known, with a growing pause; its request expires all the same one day.

    It is never given up: its guest may have paid.
    """
    now, still_open = timezone.now(), Trade.objects.filter(pk=trade.pk, state=Trade.State.OPEN)
    if now >= trade.expires_at + SILENCE:
        _expire(trade.booking_id)
    still_open.update(said=said, ask_at=now + (LEEWAY if now < trade.expires_at + SILENCE else _pause(trade)))


def _pause(trade: Trade) -> timedelta:
    return min(LEEWAY * 2 ** min(trade.asked, 10), PAUSE_MOST)


def ask_soon(booking: Booking) -> None:
    """Have the worker ask about a booking's trade at once: its guest comes back from paying.

    Only a few times, for whoever opens that address again and again.
    """
    unsure = Trade.objects.filter(booking=booking, state=Trade.State.OPEN, hurried__lt=HURRIED_MOST)
    unsure.update(ask_at=timezone.now(), hurried=F("hurried") + 1)


def _claim(trade: Trade) -> bool:
    """Take a trade that is due for oneself; of several that try at once one gets it."""
    due = Trade.objects.filter(pk=trade.pk, state=Trade.State.OPEN, ask_at=trade.ask_at)
    return due.update(ask_at=timezone.now() + LEASE, asked=Least(F("asked") + 1, ASKED_MOST)) == 1


def _settled_word(trade: Trade) -> tuple[TradeWord, datetime]:
    """Return how a trade stands at its provider, final where nobody is to pay it any more, and when that was asked."""
    taker, asked_at = provider_of(trade), timezone.now()
    word = taker.query(trade.number)
    if word.state is TradeState.WAITING and not _is_payable(trade):
        taker.close(trade.number)
        asked_at = timezone.now()
        word = taker.query(trade.number)  # the guest may have been quicker
    return word, asked_at


def _is_payable(trade: Trade) -> bool:
    status = Booking.objects.values_list("status", flat=True).get(pk=trade.booking_id)
    return status == Status.WAIT_PAYMENT and timezone.now() < trade.expires_at


def _after(trade: Trade, state: TradeState, asked_at: datetime) -> None:
    """Let a trade rest that nobody had paid at `asked_at`: until it is asked about again, or for good."""
    still_open = Trade.objects.filter(pk=trade.pk, state=Trade.State.OPEN)
    if asked_at < trade.expires_at:
        if state is TradeState.CLOSED and not _is_payable(trade):
            still_open.update(state=Trade.State.CLOSED, ask_at=None, said=state.value)
        else:
            still_open.update(said=state.value, ask_at=min(asked_at + _pause(trade), trade.expires_at))
        return
    _expire(trade.booking_id)
    is_over = asked_at >= trade.expires_at + LEEWAY  # from then on the provider takes no money either
    if state is TradeState.CLOSED or (state is TradeState.ABSENT and is_over):
        still_open.update(state=Trade.State.CLOSED, ask_at=None, said=state.value)
    else:
        still_open.update(said=state.value, ask_at=timezone.now() + LEEWAY)


@retry_transaction
def _expire(booking_id: int) -> None:
    """Cancel a request that nobody has paid in time, unless it has been paid meanwhile."""
    house_id = Booking.objects.values_list("house_id", flat=True).get(pk=booking_id)
    with locked_house(house_id):
        booking = Booking.objects.select_related("hold", "house").get(pk=booking_id)
        if booking.is_waiting and booking.has_run_out:
            change_status(booking, Status.CANCELED, actor=None)
