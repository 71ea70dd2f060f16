"""Bookings of stays with the history of each, and the money that moves for them."""

from bookings.models.money import HostDue, Payment, Payout, Refund, Settlement, StrayNotice, Trade
from bookings.models.stays import OPEN_REQUESTS, REASON_MOST, REVIEW_DAYS, Booking, BookingEvent, BookingQuerySet

__all__ = [
    "OPEN_REQUESTS",
    "REASON_MOST",
    "REVIEW_DAYS",
    "Booking",
    "BookingEvent",
    "BookingQuerySet",
    "HostDue",
    "Payment",
    "Payout",
    "Refund",
    "Settlement",
    "StrayNotice",
    "Trade",
]
