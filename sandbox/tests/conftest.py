"""A site that is served over HTTP to its own sandbox, and somebody who writes down what the sandbox tells it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

import pytest
from django.utils import timezone

from bookings import payments
from bookings.payments import Order, Provider, alipay


class Site(ThreadingHTTPServer):
    """Takes notifications; `answer` is what it says to them."""

    daemon_threads = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Endpoint)
        self.told, self.answer = [], b"success"


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append(dict(parse_qsl(body, strict_parsing=True)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def site(live_server, settings, monkeypatch) -> Iterator[Site]:
    """Have the sandbox served at a port, and its notifications arrive here."""
    settings.SITE_URL = live_server.url
    server = Site()
    monkeypatch.setattr(alipay, "notify_url", lambda: f"http://127.0.0.1:{server.server_port}/paid")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def provider(site) -> Provider:
    return payments.provider()


@pytest.fixture
def pay_url(provider) -> Callable[..., str]:
    """Return an address to pay at: 1445 yuan, in half an hour at the latest, under the number B1."""

    def start(*, number: str = "B1", amount_fen: int = 144_500, minutes: int = 30, is_phone: bool = False) -> str:
        order = Order(number, amount_fen, "胡同里的小院", timezone.now() + timedelta(minutes=minutes))
        return provider.start(order, is_phone=is_phone, return_url="http://ihome.example/bookings/1?from=pay")

    return start
