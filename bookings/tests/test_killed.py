"""The site is killed in the midst of booking and paying, comes back, and everything converges.

A real site over a database of its own: gunicorn, whose master brings a killed process back, and the worker.
"""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPException
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from sandbox import notices
from sandbox.models import SandboxTrade
from sandbox.tests.buttons import press

ROOT = Path(__file__).resolve().parents[2]
KILLING = Path(__file__).parent / "killing"
GONE = (OSError, HTTPException)  # what a client sees of a site that is killed, urllib's errors among them
KILLED, WAITS = -9, 30  # seconds
days = count(3, 5)
pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="has a database of its own: once is enough")


class Site:
    """A site in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.url, self.armed = folder, f"http://127.0.0.1:{port}", folder / "armed"
        self.env = os.environ | {
            "PORT": str(port), "SITE_URL": self.url, "DEBUG": "0", "REDIS_URL": "", "IHOME_VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "DJANGO_SETTINGS_MODULE": "ihome_project.settings",
            "PYTHONPATH": f"{KILLING}:{ROOT}", "KILL_POINT": str(self.armed),
        }  # fmt: skip
        made = self.run(KILLING / "make_site.py")
        assert made.returncode == 0, made.stderr
        self.key, house = made.stdout.split()
        self.house = int(house)

    def run(self, *command: object) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *map(str, command)], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )

    def work(self) -> int:
        return self.run("manage.py", "run_due").returncode

    def serve(self) -> subprocess.Popen:
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        with (self.folder / "log").open("w") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def wait(self) -> None:
        for _ in range(WAITS * 10):
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except GONE:
                time.sleep(0.1)
            else:
                return
        pytest.fail((self.folder / "log").read_text())

    def ask(self, path: str, fields: dict, *, method: str = "POST", **headers: str) -> dict:
        head = {"Authorization": f"Token {self.key}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(f"{self.url}/api/v1.0{path}", json.dumps(fields).encode(), head, method=method)
        with urllib.request.urlopen(request, timeout=WAITS) as answer:
            return json.load(answer)["data"]

    def rows(self, sql: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as database, database:
            return database.execute(sql, values).fetchall()

    def state(self, booking: int) -> tuple:
        (state,) = self.rows(
            "SELECT b.status, b.captured_fen = b.amount_fen, b.refunded_fen = b.amount_fen, "
            "(SELECT count(*) FROM bookings_payment WHERE trade_id = t.id) "
            "FROM bookings_booking b LEFT JOIN bookings_trade t ON t.booking_id = b.id WHERE b.id = ?",
            booking,
        )
        return state

    def make_due(self, booking: int) -> None:
        """Let the time come at which the provider is asked about a booking."""
        self.rows("UPDATE bookings_trade SET ask_at = ? WHERE booking_id = ? AND state = 'open'", ago(1), booking)
        self.rows("UPDATE bookings_refund SET try_at = ? WHERE booking_id = ? AND state <> 'done'", ago(1), booking)

    def give_up_claims(self) -> None:
        """Let the minute pass after which a request with a key is taken for dead."""
        self.rows("UPDATE accounts_keptanswer SET leased_until = ? WHERE leased_until IS NOT NULL", ago(1))

    def notify(self, booking: int) -> bool:
        """Have the provider send its notification again."""
        ((number, transaction, amount),) = self.rows(
            'SELECT s.number, s."transaction", s.amount_fen FROM sandbox_sandboxtrade s '
            "JOIN bookings_trade t ON t.number = s.number WHERE booking_id = ?",
            booking,
        )
        trade = SandboxTrade(
            number=number, transaction=transaction, amount_fen=amount, subject="x", paid_at=timezone.now()
        )
        fields = notices.signed(
            notices.payment_notice(trade), (self.folder / "sandbox_gateway_key").read_text().strip()
        )
        return notices.deliver(f"{self.url}/api/v1.0/orders/payment", fields)


def ago(minutes: int) -> str:
    """Write an instant as SQLite keeps it."""
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S.%f}"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """Serve it for all tests; in the end nothing at all may be wrong."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = Site(tmp_path_factory.mktemp("killed"), port)
    server = site.serve()
    yield site
    server.terminate()
    assert server.wait(timeout=WAITS) == 0
    audit = site.run("manage.py", "audit")
    assert (audit.returncode, audit.stdout.splitlines()[-1].split(", ")[-1]) == (0, "0 faults."), audit.stdout


