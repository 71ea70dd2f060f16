"""The books of a booking's money: what is to be paid, what came in, and what goes back. Asks nobody on the network."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bookings.errors import RefundTooMuch
from bookings.models import Booking, Payment, Refund, Trade
from bookings.telling import tell_of_refund

FIRST_ASK = timedelta(minutes=2)  # after which the provider is asked whether a notification has been lost


def open_trade(booking: Booking, *, until: datetime) -> Trade:
    """Write down what a guest is to pay for a booking until then; inside `locked_house`."""
    return Trade.objects.create(
        booking=booking,
        provider=settings.PAYMENT_PROVIDER,
        number=f"{timezone.localdate():%Y%m%d}{booking.pk:06d}{secrets.token_hex(4)}",
        amount_fen=booking.amount_fen,
        expires_at=until,
        ask_at=timezone.now() + FIRST_ASK,
    )


def stop_trade(booking: Booking) -> None:
    """Have an open trade of a booking that nobody is to pay any more looked after at once."""
    Trade.objects.filter(booking=booking, state=Trade.State.OPEN).update(ask_at=timezone.now())


def write_capture(trade: Trade, *, transaction: str, paid_at: datetime) -> bool:
    """Write down that a trade has been paid in full, once; return whether that is new. Inside `locked_house`.

    `trade.booking` then knows it too.
    """
    if Payment.objects.filter(provider=trade.provider, transaction=transaction, kind=Payment.Kind.CAPTURED).exists():
        return False
    Payment.objects.create(
        trade=trade,
        provider=trade.provider,
        transaction=transaction,
        kind=Payment.Kind.CAPTURED,
        amount_fen=trade.amount_fen,
        happened_at=paid_at,
    )
    trade.state, trade.ask_at = Trade.State.CAPTURED, None
    trade.save(update_fields=("state", "ask_at"))
    trade.booking.captured_fen += trade.amount_fen
    trade.booking.save(update_fields=("captured_fen",))
    return True


def promise_refund(
    booking: Booking, amount_fen: int, *, number: str, actor: User | None = None, reason: str = ""
) -> Refund:
    """Owe a guest a part of what was paid, under a number that makes it go once; it is sent later.

    Inside `locked_house`. Raises RefundTooMuch when less than that is left.
    """
    if amount_fen > booking.captured_fen - booking.refunded_fen:
        raise RefundTooMuch(most_fen=booking.captured_fen - booking.refunded_fen)
    booking.refunded_fen += amount_fen
    booking.save(update_fields=("refunded_fen",))
    refund = Refund.objects.create(
        booking=booking, number=number, amount_fen=amount_fen, actor=actor, reason=reason, try_at=timezone.now()
    )
    tell_of_refund(refund)
    return refund


def write_refund(refund: Refund, *, said: str = "") -> None:
    """Write down that a refund has come to the guest, and what is to be known of the way; inside `locked_house`."""
    trade, now = refund.booking.trade, timezone.now()
    Payment.objects.create(
        trade=trade,
        provider=trade.provider,
        transaction=refund.number,
        kind=Payment.Kind.REFUNDED,
        amount_fen=refund.amount_fen,
        happened_at=now,
    )
    refund.state, refund.done_at, refund.try_at = Refund.State.DONE, now, None
    refund.said = said
    refund.save(update_fields=("state", "done_at", "try_at", "said"))
    tell_of_refund(refund)
