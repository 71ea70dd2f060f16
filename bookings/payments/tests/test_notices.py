"""What a genuine notification says."""

import pytest

from bookings.errors import NotificationRefused
from bookings.payments import Notice, TradeState, rsa2
from bookings.payments.alipay import AlipayProvider
from bookings.payments.tests.test_notification_mutations import ACCOUNT, GATEWAY_KEY, SAID


def notice_of(**said: str) -> Notice:
    fields = SAID | said
    signed = fields | {"sign": rsa2.sign(rsa2.content_of(fields), GATEWAY_KEY), "sign_type": "RSA2"}
    return AlipayProvider(ACCOUNT).parse(signed)


def test_a_notification_of_a_refund_says_how_the_trade_stands_after_it():
    part = notice_of(refund_fee="5.00", gmt_refund="2026-11-26 10:00:00.123", out_biz_no="R1")
    assert (part.trade.state, part.trade.amount_fen) == (TradeState.PAID, 144_500)
    assert notice_of(trade_status="TRADE_CLOSED", gmt_refund="2026-11-26 10:00:00").trade.state is TradeState.CLOSED


def test_what_staff_may_read_of_a_notification_names_no_buyer():
    facts = notice_of(seller_id="2088999").facts
    assert facts["seller_id"] == "2088999"
    assert set(facts) == {
        "out_trade_no", "trade_no", "trade_status", "total_amount", "app_id", "seller_id", "notify_id", "gmt_payment"
    }  # fmt: skip


def test_a_charset_may_be_written_in_capitals_where_it_is_signed_so():
    assert notice_of(charset="UTF-8").is_ours
    with pytest.raises(NotificationRefused):
        notice_of(charset="gbk")
