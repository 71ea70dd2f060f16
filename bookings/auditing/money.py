"""What must be true of money: the books agree with each other, and nothing is kept that nobody agreed to pay."""

from collections.abc import Iterable, Mapping

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from bookings.models import Booking, BookingEvent, HostDue, Payment, Payout, Refund, Trade

Rows = Iterable[Mapping[str, object]]
Status = Booking.Status
Kind = Payment.Kind
FINISHED = (Status.WAIT_COMMENT, Status.COMPLETE)


def sum_of(rows: QuerySet, by: str, field: str = "amount_fen") -> Coalesce:
    """Return the sum of a field over the rows that belong to a booking through `by`."""
    summed = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(sum=Sum(field))
    return Coalesce(Subquery(summed.values("sum")), Value(0))


def with_sums() -> QuerySet:
    """Return bookings with what went back by itself (`unasked`), and whether they have ever been paid in time."""
    paid = BookingEvent.objects.filter(booking=OuterRef("pk"), to_status=Status.PAID)
    unasked = sum_of(Refund.objects.filter(actor=None), "booking")
    return Booking.objects.order_by().annotate(was_paid=Exists(paid), unasked=unasked)


def captured_not_the_payments() -> Rows:
    """What a booking says was paid is not the sum of what was."""
    captured = sum_of(Payment.objects.filter(kind=Kind.CAPTURED), "trade__booking")
    bookings = Booking.objects.order_by().annotate(sum=captured)
    return bookings.exclude(captured_fen=F("sum")).values("captured_fen", "sum", booking=F("pk")).iterator()


def refunded_not_the_refunds() -> Rows:
    """What a booking says goes back is not the sum of what does."""
    bookings = Booking.objects.order_by().annotate(sum=sum_of(Refund.objects.all(), "booking"))
    return bookings.exclude(refunded_fen=F("sum")).values("refunded_fen", "sum", booking=F("pk")).iterator()


def more_refunded_than_paid() -> Rows:
    """More goes back than was paid."""
    return Booking.objects.order_by().filter(refunded_fen__gt=F("captured_fen")).values(booking=F("pk")).iterator()


def paid_another_amount() -> Rows:
    """What was paid for a stay, less what came late and went back by itself, is not what was agreed."""
    paid = with_sums().filter(Q(status__in=Booking.COUNTED) | Q(was_paid=True))
    return paid.exclude(captured_fen=F("amount_fen") + F("unasked")).values("captured_fen", booking=F("pk")).iterator()


def money_kept_of_unpaid() -> Rows:
    """Something is kept of what was paid for a booking that never counted as paid."""
    unpaid = with_sums().filter(was_paid=False).exclude(status__in=Booking.COUNTED)
    return unpaid.exclude(captured_fen=F("refunded_fen")).values("captured_fen", booking=F("pk")).iterator()


def refund_not_paid_out_once() -> Rows:
    """A refund that is done has not one payment of its amount, or one that is not done has one."""
    payments = Payment.objects.filter(trade__booking=OuterRef("booking"), kind=Kind.REFUNDED)
    of_number = payments.filter(transaction=OuterRef("number"))
    refunds = Refund.objects.order_by().annotate(
        paid_out=Exists(of_number), exactly=Exists(of_number.filter(amount_fen=OuterRef("amount_fen")))
    )
    done = Q(state=Refund.State.DONE, exactly=True)
    return (
        refunds.exclude(done | ~Q(state=Refund.State.DONE) & Q(paid_out=False)).values("booking", "number").iterator()
    )


def paid_out_without_refund() -> Rows:
    """A payment to a guest belongs to no refund that is done."""
    refund = Refund.objects.filter(
        booking=OuterRef("trade__booking"), number=OuterRef("transaction"), state=Refund.State.DONE
    )
    paid_out = Payment.objects.order_by().filter(kind=Kind.REFUNDED)
    return paid_out.filter(~Exists(refund)).values("transaction", payment=F("pk")).iterator()


