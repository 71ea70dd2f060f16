"""Bookings for tests, in any status, with the nights and the slot that go with it."""

from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, BookingEvent
from listings.calendar import Stay, hold_nights
from listings.models import House
from listings.pricing import quote_stay

SOON = timedelta(minutes=30)


def make_booking(
    house: House, guest: User, check_in: date, check_out: date, status: str = Booking.Status.PAID, **fields: object
) -> Booking:
    """Make a booking as it would be in a status, without asking whether it may be made."""
    stay = Stay(check_in, check_out)
    waiting = status in Booking.WAITING
    deadline = fields.pop("expires_at", timezone.now() + SOON) if waiting else None
    hold = None if status in Booking.OVER else hold_nights(house, stay, expires_at=deadline)
    used = Booking.objects.made_by(guest).waiting().count()
    booking = Booking.objects.create(
        **{
            "guest": guest,
            "house": house,
            "check_in": check_in,
            "check_out": check_out,
            "guests": 1,
            "status": status,
            "hold": hold,
            "expires_at": deadline,
            "open_slot": used + 1 if waiting else None,
            "request_key": uuid4().hex,
            "cancellation_policy": house.cancellation_policy,
            **quote_stay(house, stay).as_agreed(),
            **fields,
        }
    )
    BookingEvent.objects.create(booking=booking, actor=guest, to_status=status, change_key=uuid4().hex)
    return booking
