"""The examples of docs/api.md run as they stand, over HTTP."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.utils import timezone

from accounts.services import make_key
from bookings.factories import make_booking
from bookings.models import Booking
from ihome_project.operations import ERRCODES
from listings.factories import HouseImageFactory
from listings.models import Review

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = (site.BASE_DIR / "docs/api.md").read_text()


def examples(language: str) -> str:
    """All examples in one language, in their order: each goes on from the one before."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


@pytest.fixture
def run(live_server, settings, host, guest):
    """Run a program against a site where the guest has a key and a stay to review."""
    settings.SITE_URL = live_server.url
    guest.set_password("ihome-demo-2026")
    guest.save()
    house = HouseImageFactory(house__host=host, house__max_nights=0).house
    long_ago = timezone.localdate() - timedelta(days=9)
    make_booking(house, guest, long_ago, long_ago + timedelta(days=1), Booking.Status.WAIT_COMMENT)
    told = {"PATH": os.environ["PATH"], "SITE": live_server.url, "KEY": make_key(user=guest, name="docs")}

    def run(*program: str) -> str:
        done = subprocess.run(program, env=told, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def check_what_was_done(guest) -> None:
    order = Booking.objects.get(guest=guest, status=Booking.Status.CANCELED)
    assert order.captured_fen == order.amount_fen
    assert (Review.objects.get().author, Review.objects.get().comment) == (guest, "柿子真甜。")


def test_curl_books_pays_cancels_and_reviews(run, guest):
    said = run("bash", "-euo", "pipefail", "-c", examples("sh"))
    assert said.count('"errcode":"0"') == len(re.findall(r'^{"errcode', said, re.MULTILINE)) - 1  # nobody is logged in
    check_what_was_done(guest)


def test_python_books_pays_cancels_and_reviews(run, guest):
    said = run(sys.executable, "-W", "error", "-c", examples("python"))
    assert said.startswith("I am 王小明")
    check_what_was_done(guest)


def test_the_table_of_errcodes_is_that_of_the_schema():
    assert set(re.findall(r"\b4\d{3}\b", TEXT.partition("## With curl")[0])) == set(ERRCODES)
