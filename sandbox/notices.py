"""What the sandbox tells the site by itself: notifications, and the parameters with which a buyer comes back."""

from collections.abc import Mapping
from http import HTTPStatus
from threading import Timer
from urllib.parse import urlencode
from uuid import uuid4

import structlog
from django.utils import timezone

from bookings.payments import rsa2
from bookings.payments.alipay_words import CHARSET, write_fen, write_instant
from bookings.payments.post import UNANSWERED, post_form
from bookings.payments.sandbox import APP_ID, SELLER_ID, gateway_key
from sandbox.models import SandboxTrade

TIMEOUT = 5  # seconds that the site has for its answer
LATER = 20  # seconds; what waits is lost with the process, and the site then finds out by asking
ACKNOWLEDGED = b"success"
BUYER = {"buyer_id": "2088000100000002", "buyer_logon_id": "138****0000"}

log = structlog.get_logger(__name__)


def payment_notice(trade: SandboxTrade, *, amount_fen: int | None = None) -> dict[str, str]:
    """Return the notification that a trade has been paid, of its own amount or of another, not signed yet."""
    now = write_instant(timezone.now())
    amount = write_fen(trade.amount_fen if amount_fen is None else amount_fen)
    return {
        **BUYER,
        "notify_id": uuid4().hex,
        "notify_time": now,
        "notify_type": "trade_status_sync",
        "app_id": APP_ID,
        "auth_app_id": APP_ID,
        "seller_id": SELLER_ID,
        "charset": CHARSET,
        "version": "1.0",
        "out_trade_no": trade.number,
        "trade_no": trade.transaction,
        "trade_status": SandboxTrade.State.PAID.value,
        "subject": trade.subject,
        "total_amount": amount,
        "receipt_amount": amount,
        "buyer_pay_amount": amount,
        "invoice_amount": amount,
        "point_amount": "0.00",
        "fund_bill_list": f'[{{"amount":"{amount}","fundChannel":"ALIPAYACCOUNT"}}]',
        "gmt_create": write_instant(trade.created_at),
        "gmt_payment": write_instant(trade.paid_at) if trade.paid_at else now,
    }


def signed(fields: Mapping[str, str], key: str | None = None) -> dict[str, str]:
    """Return fields with the sandbox's signature, or another key's; the kind of signature is not signed itself."""
    signature = rsa2.sign(rsa2.content_of(fields), key or gateway_key())
    return {**fields, "sign": signature, "sign_type": rsa2.SIGN_TYPE}


def deliver(url: str, fields: Mapping[str, str]) -> bool:
    """Send a notification; tell whether the site has acknowledged it."""
    try:
        status, body = post_form(url, urlencode(fields), seconds=TIMEOUT)
    except UNANSWERED as error:
        log.warning("sandbox.not_delivered", error=type(error).__name__)
        return False
    log.info("sandbox.delivered", status=status, is_acknowledged=body.strip() == ACKNOWLEDGED)
    return status == HTTPStatus.OK and body.strip() == ACKNOWLEDGED


def deliver_later(url: str, fields: Mapping[str, str]) -> None:
    """Send a notification in a while, and return at once."""
    timer = Timer(LATER, deliver, (url, fields))
    timer.daemon = True
    timer.start()


def way_back(return_url: str, trade: SandboxTrade, method: str) -> str:
    """Return the address to which a buyer who has paid comes back, with Alipay's signed parameters."""
    fields = {
        "app_id": APP_ID,
        "auth_app_id": APP_ID,
        "charset": CHARSET,
        "method": f"{method}.return",
        "out_trade_no": trade.number,
        "seller_id": SELLER_ID,
        "timestamp": write_instant(timezone.now()),
        "total_amount": write_fen(trade.amount_fen),
        "trade_no": trade.transaction,
        "version": "1.0",
    }
    return f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(signed(fields))}"
