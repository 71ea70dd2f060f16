"""How the tests of a booking's page make one, look at it, and send its forms."""

from datetime import UTC, date, datetime, timedelta

from django.urls import reverse

from bookings.factories import make_booking
from bookings.models import Booking

FRIDAY = date(2026, 12, 4)
ASKED = datetime(2026, 11, 22, 10, tzinfo=UTC)  # a Sunday evening in Shanghai


def book(guest, house, weeks=0, status=Booking.Status.PAID, **fields):
    """Make a booking of three nights from a Friday on, so many weeks after the first."""
    check_in = FRIDAY + timedelta(weeks=weeks)
    return make_booking(house, guest, check_in, check_in + timedelta(days=3), status, **fields)


def page(client, booking, name="booking", person=None):
    """Open a booking's page, as somebody else if told so."""
    if person:
        client.force_login(person)
    return client.get(reverse(name, args=[booking.pk]))


def send(client, booking, name, **data):
    """Send a form of a booking's page."""
    return client.post(reverse(name, args=[booking.pk]), data)
