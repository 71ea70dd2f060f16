"""What a buyer can do at the cashier, and what then happens. No network is asked inside a transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.payments import rsa2
from sandbox import notices, trades
from sandbox.asking import Asked
from sandbox.models import SandboxTrade


class TooLate(Exception):
    """The trade is paid already, or nobody can pay it any more."""


@dataclass(frozen=True)
class Visit:
    """A buyer before a trade."""

    trade: SandboxTrade
    asked: Asked

    def pay(self, *, refuses_refund: bool = False) -> None:
        """Take the money. Raises TooLate."""
        if not trades.pay(self.trade, refuses_refund=refuses_refund):
            raise TooLate

    def notify(self, fields: Mapping[str, str]) -> None:
        """Tell the site now, and once more later if it does not acknowledge it."""
        if not notices.deliver(self.asked.notify_url, fields):
            notices.deliver_later(self.asked.notify_url, fields)

    @property
    def address_back(self) -> str:
        """Where the buyer goes on: with signed parameters once the trade is paid, plainly before."""
        if self.trade.paid_at is None:
            return self.asked.return_url
        return notices.way_back(self.asked.return_url, self.trade, self.asked.method)


def _pay(visit: Visit) -> None:
    visit.pay()
    visit.notify(notices.signed(notices.payment_notice(visit.trade)))


def _fail(visit: Visit) -> None:
    """Leave; the trade goes on waiting."""


def _notify_twice(visit: Visit) -> None:
    visit.pay()
    fields = notices.signed(notices.payment_notice(visit.trade))
    notices.deliver(visit.asked.notify_url, fields)
    visit.notify(fields)


def _notify_late(visit: Visit) -> None:
    visit.pay()
    notices.deliver_later(visit.asked.notify_url, notices.signed(notices.payment_notice(visit.trade)))


def _wrong_amount(visit: Visit) -> None:
    visit.pay()
    less = notices.payment_notice(visit.trade, amount_fen=visit.trade.amount_fen - 1)
    notices.deliver(visit.asked.notify_url, notices.signed(less))


def _forged(visit: Visit) -> None:
    notices.deliver(visit.asked.notify_url, notices.signed(notices.payment_notice(visit.trade), rsa2.new_key()))


def _refund_fails(visit: Visit) -> None:
    visit.pay(refuses_refund=True)
    visit.notify(notices.signed(notices.payment_notice(visit.trade)))


class Action(NamedTuple):
    """A button: what it does, what it says, and what then happens."""

    act: Callable[[Visit], None]
    icon: str
    label: str | Promise
    outcome: str | Promise


ACTIONS: Mapping[str, Action] = {
    "pay": Action(_pay, "check", _("Pay"), ""),
    "fail": Action(_fail, "undo-2", _("Leave without paying"), _("Nothing is paid; you can come back to pay.")),
    "notify_twice": Action(
        _notify_twice, "copy", _("Pay, notify twice"), _("The site hears of the payment two times; only one counts.")
    ),
    "notify_late": Action(
        _notify_late,
        "clock",
        _("Pay, notify late"),
        _("The site hears of the payment 20 seconds later, or asks before."),
    ),
    "wrong_amount": Action(
        _wrong_amount,
        "scale",
        _("Pay, notify a wrong amount"),
        _("The payment is right, what the site hears of it is ¥0.01 less."),
    ),
    "forged": Action(
        _forged, "shield-alert", _("Forge a notification"), _("Nothing is paid; somebody else says that it is.")
    ),
    "refund_fails": Action(
        _refund_fails,
        "rotate-ccw",
        _("Pay, let the refund fail"),
        _("The first refund asked for is refused, the next one works."),
    ),
}
