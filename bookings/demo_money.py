"""The money of the example site's stays: what was to be paid, what was, and what hosts are owed."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from bookings.models import Booking, HostDue, Payment, Trade
from listings.pricing import percent_of

PAID_AFTER = timedelta(hours=4)  # from the request
Status = Booking.Status


class Books:
    """Enters the money of bookings, and writes it once they are written."""

    def __init__(self) -> None:
        self.trades: list[Trade] = []
        self.payments: list[Payment] = []
        self.dues: list[HostDue] = []

    def enter(self, booking: Booking) -> None:
        """Enter what belongs to a booking's status."""
        if booking.status in Booking.COUNTED:
            self.paid(booking)
        elif booking.status == Status.WAIT_PAYMENT:
            self.trade(booking, Trade.State.OPEN, booking.expires_at)
        elif booking.status == Status.CANCELED:
            self.trade(booking, Trade.State.CLOSED, booking.created_at + timedelta(minutes=30))

    def trade(self, booking: Booking, state: str, until: datetime) -> Trade:
        """Enter what is to be paid until then, under a number that nothing else has."""
        trade = Trade(
            booking=booking,
            provider=settings.PAYMENT_PROVIDER,
            number=f"{booking.created_at:%Y%m%d}{len(self.trades):06d}{booking.request_key[:8]}",
            amount_fen=booking.amount_fen,
            expires_at=until,
            state=state,
            ask_at=until if state == Trade.State.OPEN else None,
            created_at=booking.created_at,
        )
        self.trades.append(trade)
        return trade

    def paid(self, booking: Booking) -> None:
        """Enter that it was paid and, once the stay was over, what its host is owed."""
        at = booking.created_at + PAID_AFTER
        booking.captured_fen = booking.amount_fen
        trade = self.trade(booking, Trade.State.CAPTURED, at + PAID_AFTER)
        self.payments.append(
            Payment(
                trade=trade,
                provider=trade.provider,
                transaction=f"{at:%Y%m%d}{booking.request_key[:20]}",
                kind=Payment.Kind.CAPTURED,
                amount_fen=booking.amount_fen,
                happened_at=at,
                created_at=at,
            )
        )
        if booking.status == Status.PAID:
            return
        commission = percent_of(booking.amount_fen, booking.commission_percent)
        self.dues.append(
            HostDue(
                booking=booking,
                paid_fen=booking.amount_fen,
                refunded_fen=0,
                commission_fen=commission,
                amount_fen=booking.amount_fen - commission,
                created_at=timezone.make_aware(datetime.combine(booking.check_out, time())),
            )
        )

    def write(self) -> None:
        """Write all of it; the bookings are there."""
        for rows in (self.trades, self.payments, self.dues):
            type(rows[0]).objects.bulk_create(rows, batch_size=1000)
