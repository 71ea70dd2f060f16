"""Codes on their way to a mobile number."""

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from accounts import sms
from accounts.errors import SmsFailed
from accounts.sms import aliyun
from accounts.sms.aliyun import AliyunProvider
from accounts.sms.console import ConsoleProvider

CODE = "493817"
MESSAGE = {"mobile": "+8613800138002", "purpose": "login", "code": CODE}
KEY_ID, SECRET = "LTAI-example", "not-a-secret"
SIGNED = ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"]
REQUEST_ID = "F655A8D5-B967-440B-8683-DAD6FF8DE990"


class FakeAliyun(ThreadingHTTPServer):
    """Answers SendSms as Aliyun does, on this machine, or however a test wants it to."""

    daemon_threads = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Gateway)
        self.status, self.answer, self.location = 200, {"Code": "OK", "RequestId": REQUEST_ID, "BizId": "9"}, None
        self.nonces, self.messages = set(), []
        self.begins, self.ends = Event(), Event()  # its answer does when they are set
        self.be_quick()

    def be_quick(self):
        self.begins.set()
        self.ends.set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Gateway(BaseHTTPRequestHandler):
    """Judges a request before the fake answers: its headers, its age, its nonce and its signature."""

    def do_POST(self):
        status, answer = self.server.status, self.server.answer
        if said := self.what_is_wrong():
            status, answer = 400, {"Code": said, "RequestId": REQUEST_ID, "Message": f"{self.path} is not right"}
        else:
            self.server.messages.append(parse_qs(urlsplit(self.path).query, strict_parsing=True))
        self.server.begins.wait(10)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        while not self.server.ends.wait(0.05):
            self.wfile.write(b" ")
        self.wfile.write(body)

    def what_is_wrong(self) -> str:
        if any(name not in self.headers for name in SIGNED) or "content-type" in self.headers:
            return "MissingParameter"
        if (self.headers["x-acs-action"], self.headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
            return "InvalidAction.NotFound"
        sent = datetime.strptime(self.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - sent) > timedelta(minutes=15):
            return "InvalidTimeStamp.Expired"
        if self.headers["x-acs-signature-nonce"] in self.server.nonces:
            return "SignatureNonceUsed"
        self.server.nonces.add(self.headers["x-acs-signature-nonce"])
        return "" if self.headers["Authorization"] == self.right_authorization() else "SignatureDoesNotMatch"

    def right_authorization(self) -> str:
        """Sign the request as it has come, parameter by parameter."""
        path, _, query = self.path.partition("?")
        pairs = sorted((name, value) for name, [value] in parse_qs(query).items())
        canonical_query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
        body = hashlib.sha256(self.rfile.read(int(self.headers["Content-Length"]))).hexdigest()
        lines = [f"{name}:{self.headers[name].strip()}" for name in SIGNED]
        canonical = "\n".join([self.command, path, canonical_query, *lines, "", ";".join(SIGNED), body])
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.digest(SECRET.encode(), to_sign.encode(), "sha256").hex()
        return f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={';'.join(SIGNED)},Signature={signature}"

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def gateway(settings) -> Iterator[FakeAliyun]:
    server = FakeAliyun()
    settings.SMS_PROVIDER, settings.ALIYUN_SMS_ENDPOINT = "aliyun", server.address
    settings.ALIYUN_ACCESS_KEY_ID, settings.ALIYUN_ACCESS_KEY_SECRET = KEY_ID, SECRET
    settings.ALIYUN_SMS_SIGN_NAME, settings.ALIYUN_SMS_TEMPLATE = "爱家租房", "SMS_1530000"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.be_quick()
    server.shutdown()
    thread.join()
    server.server_close()


def refused() -> SmsFailed:
    """Send a code, and return the refusal once it is sure that it tells nobody's number or code."""
    with pytest.raises(SmsFailed) as caught:
        sms.provider().send(**MESSAGE)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert not [secret for secret in (CODE, "138") if secret in repr(caught.value)]
    return caught.value


def test_a_code_that_aliyun_takes_is_sent_to_eleven_digits(gateway):
    AliyunProvider().send(**MESSAGE)
    assert gateway.messages == [
        {
            "PhoneNumbers": ["13800138002"],
            "SignName": ["爱家租房"],
            "TemplateCode": ["SMS_1530000"],
            "TemplateParam": [json.dumps({"code": CODE})],
        }
    ]


def test_a_notice_fills_in_a_template_of_its_own(gateway, settings):
    settings.ALIYUN_SMS_NOTICE_TEMPLATE = "SMS_1530001"
    sms.provider().send_notice(mobile=MESSAGE["mobile"], words="房东接受了您的预订")
    [sent] = gateway.messages
    assert (sent["PhoneNumbers"], sent["TemplateCode"]) == (["13800138002"], ["SMS_1530001"])
    assert json.loads(sent["TemplateParam"][0]) == {"what": "房东接受了您的预订"}


def test_a_notice_is_cut_off_where_aliyun_takes_no_more(gateway, settings):
    settings.ALIYUN_SMS_NOTICE_TEMPLATE = "SMS_1530001"
    for words in ("长" * 35, "长" * 36):
        AliyunProvider().send_notice(mobile=MESSAGE["mobile"], words=words)
    sent = [json.loads(message["TemplateParam"][0])["what"] for message in gateway.messages]
    assert sent == ["长" * 35, "长" * 34 + "…"]


@pytest.mark.parametrize(("template", "sends"), [("SMS_1530001", True), ("", False)])
def test_aliyun_sends_notices_where_there_is_a_template_for_them(settings, template, sends):
    settings.SMS_PROVIDER, settings.ALIYUN_SMS_NOTICE_TEMPLATE = "aliyun", template
    assert sms.provider().sends_notices is sends


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "13800138002"}, "isv.AMOUNT_NOT_ENOUGH"),
        (503, b"Service Unavailable", "503"),
        (200, {"Code": "13800138002"}, "200"),
    ],
)
def test_a_refusal_tells_what_aliyun_said_and_no_number(gateway, status, answer, said):
    gateway.status, gateway.answer = status, answer
    assert refused().facts == {"said": said}


