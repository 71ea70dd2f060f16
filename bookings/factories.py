"""Bookings for tests, in any status, with the nights, the slot and the money that go with it."""

from datetime import date, timedelta
from uuid import uuid4

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from bookings.dues import write_due
from bookings.models import Booking, BookingEvent, HostDue, Payment, Payout, Refund, Settlement, StrayNotice, Trade
from listings.calendar import Stay, hold_nights
from listings.models import HeldNight, Hold, House
from listings.pricing import quote_stay

SOON = timedelta(minutes=30)
Status = Booking.Status
PAID = (Status.WAIT_PAYMENT, Status.PAID)
PATHS = {
    Status.WAIT_ACCEPT: (Status.WAIT_ACCEPT,),
    Status.WAIT_PAYMENT: (Status.WAIT_PAYMENT,),
    Status.PAID: PAID,
    Status.WAIT_COMMENT: (*PAID, Status.WAIT_COMMENT),
    Status.COMPLETE: (*PAID, Status.WAIT_COMMENT, Status.COMPLETE),
    Status.CANCELED: (Status.WAIT_PAYMENT, Status.CANCELED),
    Status.REJECTED: (Status.WAIT_ACCEPT, Status.REJECTED),
}


def make_booking(
    house: House, guest: User, check_in: date, check_out: date, status: str = Status.PAID, **fields: object
) -> Booking:
    """Make a booking as it would be in a status, without asking whether it may be made."""
    stay = Stay(check_in, check_out)
    waiting = status in Booking.WAITING
    deadline = fields.pop("expires_at", timezone.now() + SOON) if waiting else None
    hold = None if status in Booking.OVER else hold_nights(house, stay, expires_at=deadline)
    used = Booking.objects.made_by(guest).waiting().count()
    agreed = quote_stay(house, stay).as_agreed()
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
            "check_in_time": house.check_in_time,
            "commission_percent": settings.COMMISSION_PERCENT,
            "cancellation_policy": house.cancellation_policy,
            "captured_fen": agreed["amount_fen"] if status in Booking.COUNTED else 0,
            **agreed,
            **fields,
        }
    )
    was = ""
    for step in PATHS[status]:
        BookingEvent.objects.create(
            booking=booking, actor=guest, from_status=was, to_status=step, change_key=uuid4().hex
        )
        was = step
    make_money(booking)
    if status in Booking.COUNTED:
        House.objects.filter(pk=house.pk).update(booking_count=F("booking_count") + 1)
    return booking


def make_money(booking: Booking) -> None:
    """Write the trade, the payment and the host's due that belong to a booking's status."""
    if booking.status != Status.WAIT_PAYMENT and booking.status not in Booking.COUNTED:
        return
    is_open, now = booking.status == Status.WAIT_PAYMENT, timezone.now()
    trade = Trade.objects.create(
        booking=booking,
        provider=settings.PAYMENT_PROVIDER,
        number=f"{booking.pk:08d}{uuid4().hex[:8]}",
        amount_fen=booking.amount_fen,
        expires_at=booking.expires_at or now,
        state=Trade.State.OPEN if is_open else Trade.State.CAPTURED,
        ask_at=now if is_open else None,
    )
    if is_open:
        return
    Payment.objects.create(
        trade=trade,
        provider=trade.provider,
        transaction=uuid4().hex,
        kind=Payment.Kind.CAPTURED,
        amount_fen=trade.amount_fen,
        happened_at=now,
    )
    if booking.status != Status.PAID:
        write_due(booking)


def forget_bookings() -> None:
    """Delete all bookings with their histories and their money, which nothing else may do."""
    money = (Payout, HostDue, Payment, Refund, Trade, Settlement, StrayNotice)
    for model in (*money, BookingEvent, HeldNight, Booking, Hold):
        QuerySet(model).delete()
