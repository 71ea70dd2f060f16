"""A booking as an entry for somebody's own calendar (RFC 5545)."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from bookings.models import Booking
from ihome_project.templatetags.ihome import absolute


def calendar_of(booking: Booking) -> bytes:
    """Return a calendar with the stay in it, from check-in to check-out; where it is, only once it is paid.

    The same booking is always the same entry: opened again after a change, it takes the place of what was there.
    """
    calendar = Calendar()
    for name, value in {"prodid": "-//ihome//bookings//", "version": "2.0", "method": "PUBLISH"}.items():
        calendar.add(name, value)
    calendar.add_component(entry_of(booking))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def entry_of(booking: Booking) -> Event:
    """Return the stay as an entry."""
    events, house = list(booking.events.all()), booking.house
    facts = {
        "uid": f"booking-{booking.pk}@{urlsplit(settings.SITE_URL).hostname}",
        "summary": house.title,
        "dtstart": booking.check_in_at,
        "dtend": timezone.make_aware(datetime.combine(booking.check_out, house.check_out_time)),
        "status": status_of(booking),
        "url": absolute(reverse("booking", args=[booking.pk])),
        "dtstamp": events[-1].created_at,
        "last-modified": events[-1].created_at,
        "sequence": len(events) - 1,
    }
    if booking.is_paid:
        facts["location"] = f"{house.area.city_name} {house.area} {house.address}"
    entry = Event()
    for name, value in facts.items():
        entry.add(name, value)
    return entry


def status_of(booking: Booking) -> str:
    """Return how certain the stay is, in the words of calendars."""
    if booking.is_paid:
        return "CONFIRMED"
    return "TENTATIVE" if booking.is_waiting and not booking.has_run_out else "CANCELLED"