def test_every_request_has_a_nonce_of_its_own(gateway):
    for _ in range(3):
        AliyunProvider().send(**MESSAGE)
    assert len(gateway.messages) == len(gateway.nonces) == 3


def test_the_example_that_aliyun_publishes_is_signed_as_they_do(settings):
    settings.ALIYUN_ACCESS_KEY_ID, settings.ALIYUN_ACCESS_KEY_SECRET = "YourAccessKeyId", "YourAccessKeySecret"
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256().hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    published = "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    assert aliyun.authorization(headers, query).endswith(published)


def test_a_wrong_secret_sends_nothing(gateway, settings, caplog):
    settings.ALIYUN_ACCESS_KEY_SECRET = "another"
    refused()
    assert not gateway.messages
    assert "SignatureDoesNotMatch" in caplog.text
    assert REQUEST_ID in caplog.text


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发天级流控Permits:10", "RequestId": REQUEST_ID}),
        (200, {"Message": "OK"}),
        (200, b"<html>493817</html>"),
        (200, b"\xff\xfe"),
        (200, b"[" * 60_000),
        (200, b'["OK"]'),
        (200, b""),
        (201, {"Code": "OK"}),
        (500, {"Code": "OK"}),
        (500, b"Internal Server Error"),
    ],
)
def test_only_a_200_that_says_ok_is_a_code_on_its_way(gateway, status, answer):
    gateway.status, gateway.answer = status, answer
    refused()


def test_a_redirect_is_not_followed(gateway):
    gateway.status, gateway.location = 307, f"{gateway.address}/elsewhere"
    refused()
    assert len(gateway.messages) == 1


def test_what_aliyun_says_is_logged_but_neither_number_nor_code(gateway, caplog):
    gateway.answer = {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": f"13800138002 {CODE}", "RequestId": REQUEST_ID}
    refused()
    gateway.answer = {"Code": f"isv.{CODE}", "Message": "", "RequestId": f"13800138002-{CODE}"}
    refused()
    assert "isv.MOBILE_NUMBER_ILLEGAL" in caplog.text
    assert not [secret for secret in (CODE, "138001", SECRET) if secret in caplog.text]


@pytest.mark.parametrize("slow", ["begins", "ends"])
def test_aliyun_has_three_seconds_for_all_of_its_answer(gateway, monkeypatch, caplog, slow):
    assert aliyun.TIMEOUT == 3
    monkeypatch.setattr(aliyun, "TIMEOUT", 0.3)
    getattr(gateway, slow).clear()
    refused()
    assert "TimeoutError" in caplog.text
    assert not [secret for secret in (CODE, "138001") if secret in caplog.text]


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "http://[", "nowhere"])
def test_a_gateway_that_is_not_there_sends_nothing(gateway, settings, endpoint):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.ALIYUN_SMS_ENDPOINT = endpoint.format(port=free.getsockname()[1])
        refused()


def test_the_codes_never_go_in_the_clear_to_an_https_address(gateway, settings):
    settings.ALIYUN_SMS_ENDPOINT = gateway.address.replace("http:", "https:")
    refused()
    assert not gateway.messages


def test_the_console_prints_a_code_and_keeps_it_for_whoever_runs_the_site(settings, tmp_path, capsys):
    settings.SMS_PROVIDER, settings.VAR_DIR = "console", tmp_path / "var"
    for code in (CODE, "000123"):
        sms.provider().send(**MESSAGE | {"code": code})
    kept = [json.loads(line) for line in (tmp_path / "var" / "sms.jsonl").read_text().splitlines()]
    assert [(sent["mobile"], sent["purpose"], sent["code"]) for sent in kept] == [
        ("138****8002", "login", CODE),
        ("138****8002", "login", "000123"),
    ]
    assert datetime.fromisoformat(kept[0]["at"]).tzinfo
    assert f"138****8002 (login): {CODE}\n" in capsys.readouterr().out


def test_the_console_keeps_notices_with_their_words(settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    ConsoleProvider().send_notice(mobile=MESSAGE["mobile"], words="房东接受了您的预订")
    [kept] = [json.loads(line) for line in (tmp_path / "sms.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (kept["mobile"], kept["purpose"], kept["words"]) == ("138****8002", "notice", "房东接受了您的预订")
    assert "138****8002 (notice): 房东接受了您的预订\n" in capsys.readouterr().out


def test_the_console_tells_nobody_the_number(settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    ConsoleProvider().send(**MESSAGE)
    assert "13800138002" not in capsys.readouterr().out + (tmp_path / "sms.jsonl").read_text()
