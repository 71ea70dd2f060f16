"""Nothing but what Alipay has signed for this site counts as a notification."""

import pytest

from bookings.errors import NotificationRefused
from bookings.payments import TradeState, rsa2
from bookings.payments.alipay import AlipayProvider
from bookings.payments.alipay_client import Account
from bookings.payments.tests.mutations import mutations

GATEWAY_KEY, SITE_KEY = rsa2.new_key(), rsa2.new_key()
ACCOUNT = Account(
    name="alipay",
    gateway="https://openapi.alipay.com/gateway.do",
    app_id="9021000100000001",
    seller_id="2088000100000001",
    private_key=SITE_KEY,
    public_key=rsa2.public_of(GATEWAY_KEY),
)
SAID = {
    "app_id": ACCOUNT.app_id,
    "buyer_id": "2088000100000002",
    "buyer_logon_id": "159****5620",
    "charset": "utf-8",
    "fund_bill_list": '[{"amount":"1445.00","fundChannel":"ALIPAYACCOUNT"}]',
    "gmt_create": "2026-11-25 09:18:12",
    "gmt_payment": "2026-11-25 09:18:28",
    "notify_id": "ac05099524730693a8b330c5ecf72da9786",
    "notify_time": "2026-11-25 09:18:29",
    "notify_type": "trade_status_sync",
    "out_trade_no": "B1",
    "seller_id": ACCOUNT.seller_id,
    "subject": "胡同里的小院 café",
    "total_amount": "1445.00",
    "trade_no": "2026112521001104660200000001",
    "trade_status": "TRADE_SUCCESS",
    "version": "1.0",
}
GENUINE = SAID | {"sign": rsa2.sign(rsa2.content_of(SAID), GATEWAY_KEY), "sign_type": "RSA2"}
OTHERS = {"an old key of Alipay's": rsa2.new_key(), "the site's own key": SITE_KEY}
MUTATIONS = {mutation.name: mutation.fields for mutation in mutations(GENUINE, GATEWAY_KEY, OTHERS)}


def test_a_genuine_notification_is_read():
    notice = AlipayProvider(ACCOUNT).parse(GENUINE)
    assert (notice.is_ours, notice.trade.number, notice.trade.state) == (True, "B1", TradeState.PAID)
    assert notice.trade.amount_fen == 144_500


def test_there_are_hundreds_of_mutations_and_each_differs():
    assert len(MUTATIONS) >= 200
    assert all(fields != GENUINE for fields in MUTATIONS.values())


@pytest.mark.parametrize("name", MUTATIONS)
def test_no_mutation_of_a_notification_counts(name):
    try:
        notice = AlipayProvider(ACCOUNT).parse(MUTATIONS[name])
    except NotificationRefused:
        return
    assert not notice.is_ours
    assert name.startswith("genuine, ")
