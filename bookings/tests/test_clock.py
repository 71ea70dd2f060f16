"""What the clock does: late, twice or by several at once it comes to the same."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from bookings import clock as clock_module
from bookings.clock import run_due
from bookings.factories import make_booking
from bookings.models import Booking, HostDue
from listings.factories import HouseFactory, block_nights
from listings.models import Hold, House

Status = Booking.Status
ZONE = timezone.get_default_timezone()
NOON = datetime(2026, 11, 22, 12, tzinfo=ZONE)
D4, D7 = date(2026, 12, 4), date(2026, 12, 7)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def house(db, host, clock) -> House:
    return HouseFactory(host=host)


def status_at(clock, booking: Booking, moment: datetime) -> str:
    clock.move_to(moment)
    run_due()
    booking.refresh_from_db()
    return booking.status


def test_a_stay_is_over_at_midnight_of_the_day_of_leaving(house, guest, clock):
    booking = make_booking(house, guest, D4, D7)
    midnight = datetime(2026, 12, 7, tzinfo=ZONE)
    assert status_at(clock, booking, midnight - timedelta(seconds=1)) == Status.PAID
    assert status_at(clock, booking, midnight) == Status.WAIT_COMMENT
    assert HostDue.objects.get().amount_fen == booking.amount_fen * 9 // 10


def test_a_stay_that_nobody_reviews_is_complete_after_30_days(house, guest, clock):
    booking = make_booking(house, guest, D4, D7, Status.WAIT_COMMENT)
    last = datetime(2027, 1, 6, tzinfo=ZONE)
    assert status_at(clock, booking, last - timedelta(seconds=1)) == Status.WAIT_COMMENT
    assert status_at(clock, booking, last) == Status.COMPLETE


def test_a_worker_that_comes_months_late_does_all_of_it_in_one_run(house, guest, clock):
    booking = make_booking(house, guest, D4, D7)
    assert status_at(clock, booking, NOON + timedelta(days=300)) == Status.COMPLETE
    assert [event.to_status for event in booking.events.all()][-2:] == [Status.WAIT_COMMENT, Status.COMPLETE]
    assert HostDue.objects.count() == 1


def test_an_unanswered_request_runs_out_at_its_deadline(house, guest, clock):
    booking = make_booking(house, guest, D4, D7, Status.WAIT_ACCEPT, expires_at=NOON + timedelta(hours=24))
    assert status_at(clock, booking, NOON + timedelta(hours=24, seconds=-1)) == Status.WAIT_ACCEPT
    assert status_at(clock, booking, NOON + timedelta(hours=24)) == Status.CANCELED
    assert not Hold.objects.exists()


def test_a_hold_is_pruned_whole_60_days_after_its_last_night(house, guest, clock):
    booking = make_booking(house, guest, D4, D7, Status.COMPLETE)
    block_nights(house, D7 + timedelta(days=3), D7 + timedelta(days=4))
    clock.move_to(datetime(2027, 2, 5, 12, tzinfo=ZONE))  # the night of the 7th was 60 days ago
    run_due()
    assert Hold.objects.count() == 2
    clock.shift(timedelta(days=1))
    run_due()
    booking.refresh_from_db()
    assert booking.hold is None
    assert [hold.kind for hold in Hold.objects.all()] == ["block"]


def test_a_request_that_nobody_looked_at_for_months_expires_before_its_hold_goes(house, guest, clock, settings):
    booking = make_booking(house, guest, D4, D7, Status.WAIT_PAYMENT)
    settings.SITE_URL = "http://127.0.0.1:9"  # its provider does not answer
    clock.move_to(NOON + timedelta(days=200))
    run = run_due()
    booking.refresh_from_db()
    assert (run.failed, booking.status, booking.hold) == (0, Status.CANCELED, None)


def test_what_fails_does_not_keep_the_rest_from_being_done(house, guest, clock, monkeypatch):
    bad = make_booking(house, guest, D4, D7)
    good = make_booking(house, guest, D7 + timedelta(days=1), D7 + timedelta(days=2))
    through = clock_module.catch_up

    def catch_up(booking: Booking) -> None:
        if booking.pk == bad.pk:
            raise ZeroDivisionError
        through(booking)

    monkeypatch.setattr(clock_module, "catch_up", catch_up)
    clock.move_to(NOON + timedelta(days=30))
    with pytest.raises(CommandError):
        call_command("run_due", stdout=StringIO())
    good.refresh_from_db()
    assert good.status == Status.WAIT_COMMENT


def test_the_command_says_what_it_has_done(house, guest, clock):
    make_booking(house, guest, D4, D7)
    clock.move_to(datetime(2026, 12, 8, 12, tzinfo=ZONE))
    said = StringIO()
    call_command("run_due", stdout=said)
    assert "1 bookings" in said.getvalue()
    call_command("run_due", stdout=said)
    assert said.getvalue().count("bookings") == 1


@pytest.fixture
def start(tmp_path):
    """Start a worker on a database of its own that has no tables yet, as one that is away."""
    place = {"IHOME_VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "REDIS_URL": ""}

    def start(*command: str) -> subprocess.Popen:
        environment = os.environ | place
        return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.PIPE)  # noqa: S603

    return start


def test_a_worker_stops_when_told_to_also_while_the_database_is_away(start):
    worker = start(sys.executable, "manage.py", "run_due", "--loop", "--pause=0.1")
    assert b"database" in worker.stderr.readline()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    worker.stderr.close()


def test_a_worker_beside_a_server_ends_with_it(start):
    code = (
        "import subprocess, sys, time; "
        "print(subprocess.Popen([sys.executable, 'manage.py', 'run_due', '--loop', '--beside', '--pause=0.1']).pid, "
        "file=sys.stderr, flush=True); time.sleep(60)"
    )
    server = start(sys.executable, "-c", code)
    worker = int(server.stderr.readline())
    assert b"database" in server.stderr.readline()
    server.kill()
    server.wait(timeout=10)
    server.stderr.close()
    assert has_ended(worker)


def has_ended(pid: int) -> bool:
    """Wait some seconds for a process that is nobody's child any more."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
