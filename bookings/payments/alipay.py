"""Takes money through Alipay's payments on web pages.

On a desk: https://opendocs.alipay.com/open/028r8t, on a phone: https://opendocs.alipay.com/open/02ivbs,
asking: https://opendocs.alipay.com/open/028woa, closing: https://opendocs.alipay.com/open/028wob,
refunding: https://opendocs.alipay.com/open/028sm9, asking for a refund: https://opendocs.alipay.com/open/028sma
"""

import re
from collections.abc import Mapping

from django.conf import settings

from bookings.errors import PaymentsNotSetUp
from bookings.payments import Notice, Order, RefundState, RefundWord, TradeState, TradeWord, rsa2
from bookings.payments.alipay_client import Account, ask, encoded, signed, unanswered
from bookings.payments.alipay_notice import read_notice
from bookings.payments.alipay_words import read_trade, write_fen, write_instant

NOTIFY_PATH = "/api/v1.0/orders/payment"  # fixed by the API contract
PAGE_PAY, WAP_PAY = "alipay.trade.page.pay", "alipay.trade.wap.pay"
QUERY, CLOSE = "alipay.trade.query", "alipay.trade.close"
REFUND, QUERY_REFUND = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
SUCCESS, FAILED = "10000", "40004"
NO_TRADE = "ACQ.TRADE_NOT_EXIST"
# Words with which a trade that waits for nobody's money is not closed.
NOT_WAITING = {NO_TRADE, "ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS"}
# An error of theirs, after which anything may have happened.
UNSURE = re.compile(r"SYSTEM_ERROR|UNKNOW|TIMEOUT|BUSY")
NOT_IN_SUBJECT = re.compile(r"[/=&\s\x00-\x1f]+")  # what Alipay refuses in one
SUBJECT_MOST, REASON_MOST, SAID_MOST = 128, 256, 200  # characters


class AlipayProvider:
    """An account at Alipay, or at whatever gateway speaks its protocol."""

    acknowledged = b"success"
    refused = b"fail"

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._account = account

    def start(self, order: Order, *, is_phone: bool, return_url: str) -> str:
        """Return the address of Alipay's cashier for an order, signed by us."""
        content = {
            "out_trade_no": order.number,
            "product_code": "QUICK_WAP_WAY" if is_phone else "FAST_INSTANT_TRADE_PAY",
            "total_amount": write_fen(order.amount_fen),
            "subject": NOT_IN_SUBJECT.sub(" ", order.subject).strip()[:SUBJECT_MOST] or order.number,
            "time_expire": write_instant(order.expires_at),
        }
        if is_phone:
            content["quit_url"] = return_url
        method = WAP_PAY if is_phone else PAGE_PAY
        fields = signed(self._account, method, content, notify_url=notify_url(), return_url=return_url)
        return f"{self._account.gateway}?{encoded(fields)}"

    def parse(self, fields: Mapping[str, str]) -> Notice:
        """Read a notification. Raises NotificationRefused unless Alipay has signed every bit of it."""
        return read_notice(fields, self._account)

    def query(self, number: str) -> TradeWord:
        """Ask how a trade stands. Raises PaymentUnanswered when that stays unknown."""
        answer = ask(self._account, QUERY, {"out_trade_no": number})
        if _refusal_of(answer) == NO_TRADE:
            return TradeWord(number=number, state=TradeState.ABSENT)
        self._expect(QUERY, answer, out_trade_no=number)
        try:
            return read_trade(answer, paid_at="send_pay_date")
        except ValueError:
            error = unanswered(QUERY, "unreadable")
        raise error

    def close(self, number: str) -> None:
        """See to it that nobody can pay a trade; one that is paid, closed or absent stays so.

        An absent one runs out with the deadline in its signed address. Raises PaymentUnanswered.
        """
        answer = ask(self._account, CLOSE, {"out_trade_no": number})
        if _refusal_of(answer) not in NOT_WAITING:
            self._expect(CLOSE, answer, out_trade_no=number)

    def refund(self, number: str, *, refund_number: str, amount_fen: int, reason: str) -> RefundWord:
        """Give back a part of a paid trade, once for each number.

        REFUSED only when Alipay has surely moved nothing. Raises PaymentUnanswered when that is not known.
        """
        content = {
            "out_trade_no": number,
            "out_request_no": refund_number,
            "refund_amount": write_fen(amount_fen),
            "refund_reason": reason[:REASON_MOST],
        }
        answer = ask(self._account, REFUND, content)
        refusal = _refusal_of(answer)
        if refusal and not UNSURE.search(refusal):
            return RefundWord(RefundState.REFUSED, said=f"{refusal} {answer.get('sub_msg', '')}".strip()[:SAID_MOST])
        self._expect(REFUND, answer, out_trade_no=number)
        if answer.get("fund_change") == "Y":
            return RefundWord(RefundState.DONE)
        # No money moved by this request: an earlier one of the same number may have moved it.
        word = self.query_refund(number, refund_number=refund_number)
        if word.state is not RefundState.DONE:
            raise unanswered(REFUND, "fund_change")
        return word

    def query_refund(self, number: str, *, refund_number: str) -> RefundWord:
        """Ask whether a refund has been carried out: DONE or ABSENT. Raises PaymentUnanswered."""
        content = {"out_trade_no": number, "out_request_no": refund_number}
        answer = ask(self._account, QUERY_REFUND, content)
        if _refusal_of(answer) == NO_TRADE:
            return RefundWord(RefundState.ABSENT)
        self._expect(QUERY_REFUND, answer)
        if answer.get("refund_status") != "REFUND_SUCCESS":
            return RefundWord(RefundState.ABSENT)
        self._expect(QUERY_REFUND, answer, **content)
        return RefundWord(RefundState.DONE)

    def _expect(self, method: str, answer: Mapping[str, object], **asked: str) -> None:
        """Raise PaymentUnanswered unless an answer is a success, and about what was asked."""
        if answer.get("code") != SUCCESS:
            raise unanswered(method, answer.get("sub_code") or answer.get("code"))
        if any(answer.get(name) != value for name, value in asked.items()):
            raise unanswered(method, "another")


def live() -> AlipayProvider:
    """Return the provider of the account at Alipay. Raises PaymentsNotSetUp without keys that can be read."""
    account = Account(
        name="alipay",
        gateway=settings.ALIPAY_GATEWAY,
        app_id=settings.ALIPAY_APP_ID,
        seller_id=settings.ALIPAY_SELLER_ID,
        private_key=settings.ALIPAY_PRIVATE_KEY,
        public_key=settings.ALIPAY_PUBLIC_KEY,
    )
    try:
        rsa2.read_private_key(account.private_key)
        rsa2.read_public_key(account.public_key)
    except ValueError:
        raise PaymentsNotSetUp from None
    return AlipayProvider(account)


def notify_url() -> str:
    """Return the address at which the site hears of a payment."""
    return settings.SITE_URL.rstrip("/") + NOTIFY_PATH


def _refusal_of(answer: Mapping[str, object]) -> str:
    """Return Alipay's word for why a request was right and its business was not done, or nothing."""
    return str(answer.get("sub_code") or "") if answer.get("code") == FAILED else ""