@pytest.fixture
def request_for_dates(site) -> dict:
    """A request for nights that nobody else wants."""
    site.wait()
    first = date.today() + timedelta(days=next(days))  # noqa: DTZ011 — some day soon
    return {"house_id": site.house, "start_date": str(first), "end_date": str(first + timedelta(days=2))}


@pytest.fixture
def booking(site, request_for_dates) -> int:
    return site.ask("/orders", request_for_dates)["order_id"]


def pay(site: Site, booking: int) -> int:
    return press(site.ask(f"/orders/{booking}/payment", {})["pay_url"], "pay")[0]


def dies(site: Site, act) -> None:
    """See the site killed by what somebody does, and wait until it is back."""
    with pytest.raises(GONE):
        act()
    assert not site.armed.exists()
    site.wait()


@pytest.mark.parametrize(
    "point",
    [
        "before bookings.services.hold_nights",
        "after bookings.services.hold_nights",
        "after bookings.services._write_booking",
        "after bookings.services._hold_and_book",  # committed, and the answer never sent
    ],
)
def test_a_request_that_was_cut_off_is_one_booking_when_it_comes_again(site, request_for_dates, point):
    key = uuid4().hex
    before = site.rows("SELECT count(*) FROM bookings_booking")[0][0]
    site.armed.write_text(point)
    dies(site, lambda: site.ask("/orders", request_for_dates, **{"Idempotency-Key": key}))
    with pytest.raises(urllib.error.HTTPError, match="409"):  # it may still be at work
        site.ask("/orders", request_for_dates, **{"Idempotency-Key": key})
    site.give_up_claims()
    made = [site.ask("/orders", request_for_dates, **{"Idempotency-Key": key})["order_id"] for _ in range(2)]
    assert made[0] == made[1]
    assert site.rows("SELECT count(*) FROM bookings_booking")[0][0] == before + 1
    assert pay(site, made[0]) == 303
    assert site.state(made[0]) == ("PAID", 1, 0, 1)


@pytest.mark.parametrize("point", ["after bookings.paying.write_capture", "after bookings.paying._capture"])
@pytest.mark.parametrize("hears_by", ["notification", "asking"])
def test_a_payment_that_was_cut_off_counts_once(site, booking, point, hears_by):
    site.armed.write_text(point)
    dies(site, lambda: pay(site, booking))
    if hears_by == "asking":
        site.make_due(booking)
        assert site.work() == 0
    assert site.notify(booking)
    assert site.state(booking) == ("PAID", 1, 0, 1)


@pytest.mark.parametrize("point", ["before bookings.refunding._send", "before bookings.refunding._finish"])
def test_a_refund_that_was_cut_off_goes_back_once(site, booking, point):
    pay(site, booking)
    site.ask(f"/orders/{booking}/status", {"action": "cancel"}, method="PUT")
    site.armed.write_text(point)
    assert site.work() == KILLED
    site.make_due(booking)
    assert site.work() == 0
    assert site.state(booking) == ("CANCELED", 1, 1, 2)
    given = "SELECT count(*) FROM sandbox_sandboxrefund r JOIN bookings_refund b ON b.number = r.number"
    assert site.rows(f"{given} WHERE booking_id = ?", booking) == [(1,)]


def test_an_expiry_that_was_cut_off_between_the_provider_and_us_is_done_later(site, booking):
    press(site.ask(f"/orders/{booking}/payment", {})["pay_url"], "fail")  # from now on the provider knows the trade
    site.rows("UPDATE bookings_booking SET expires_at = ? WHERE id = ?", ago(2), booking)
    site.rows("UPDATE bookings_trade SET expires_at = ? WHERE booking_id = ?", ago(2), booking)
    site.rows(
        "UPDATE listings_heldnight SET expires_at = ? "
        "WHERE hold_id = (SELECT hold_id FROM bookings_booking WHERE id = ?)",
        ago(2),
        booking,
    )
    site.make_due(booking)
    site.armed.write_text("before bookings.paying._expire")
    assert site.work() == KILLED
    assert site.state(booking)[0] == "WAIT_PAYMENT"
    site.make_due(booking)
    assert site.work() == 0
    assert site.state(booking) == ("CANCELED", 0, 0, 0)
