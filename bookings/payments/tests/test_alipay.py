"""The provider against a gateway on this machine that answers as Alipay does, or however a test wants it to."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qsl, urlsplit

import pytest

from bookings.errors import PaymentUnanswered
from bookings.payments import Order, RefundState, TradeState, alipay_client, rsa2
from bookings.payments.alipay import AlipayProvider
from bookings.payments.alipay_client import Account
from bookings.payments.tests.test_notification_mutations import GATEWAY_KEY, GENUINE, SAID, SITE_KEY

ORDER = Order("B1", 1234, "小院 A/B=C&D", datetime(2026, 11, 25, 2, 30, tzinfo=UTC))
PAID = {
    "code": "10000",
    "msg": "Success",
    "out_trade_no": "B1",
    "trade_no": "2026112521001104660200000001",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "1445.00",
    "send_pay_date": "2026-11-25 09:18:28",
    "subject": "小院 café",
}


def failed(sub_code: str, **more: str) -> dict[str, str]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "说明", **more}


class FakeAlipay(ThreadingHTTPServer):
    """Signs the answers that a test lays out, in turn, and remembers what was asked."""

    daemon_threads = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Gateway)
        self.answers, self.asked, self.key = [], [], GATEWAY_KEY
        self.status, self.headers, self.ready = 200, {}, Event()
        self.ready.set()

    def body_for(self, method: str) -> bytes:
        answer = self.answers.pop(0)
        if isinstance(answer, bytes):
            return answer
        value = json.dumps(answer, ensure_ascii=False).replace("/", "\\/")
        name = f"{method.replace('.', '_')}_response"
        return f'{{"{name}": {value}, "sign": "{rsa2.sign(value.encode(), self.key)}"}}'.encode()


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(parse_qsl(urlsplit(self.path).query) + parse_qsl(form))
        content = rsa2.content_of({name: value for name, value in fields.items() if name != "sign"})
        assert rsa2.is_signed(content, fields["sign"], rsa2.public_of(SITE_KEY))
        self.server.asked.append((fields["method"], json.loads(fields["biz_content"])))
        self.server.ready.wait(10)
        self.send_response(self.server.status)
        for header in self.server.headers.items():
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(self.server.body_for(fields["method"]))

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[FakeAlipay]:
    server = FakeAlipay()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.ready.set()
    server.shutdown()
    thread.join()
    server.server_close()


def account(address: str) -> Account:
    return Account("alipay", address, SAID["app_id"], SAID["seller_id"], SITE_KEY, rsa2.public_of(GATEWAY_KEY))


@pytest.fixture
def alipay(gateway) -> AlipayProvider:
    return AlipayProvider(account(f"http://127.0.0.1:{gateway.server_port}/gateway.do"))


def refund(alipay):
    return alipay.refund("B1", refund_number="R1", amount_fen=500, reason="行程有变")


@pytest.mark.parametrize(
    ("is_phone", "method", "product"),
    [(False, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"), (True, "alipay.trade.wap.pay", "QUICK_WAP_WAY")],
)
def test_a_guest_is_sent_to_the_cashier_with_what_we_have_signed(settings, is_phone, method, product):
    settings.SITE_URL = "https://ihome.example"
    url = AlipayProvider(account("https://openapi.alipay.com/gateway.do")).start(
        ORDER, is_phone=is_phone, return_url="https://ihome.example/bookings/1?paid=1"
    )
    fields = dict(parse_qsl(urlsplit(url).query))
    signature = fields.pop("sign")
    assert rsa2.is_signed(rsa2.content_of(fields), signature, rsa2.public_of(SITE_KEY))
    assert (fields["method"], fields["sign_type"], fields["charset"]) == (method, "RSA2", "utf-8")
    assert fields["notify_url"] == "https://ihome.example/api/v1.0/orders/payment"
    assert fields["return_url"] == "https://ihome.example/bookings/1?paid=1"
    content = json.loads(fields["biz_content"])
    content.pop("quit_url", None)
    assert content == {
        "out_trade_no": "B1",
        "product_code": product,
        "total_amount": "12.34",
        "subject": "小院 A B C D",
        "time_expire": "2026-11-25 10:30:00",
    }


def test_a_subject_that_alipay_would_refuse_gives_way_to_the_number():
    order = Order("B1", 1234, " / = & ", ORDER.expires_at)
    url = AlipayProvider(account("https://openapi.alipay.com/gateway.do")).start(order, is_phone=False, return_url="x:")
    assert json.loads(dict(parse_qsl(urlsplit(url).query))["biz_content"])["subject"] == "B1"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("WAIT_BUYER_PAY", TradeState.WAITING),
        ("TRADE_SUCCESS", TradeState.PAID),
        ("TRADE_FINISHED", TradeState.PAID),
        ("TRADE_CLOSED", TradeState.CLOSED),
    ],
)
def test_a_trade_is_read_as_it_stands(gateway, alipay, status, state):
    gateway.answers = [PAID | {"trade_status": status}]
    trade = alipay.query("B1")
    assert (trade.state, trade.amount_fen, trade.transaction) == (state, 144_500, PAID["trade_no"])
    assert trade.paid_at == datetime(2026, 11, 25, 1, 18, 28, tzinfo=UTC)
    assert gateway.asked == [("alipay.trade.query", {"out_trade_no": "B1"})]


def test_a_trade_that_nobody_began_is_absent(gateway, alipay):
    gateway.answers = [failed("ACQ.TRADE_NOT_EXIST")] * 3
    assert alipay.query("B1").state is TradeState.ABSENT
    assert alipay.query_refund("B1", refund_number="R1").state is RefundState.ABSENT
    assert alipay.close("B1") is None


UNCLEAR = {
    "a system error": {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "aop.ACQ.SYSTEM_ERROR"},
    "a system error of the business": failed("ACQ.SYSTEM_ERROR"),
    "too many calls": {"code": "40005", "msg": "Call Limited", "sub_code": "isv.call-limited"},
    "another trade": PAID | {"out_trade_no": "B2"},
    "no words": {},
    "no code": {"sub_code": "ACQ.TRADE_NOT_EXIST"},
    "a page": b"<html>busy</html>",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "deep": b"[" * 60_000,
    "nothing": b"",
    "no signature": json.dumps({"alipay_trade_query_response": PAID}).encode(),
    "an empty signature": json.dumps({"alipay_trade_query_response": PAID, "sign": ""}).encode(),
    "another's signature": json.dumps({"alipay_trade_query_response": PAID, "sign": GENUINE["sign"]}).encode(),
    "an error": json.dumps({"error_response": PAID, "sign": GENUINE["sign"]}).encode(),
}


@pytest.mark.parametrize("what", UNCLEAR)
def test_what_is_not_clear_stays_unknown(gateway, alipay, what, caplog):
    for ask in (
        lambda: alipay.query("B1"),
        lambda: alipay.close("B1"),
        lambda: alipay.query_refund("B1", refund_number="R1"),
        lambda: refund(alipay),
    ):
        gateway.answers = [UNCLEAR[what], b""]
        if what == "another trade" and len(gateway.asked) == 2:
            gateway.answers[0] = PAID | {"refund_status": "REFUND_SUCCESS"}  # of no refund that was asked for
        with pytest.raises(PaymentUnanswered):
            ask()
    assert caplog.text.count("payment.unanswered") >= 4


@pytest.mark.parametrize(
    "change", [{"total_amount": "1445"}, {"total_amount": 1445}, {"trade_status": "NEW"}, {"send_pay_date": "today"}]
)
def test_an_answer_that_cannot_be_read_stays_unknown(gateway, alipay, change):
    gateway.answers = [PAID | change]
    with pytest.raises(PaymentUnanswered):
        alipay.query("B1")


def test_an_answer_counts_only_as_it_was_signed(gateway, alipay):
    gateway.answers = [PAID]
    body = gateway.body_for("alipay.trade.query")
    assert alipay_client.read_answer(body, "alipay.trade.query", rsa2.public_of(GATEWAY_KEY)) == PAID
    for changed in (
        body.replace(b"1445.00", b"0001.00"),
        body.replace(b'"code": ', b'"code":'),
        body.replace("é".encode(), b"\\u00e9"),
        body.replace(b"alipay_trade_query", b"alipay_trade_close"),
        b'{"alipay_trade_query_response": {"code": "10000"}, ' + body[1:],
    ):
        with pytest.raises(ValueError, match="Alipay"):
            alipay_client.read_answer(changed, "alipay.trade.query", rsa2.public_of(GATEWAY_KEY))


def test_an_answer_signed_by_an_old_key_stays_unknown(gateway, alipay):
    gateway.answers, gateway.key = [PAID], rsa2.new_key()
    with pytest.raises(PaymentUnanswered):
        alipay.query("B1")


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_only_a_200_is_an_answer_and_no_redirect_is_followed(gateway, alipay, status):
    gateway.status, gateway.answers = status, [PAID]
    gateway.headers = {"Location": f"http://127.0.0.1:{gateway.server_port}/elsewhere"}
    with pytest.raises(PaymentUnanswered):
        alipay.query("B1")
    assert len(gateway.asked) == 1


def test_alipay_has_five_seconds_for_all_of_its_answer(gateway, alipay, monkeypatch, caplog):
    assert alipay_client.TIMEOUT == 5
    monkeypatch.setattr(alipay_client, "TIMEOUT", 0.3)
    gateway.ready.clear()
    gateway.answers = [PAID]
    with pytest.raises(PaymentUnanswered):
        alipay.query("B1")
    assert "TimeoutError" in caplog.text


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "http://[", "nowhere"])
def test_a_gateway_that_is_not_there_stays_unknown(address):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = address.format(port=free.getsockname()[1])
        with pytest.raises(PaymentUnanswered):
            AlipayProvider(account(address)).query("B1")


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "10000", "msg": "Success", "out_trade_no": "B1"},
        failed("ACQ.TRADE_STATUS_ERROR"),
        failed("ACQ.REASON_TRADE_STATUS_INVALID"),
    ],
)
def test_closing_leaves_a_trade_that_waits_for_nobody_alone(gateway, alipay, answer):
    gateway.answers = [answer]
    assert alipay.close("B1") is None


def test_a_refund_that_moves_money_is_done(gateway, alipay):
    gateway.answers = [{"code": "10000", "msg": "Success", "out_trade_no": "B1", "fund_change": "Y"}]
    assert refund(alipay).state is RefundState.DONE
    asked = {"out_trade_no": "B1", "out_request_no": "R1", "refund_amount": "5.00", "refund_reason": "行程有变"}
    assert gateway.asked == [("alipay.trade.refund", asked)]


def test_a_refund_asked_again_is_done_when_it_was_the_first_time(gateway, alipay):
    again = {"code": "10000", "msg": "Success", "out_trade_no": "B1", "fund_change": "N"}
    found = {"code": "10000", "msg": "Success", "out_trade_no": "B1", "out_request_no": "R1"}
    gateway.answers = [again, found | {"refund_status": "REFUND_SUCCESS"}]
    assert refund(alipay).state is RefundState.DONE
    gateway.answers = [again, found]
    with pytest.raises(PaymentUnanswered):
        refund(alipay)


def test_a_refund_that_is_surely_refused_says_why(gateway, alipay):
    gateway.answers = [failed("ACQ.SELLER_BALANCE_NOT_ENOUGH", sub_msg="卖家余额不足")]
    word = refund(alipay)
    assert (word.state, word.said) == (RefundState.REFUSED, "ACQ.SELLER_BALANCE_NOT_ENOUGH 卖家余额不足")


def test_a_refund_that_alipay_does_not_know_is_absent(gateway, alipay):
    gateway.answers = [{"code": "10000", "msg": "Success"}]
    assert alipay.query_refund("B1", refund_number="R1").state is RefundState.ABSENT
