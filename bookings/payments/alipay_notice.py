"""Reads Alipay's notifications: https://opendocs.alipay.com/open/270/105902."""

import re
from collections.abc import Mapping

from bookings.errors import NotificationRefused
from bookings.payments import Notice, rsa2
from bookings.payments.alipay_client import Account
from bookings.payments.alipay_words import CHARSET, read_trade

# What staff may read of one; the others tell who the buyer is.
FACTS = (
    "out_trade_no",
    "trade_no",
    "trade_status",
    "total_amount",
    "app_id",
    "seller_id",
    "notify_id",
    "gmt_payment",
)
FACT_MOST = 64  # characters
UNSIGNED = ("sign", "sign_type")
SAID = {"notify_type": "trade_status_sync", "sign_type": rsa2.SIGN_TYPE}
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
# A value that holds the next field can be cut in another way, and the signature would still be right.
TWO_FIELDS = re.compile(r"&[a-z][a-z0-9_]*=")


def read_notice(fields: Mapping[str, str], account: Account) -> Notice:
    """Read a notification of a trade. Raises NotificationRefused unless each of its fields is signed by Alipay.

    One that tells of a refund says how the trade stands after it: PAID with a part of it refunded, CLOSED with all.
    """
    if not (_is_plain(fields) and _is_signed(fields, account)):
        raise NotificationRefused
    try:
        trade = read_trade(fields, paid_at="gmt_payment")
    except ValueError:
        raise NotificationRefused from None
    is_ours = (fields.get("app_id"), fields.get("seller_id")) == (account.app_id, account.seller_id)
    facts = {name: fields[name][:FACT_MOST] for name in FACTS if name in fields}
    return Notice(trade=trade, is_ours=is_ours, facts=facts)


def _is_plain(fields: Mapping[str, str]) -> bool:
    """Tell whether the fields are text that can be signed in one way only, and about a trade."""
    is_text = all(
        NAME.fullmatch(name) and isinstance(value, str) and not TWO_FIELDS.search(value)
        for name, value in fields.items()
    )
    is_of_trade = all(fields.get(name) == value for name, value in SAID.items())
    return is_text and is_of_trade and fields.get("charset", "").lower() == CHARSET


def _is_signed(fields: Mapping[str, str], account: Account) -> bool:
    try:
        content = rsa2.content_of({name: value for name, value in fields.items() if name not in UNSIGNED})
    except UnicodeEncodeError:
        return False
    return rsa2.is_signed(content, fields.get("sign", ""), account.public_key)
