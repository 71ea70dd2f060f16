"""Asks Alipay's gateway: signs what is asked, and believes an answer only when its signature is right.

Signatures: https://opendocs.alipay.com/common/057k53 and 02mse7, codes: https://opendocs.alipay.com/common/02km9f
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, urlencode

import structlog
from django.utils import timezone

from bookings.errors import PaymentUnanswered
from bookings.payments import rsa2
from bookings.payments.alipay_words import CHARSET, write_instant
from bookings.payments.post import UNANSWERED, post_form

TIMEOUT = 5  # seconds for all of it
WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")  # what of an answer may be logged

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Account:
    """Whose money it is, at which gateway; the private key is ours, the public key is the gateway's."""

    name: str
    gateway: str
    app_id: str
    seller_id: str
    private_key: str = field(repr=False)
    public_key: str = field(repr=False)


def signed(account: Account, method: str, content: Mapping[str, str], **more: str) -> dict[str, str]:
    """Return the fields of a request, its signature among them."""
    fields = {
        "app_id": account.app_id,
        "method": method,
        "format": "JSON",
        "charset": CHARSET,
        "sign_type": rsa2.SIGN_TYPE,
        "timestamp": write_instant(timezone.now()),
        "version": "1.0",
        "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        **more,
    }
    return fields | {"sign": rsa2.sign(rsa2.content_of(fields), account.private_key)}


def encoded(fields: Mapping[str, str]) -> str:
    """Return fields as a query or a form holds them."""
    return urlencode(fields, quote_via=quote, safe="")


def ask(account: Account, method: str, content: Mapping[str, str]) -> dict[str, object]:
    """Return what the gateway answers to a method, success or refusal.

    Raises PaymentUnanswered when it does not within five seconds, or what came is not signed by it.
    """
    fields = signed(account, method, content)
    form = encoded({"biz_content": fields.pop("biz_content")})
    try:
        status, body = post_form(f"{account.gateway}?{encoded(fields)}", form, seconds=TIMEOUT)
        answer = read_answer(body, method, account.public_key) if status == HTTPStatus.OK else {}
        said = str(status)
    except UNANSWERED as error:
        answer, said = {}, type(error).__name__
    if not answer:
        raise unanswered(method, said)
    return answer


def read_answer(body: bytes, method: str, public_key: str) -> dict[str, object]:
    """Return the value of `…_response`, whose very bytes are what is signed. Raises ValueError."""
    name = re.compile(rf'"{re.escape(method.replace(".", "_"))}_response"\s*:\s*')
    try:
        text = body.decode(CHARSET)
        signature = json.loads(text)["sign"]
        found = name.search(text)
        start = found.end() if found else len(text)
        answer, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ValueError("This is no answer of Alipay's.") from None
    content = text[start:end].encode()
    if not isinstance(answer, dict) or not rsa2.is_signed(content, str(signature), public_key):
        raise ValueError("This answer is not signed by Alipay.")
    return answer


def unanswered(method: str, said: object) -> PaymentUnanswered:
    """Log that it stays unknown what a method did, and return the error that says so."""
    log.warning("payment.unanswered", method=method, said=said if WORD.fullmatch(str(said)) else "")
    return PaymentUnanswered()
