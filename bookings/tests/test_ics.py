"""A stay in somebody's own calendar."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import HouseFactory
from listings.models import House

Status = Booking.Status
ZONE = ZoneInfo("Asia/Shanghai")
ASKED = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_sunday_evening():
    with time_machine.travel(ASKED, tick=False):
        yield


@pytest.fixture
def open_file(client, guest, host, settings):
    """What the guest's calendar reads of a stay in a status."""
    settings.SITE_URL = "https://ihome.example:8443"
    client.force_login(guest)
    house = HouseFactory(host=host, title="柿子树下的小院, 东厢; 朝南", address="五道营胡同38号")

    def open_file(status: str, **fields):
        booking = make_booking(house, guest, date(2026, 12, 4), date(2026, 12, 7), status, **fields)
        response = client.get(reverse("booking-calendar", args=[booking.pk]))
        [entry] = Calendar.from_ical(response.content).walk("VEVENT")
        return booking, response, entry

    return open_file


def test_a_stay_lasts_from_check_in_to_check_out_in_the_sites_zone(open_file):
    booking, _, entry = open_file(Status.PAID)
    assert entry.decoded("dtstart") == datetime(2026, 12, 4, 15, tzinfo=ZONE)
    assert entry.decoded("dtend") == datetime(2026, 12, 7, 12, tzinfo=ZONE)
    assert entry["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert entry["uid"] == f"booking-{booking.pk}@ihome.example"
    assert entry["url"] == f"https://ihome.example:8443/bookings/{booking.pk}"
    assert entry["summary"] == "柿子树下的小院, 东厢; 朝南"
    assert entry.decoded("last-modified") == ASKED


def test_it_comes_as_a_file_that_nobody_keeps(open_file):
    booking, response, _ = open_file(Status.PAID)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="stay-{booking.pk}.ics"'
    assert "no-store" in response["Cache-Control"]
    assert b"BEGIN:VTIMEZONE" in response.content


@pytest.mark.parametrize(
    ("status", "said", "has_address"),
    [
        (Status.WAIT_ACCEPT, "TENTATIVE", False),
        (Status.WAIT_PAYMENT, "TENTATIVE", False),
        (Status.PAID, "CONFIRMED", True),
        (Status.COMPLETE, "CONFIRMED", True),
        (Status.CANCELED, "CANCELLED", False),
        (Status.REJECTED, "CANCELLED", False),
    ],
)
def test_it_says_how_certain_the_stay_is_and_where_only_once_it_is_paid(open_file, status, said, has_address):
    _, response, entry = open_file(status)
    assert entry["status"] == said
    assert ("location" in entry) == has_address
    assert ("38号".encode() in response.content) == has_address


def test_a_request_that_has_run_out_is_off(open_file):
    _, _, entry = open_file(Status.WAIT_PAYMENT, expires_at=ASKED)
    assert entry["status"] == "CANCELLED"


def test_nobody_elses_calendar_learns_of_it(open_file, client, stranger):
    booking, *_ = open_file(Status.PAID)
    client.force_login(stranger)
    assert client.get(reverse("booking-calendar", args=[booking.pk])).status_code == 404


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"])
def test_no_title_begins_a_line_of_its_own(client, open_file, end):
    booking, _, _ = open_file(Status.PAID)
    House.objects.filter(pk=booking.house_id).update(title=f"小院{end}ATTENDEE:mailto:evil@evil.example")
    response = client.get(reverse("booking-calendar", args=[booking.pk]))
    [entry] = Calendar.from_ical(response.content).walk("VEVENT")
    assert "evil.example" in entry["summary"]
    assert "attendee" not in entry
    assert not [line for line in response.content.split(b"\r\n") if line.startswith(b"ATTENDEE")]
