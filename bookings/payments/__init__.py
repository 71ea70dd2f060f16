"""Who takes the guests' money: one small interface, a module a provider, chosen by PAYMENT_PROVIDER.

A provider knows nothing of bookings and of the database. Amounts are whole fen; instants are aware. Every call but
`start` and `parse` asks the network, so none of them belongs inside a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

PROVIDERS = {"sandbox": "bookings.payments.sandbox.provider", "alipay": "bookings.payments.alipay.live"}


class TradeState(Enum):
    """Where a trade stands at its provider."""

    ABSENT = "absent"  # the provider has never heard of it, or its buyer has not begun
    WAITING = "waiting"  # for the buyer's money
    PAID = "paid"
    CLOSED = "closed"  # ran out or was closed unpaid, or all of it has been refunded


class RefundState(Enum):
    """Where a refund stands at its provider."""

    DONE = "done"
    ABSENT = "absent"  # the provider has not carried out a refund of this number
    REFUSED = "refused"


@dataclass(frozen=True)
class Order:
    """What a guest is to pay, under a number of ours; nobody can pay it any more at `expires_at` (whole seconds)."""

    number: str
    amount_fen: int
    subject: str
    expires_at: datetime


@dataclass(frozen=True)
class TradeWord:
    """What a provider says of a trade; `transaction` is its own number for it, empty where there is none."""

    number: str
    state: TradeState
    transaction: str = ""
    amount_fen: int = 0
    paid_at: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """A notification whose signature is right. It is meant for this site only if `is_ours` (app id and seller).

    `facts` are what staff may read of one that fits nothing: nothing in it names or reaches the buyer.
    """

    trade: TradeWord
    is_ours: bool
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefundWord:
    """What a provider says of a refund; `said` are its own words for why not, for staff."""

    state: RefundState
    said: str = ""


class Provider(Protocol):
    """Takes money for a trade once, and gives some or all of it back."""

    name: str
    acknowledged: bytes  # the body that ends the copies of a notification
    refused: bytes  # the body after which the provider sends it again

    def start(self, order: Order, *, is_phone: bool, return_url: str) -> str:
        """Return the absolute address at which the guest pays; asks nobody, and the same trade however often."""

    def parse(self, fields: Mapping[str, str]) -> Notice:
        """Read a notification. Raises NotificationRefused unless the provider has signed every bit of it."""

    def query(self, number: str) -> TradeWord:
        """Ask how a trade stands. Raises PaymentUnanswered when that stays unknown."""

    def close(self, number: str) -> None:
        """See to it that nobody can pay a trade any more; nothing happens to one that is paid, closed or absent.

        Raises PaymentUnanswered.
        """

    def refund(self, number: str, *, refund_number: str, amount_fen: int, reason: str) -> RefundWord:
        """Give back a part of a paid trade, once for each number. Raises PaymentUnanswered when it is not known."""

    def query_refund(self, number: str, *, refund_number: str) -> RefundWord:
        """Ask whether a refund has been carried out: DONE or ABSENT. Raises PaymentUnanswered."""


def provider() -> Provider:
    """Return the provider that PAYMENT_PROVIDER names.

    Raises PaymentsNotSetUp when it cannot take money here: the sandbox on a site of https, Alipay without its keys.
    """
    return import_string(PROVIDERS[settings.PAYMENT_PROVIDER])()
