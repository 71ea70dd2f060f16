"""Amounts, instants and trades as Alipay writes them."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from bookings.payments import TradeState, TradeWord

CHARSET = "utf-8"
BEIJING = timezone(timedelta(hours=8), "Beijing")
FORM = "%Y-%m-%d %H:%M:%S"
STATES = {
    "WAIT_BUYER_PAY": TradeState.WAITING,
    "TRADE_SUCCESS": TradeState.PAID,  # also after a part of it has been refunded
    "TRADE_FINISHED": TradeState.PAID,  # and cannot be refunded any more
    "TRADE_CLOSED": TradeState.CLOSED,
}
AMOUNT = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}")
TRANSACTION = re.compile(r"[0-9]{1,64}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def write_fen(amount_fen: int) -> str:
    """Write an amount: 1234 fen are "12.34"."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def read_fen(text: object) -> int:
    """Read an amount of exactly two decimals. Raises ValueError."""
    return int(_fitting(AMOUNT, text).replace(".", ""))


def write_instant(instant: datetime) -> str:
    """Write an instant in Beijing's time, whole seconds."""
    return instant.astimezone(BEIJING).strftime(FORM)


def read_instant(text: object) -> datetime:
    """Read an instant in Beijing's time. Raises ValueError."""
    return datetime.strptime(_fitting(INSTANT, text), FORM).replace(tzinfo=BEIJING)


def read_trade(said: Mapping[str, object], *, paid_at: str) -> TradeWord:
    """Read what Alipay says of a trade; `paid_at` names the field that says when. Raises ValueError."""
    state = STATES.get(str(said.get("trade_status")))
    if state is None:
        raise ValueError("There is no such status of a trade.")
    return TradeWord(
        number=_fitting(NUMBER, said.get("out_trade_no")),
        state=state,
        transaction=_fitting(TRANSACTION, said.get("trade_no")),
        amount_fen=read_fen(said.get("total_amount")),
        paid_at=read_instant(said[paid_at]) if paid_at in said else None,
    )


def _fitting(form: re.Pattern[str], text: object) -> str:
    if not isinstance(text, str) or not form.fullmatch(text):
        raise ValueError("This is not how Alipay writes it.")
    return text