def money_moved_twice() -> Rows:
    """Two payments have the same number at the same provider."""
    moved = Payment.objects.order_by().values("provider", "transaction", "kind").annotate(times=Count("id"))
    return moved.filter(times__gt=1).values("provider", "transaction", "kind").iterator()


def trade_of_another_amount() -> Rows:
    """A trade, or what was paid for it, is not about its booking's amount."""
    other = Payment.objects.filter(trade=OuterRef("pk"), kind=Kind.CAPTURED).exclude(amount_fen=OuterRef("amount_fen"))
    trades = Trade.objects.order_by().annotate(is_paid_otherwise=Exists(other))
    wrong = ~Q(amount_fen=F("booking__amount_fen")) | Q(is_paid_otherwise=True)
    return trades.filter(wrong).values("booking", "number").iterator()


def trade_of_another_state() -> Rows:
    """A trade is not paid exactly when money came for it, or not open until its booking's deadline while that waits."""
    paid = Payment.objects.filter(trade=OuterRef("pk"), kind=Kind.CAPTURED)
    trades = Trade.objects.order_by().annotate(has_money=Exists(paid))
    is_paid, is_waiting = Q(state=Trade.State.CAPTURED), Q(booking__status=Status.WAIT_PAYMENT)
    is_open = Q(state=Trade.State.OPEN, expires_at=F("booking__expires_at"))
    wrong = is_paid & Q(has_money=False) | ~is_paid & Q(has_money=True) | is_waiting & ~is_open
    return trades.filter(wrong).values("booking", "number").iterator()


def trade_missing_or_too_early() -> Rows:
    """A booking that is to be paid or was has no trade, or one that was never accepted has one."""
    to_pay, never = (Status.WAIT_PAYMENT, *Booking.COUNTED), (Status.WAIT_ACCEPT, Status.REJECTED)
    wrong = Q(status__in=to_pay, trade=None) | Q(status__in=never, trade__isnull=False)
    return Booking.objects.order_by().filter(wrong).values("status", booking=F("pk")).iterator()


def due_missing_or_too_early() -> Rows:
    """A finished stay, or a cancelled one of which something is kept, owes its host nothing; or another one does."""
    bookings = Booking.objects.order_by().annotate(owes=Exists(HostDue.objects.filter(booking=OuterRef("pk"))))
    owing = Q(status__in=FINISHED) | Q(status=Status.CANCELED, captured_fen__gt=F("refunded_fen"))
    return bookings.filter(owing & Q(owes=False) | ~owing & Q(owes=True)).values("status", booking=F("pk")).iterator()


def due_not_what_is_left() -> Rows:
    """The lines of a due are together not what was paid less what went back, less a commission of no more than that."""
    sums = {
        name: sum_of(HostDue.objects.all(), "booking", f"{name}_fen") for name in ("paid", "refunded", "commission")
    }
    dues = Booking.objects.order_by().filter(Exists(HostDue.objects.filter(booking=OuterRef("pk")))).annotate(
        kept=F("captured_fen") - F("refunded_fen"), **sums, owed=sum_of(HostDue.objects.all(), "booking")
    )  # fmt: skip
    right = Q(paid=F("kept") + F("refunded"), owed=F("kept") - F("commission"), commission__gte=0, owed__gte=0)
    return dues.exclude(right).values("kept", "owed", booking=F("pk")).iterator()


def due_paid_twice() -> Rows:
    """A line of a due has two payouts."""
    paid = Payout.objects.order_by().values("due").annotate(times=Count("id"))
    return paid.filter(times__gt=1).values("due").iterator()


CHECKS = (
    captured_not_the_payments,
    refunded_not_the_refunds,
    more_refunded_than_paid,
    paid_another_amount,
    money_kept_of_unpaid,
    refund_not_paid_out_once,
    paid_out_without_refund,
    money_moved_twice,
    trade_of_another_amount,
    trade_of_another_state,
    trade_missing_or_too_early,
    due_missing_or_too_early,
    due_not_what_is_left,
    due_paid_twice,
)
