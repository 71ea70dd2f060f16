"""What the sandbox answers the site."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from bookings.payments import RefundState, TradeState, rsa2
from bookings.payments.alipay_client import encoded, signed
from bookings.payments.sandbox import account
from sandbox import trades
from sandbox.models import SandboxRefund
from sandbox.tests.buttons import press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(pay_url):
    press(pay_url(), "pay")


def refund(provider, number="R1", amount_fen=500):
    return provider.refund("B1", refund_number=number, amount_fen=amount_fen, reason="行程有变")


def ask(client, method: str, content: dict, **changes: str) -> dict:
    fields = signed(account(), method, content) | changes
    return json.loads(client.post(f"/sandbox/gateway.do?{encoded(fields)}").content)


def test_a_trade_that_no_buyer_has_seen_is_absent(provider):
    assert provider.query("B1").state is TradeState.ABSENT
    assert provider.close("B1") is None
    assert refund(provider).said.startswith("ACQ.TRADE_NOT_EXIST")
    assert provider.query_refund("B1", refund_number="R1").state is RefundState.ABSENT


def test_closing_ends_what_waits_and_nothing_else(provider, pay_url, client):
    client.get(pay_url())
    assert provider.query("B1").state is TradeState.WAITING
    provider.close("B1")
    assert provider.query("B1").state is TradeState.CLOSED
    press(pay_url(number="B2"), "pay")
    provider.close("B2")
    assert provider.query("B2").state is TradeState.PAID


def test_a_part_comes_back_once_for_each_number(provider, paid):
    assert [refund(provider).state, refund(provider).state] == [RefundState.DONE] * 2
    assert [(given.number, given.amount_fen) for given in SandboxRefund.objects.all()] == [("R1", 500)]
    assert provider.query("B1").state is TradeState.PAID
    assert provider.query_refund("B1", refund_number="R1").state is RefundState.DONE
    assert provider.query_refund("B1", refund_number="R2").state is RefundState.ABSENT


def test_the_same_number_is_not_another_amount(provider, paid):
    refund(provider)
    assert refund(provider, amount_fen=600).said.startswith("ACQ.DISCORDANT_REPEAT_REQUEST")


def test_no_more_comes_back_than_was_paid(provider, paid):
    refund(provider)
    assert refund(provider, "R2", 144_001).said.startswith("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    assert refund(provider, "R2", 144_000).state is RefundState.DONE
    assert provider.query("B1").state is TradeState.CLOSED
    assert refund(provider, "R3", 1).state is RefundState.REFUSED
    assert refund(provider, "R2", 144_000).state is RefundState.DONE


def test_what_is_not_paid_is_not_refunded(provider, pay_url, client):
    client.get(pay_url())
    assert refund(provider).said.startswith("ACQ.TRADE_STATUS_ERROR")


def test_the_first_refund_can_fail_and_the_next_one_works(provider, pay_url):
    press(pay_url(), "refund_fails")
    word = refund(provider)
    assert (word.state, word.said) == (RefundState.REFUSED, "ACQ.SELLER_BALANCE_NOT_ENOUGH 卖家余额不足")
    assert provider.query_refund("B1", refund_number="R1").state is RefundState.ABSENT
    assert refund(provider).state is RefundState.DONE


def test_refunds_at_the_same_time_give_back_once(paid):
    def give(number: str) -> bool:
        try:
            return trades.refund("B1", refund_number=number, amount_fen=100_000)[1]
        except trades.Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(give, ["R1", "R2", "R3", "R4"])) == 1
    assert SandboxRefund.objects.count() == 1


def test_an_answer_has_alipays_shape_and_is_signed_as_it_is_written(client, provider, paid):
    fields = signed(account(), "alipay.trade.query", {"out_trade_no": "B1"})
    body = client.post(f"/sandbox/gateway.do?{encoded(fields)}").content
    answer = json.loads(body)
    assert list(answer) == ["alipay_trade_query_response", "sign"]
    raw = body[len(b'{"alipay_trade_query_response":') : body.index(b',"sign":')]
    assert rsa2.is_signed(raw, answer["sign"], account().public_key)
    assert answer["alipay_trade_query_response"]["trade_status"] == "TRADE_SUCCESS"


@pytest.mark.parametrize(
    ("changes", "sub_code"),
    [
        ({"sign": "AAAA"}, "isv.invalid-signature"),
        ({"sign": ""}, "isv.invalid-signature"),
        ({"biz_content": '{"out_trade_no": "B2"}'}, "isv.invalid-signature"),
        ({"added": ""}, "isv.invalid-signature"),
        ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
        ({"app_id": "2021"}, "isv.invalid-app-id"),
    ],
)
def test_what_the_site_has_not_signed_is_not_done(client, site, changes, sub_code):
    answer = ask(client, "alipay.trade.query", {"out_trade_no": "B1"}, **changes)["alipay_trade_query_response"]
    assert (answer["code"], answer["sub_code"]) == ("40002", sub_code)


@pytest.mark.parametrize("content", [{}, {"out_trade_no": ""}, {"out_trade_no": 1}, {"out_trade_no": "B 1"}])
def test_a_question_about_nothing_is_refused(client, site, content):
    answer = ask(client, "alipay.trade.query", content)["alipay_trade_query_response"]
    assert answer["sub_code"] == "ACQ.INVALID_PARAMETER"


@pytest.mark.parametrize("amount", ["0.00", "-5.00", "5", "5.001", ""])
def test_a_refund_of_no_amount_is_refused(client, provider, paid, amount):
    content = {"out_trade_no": "B1", "out_request_no": "R1", "refund_amount": amount}
    assert ask(client, "alipay.trade.refund", content)["alipay_trade_refund_response"]["code"] == "40004"
    assert not SandboxRefund.objects.exists()


def test_a_method_that_there_is_not_is_an_error(client, site):
    assert ask(client, "alipay.trade.cancel", {})["error_response"]["sub_code"] == "isv.invalid-method"
    assert json.loads(client.get("/sandbox/gateway.do").content)["error_response"]["code"] == "40002"
