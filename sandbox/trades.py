"""What happens to the sandbox's trades. Nothing here asks the network."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from bookings.payments.alipay_words import BEIJING
from sandbox.asking import Asked, Refused
from sandbox.models import TRANSACTION_LENGTH, SandboxRefund, SandboxTrade

DEADLINE = timedelta(days=15)  # the longest that Alipay keeps a trade waiting
State = SandboxTrade.State


def open_trade(asked: Asked) -> SandboxTrade:
    """Return the trade that a buyer was sent to pay, the same however often.

    Raises Refused when what is asked is not complete, or is another amount than the trade's.
    """
    amount_fen = asked.amount_fen("total_amount")
    trade, _made = SandboxTrade.objects.get_or_create(
        number=asked.number,
        defaults={
            "transaction": _new_transaction(),
            "subject": asked.words("subject")[:256],
            "amount_fen": amount_fen,
            "expires_at": asked.instant("time_expire"),
        },
    )
    if trade.amount_fen != amount_fen:
        raise Refused("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    return trade


def pay(trade: SandboxTrade, *, refuses_refund: bool = False) -> bool:
    """Take the buyer's money, once; tell whether this was it, and not too late. The trade is read anew."""
    now = timezone.now()
    waiting = SandboxTrade.objects.filter(pk=trade.pk, state=State.WAITING, expires_at__gt=now)
    is_paid = waiting.update(state=State.PAID, paid_at=now, refuses_refund=refuses_refund) == 1
    trade.refresh_from_db()
    return is_paid


def find(number: str) -> SandboxTrade:
    """Return the trade of a number. Raises Refused when there is none."""
    trade = SandboxTrade.objects.filter(number=number).first()
    if trade is None:
        raise Refused("ACQ.TRADE_NOT_EXIST", "交易不存在")
    return trade


def close(number: str) -> SandboxTrade:
    """Close a trade that waits for its buyer. Raises Refused for any other."""
    trade = find(number)
    waiting = SandboxTrade.objects.filter(pk=trade.pk, state=State.WAITING, expires_at__gt=timezone.now())
    if not waiting.update(state=State.CLOSED):
        raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    return trade


@transaction.atomic
def refund(number: str, *, refund_number: str, amount_fen: int) -> tuple[SandboxTrade, bool]:
    """Give back a part of a paid trade, once for each number; tell whether this request did.

    All of it closes the trade. Raises Refused, and then nothing has been given back.
    """
    trade = SandboxTrade.objects.select_for_update().get(pk=find(number).pk)
    earlier = trade.refunds.filter(number=refund_number).first()
    if earlier and earlier.amount_fen != amount_fen:
        raise Refused("ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求")
    if earlier:
        return trade, False
    if trade.paid_at is None:
        raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    left_fen = trade.amount_fen - trade.refunded_fen
    if amount_fen > left_fen:
        raise Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    SandboxRefund.objects.create(trade=trade, number=refund_number, amount_fen=amount_fen)
    if amount_fen == left_fen:
        trade.state = State.CLOSED
        trade.save(update_fields=["state"])
    return trade, True


def refuse_once(number: str) -> bool:
    """Tell whether this is the refund that the buyer has chosen to fail; only the first of a trade is."""
    return SandboxTrade.objects.filter(number=number, refuses_refund=True).update(refuses_refund=False) == 1


def _new_transaction() -> str:
    """Return a number as Alipay gives: the day, and what nobody guesses."""
    day = timezone.now().astimezone(BEIJING).strftime("%Y%m%d")
    return day + "".join(secrets.choice("0123456789") for _ in range(TRANSACTION_LENGTH - len(day)))
