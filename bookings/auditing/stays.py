"""What must be true of a booking by itself: its price, deadline, slot, history and review."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, Lag

from bookings.life import CHANGES
from bookings.models import OPEN_REQUESTS, Booking, BookingEvent
from listings.models import House, Review

Rows = Iterable[Mapping[str, object]]
Status = Booking.Status
PIECE = 2000  # bookings that are read at a time
PRICED = ("lines", "nights_fen", "cleaning_fee_fen", "amount_fen", "check_in", "check_out")
TIMED = ("expires_at", "check_in", "check_in_time")


def in_pieces(bookings: QuerySet[Booking], *fields: str) -> Iterator[Booking]:
    """Yield bookings with some fields only, never more than PIECE in memory."""
    last = 0
    while piece := list(bookings.filter(pk__gt=last).order_by("pk").only(*fields)[:PIECE]):
        yield from piece
        last = piece[-1].pk


def price_does_not_add_up() -> Rows:
    """The lines of a price are not its parts, or the parts not its amount, or the nights not those of the stay."""
    for booking in in_pieces(Booking.objects.all(), *PRICED):
        nights = [line for line in booking.lines if line["kind"] != "cleaning"]
        cleaning = [line for line in booking.lines if line["kind"] == "cleaning"]
        paid_for = sum(line["nights"] for line in nights if line["kind"] != "discount")
        if (
            _sum(nights) != booking.nights_fen
            or _sum(cleaning) != booking.cleaning_fee_fen
            or booking.amount_fen != booking.nights_fen + booking.cleaning_fee_fen
            or paid_for != booking.nights
        ):
            yield {"booking": booking.pk}


def _sum(lines: Sequence[dict]) -> int:
    return sum(line["amount_fen"] for line in lines)


def deadline_wrong() -> Rows:
    """A waiting request has no deadline or one past check-in, or another booking has one."""
    for booking in in_pieces(Booking.objects.waiting(), *TIMED):
        if booking.expires_at is None or booking.expires_at > booking.check_in_at:
            yield {"booking": booking.pk}
    others = Booking.objects.order_by().exclude(status__in=Booking.WAITING).filter(expires_at__isnull=False)
    yield from others.values(booking=F("pk")).iterator()


def slot_wrong() -> Rows:
    """A waiting request has no slot of the three, or another booking has one."""
    is_waiting = Q(status__in=Booking.WAITING)
    right = is_waiting & Q(open_slot__gte=1, open_slot__lte=OPEN_REQUESTS) | ~is_waiting & Q(open_slot=None)
    return Booking.objects.order_by().exclude(right).values(booking=F("pk")).iterator()


def slot_taken_twice() -> Rows:
    """Two requests of a guest have the same slot."""
    slots = Booking.objects.order_by().filter(open_slot__isnull=False).values("guest", "open_slot")
    return slots.annotate(taken=Count("id")).filter(taken__gt=1).values("guest", "open_slot").iterator()


def request_of_what_is_closed() -> Rows:
    """A request waits in a suspended home, or somebody of it is not active."""
    is_closed = Q(house__status=House.Status.SUSPENDED) | Q(guest__is_active=False) | Q(house__host__is_active=False)
    return Booking.objects.order_by().waiting().filter(is_closed).values("house", booking=F("pk")).iterator()


def history_jumps() -> Rows:
    """A line of a history does not begin where the one before it ended, or is a step that there is not."""
    before = Coalesce(Window(Lag("to_status"), partition_by=F("booking"), order_by="id"), Value(""))
    steps = Q(from_status="", to_status__in=Booking.WAITING)
    for was, changes in CHANGES.items():
        steps |= Q(from_status=was, to_status__in=[str(to) for to in changes])
    steps |= Q(from_status__in=Booking.COUNTED, to_status=F("from_status"), amount_fen__gt=0)
    lines = BookingEvent.objects.order_by().annotate(before=before)
    return lines.filter(~Q(before=F("from_status")) | ~steps).values("booking", event=F("pk")).iterator()


def history_ends_elsewhere() -> Rows:
    """The last line of a history is not the present status, or there is none."""
    last = BookingEvent.objects.filter(booking=OuterRef("pk")).order_by("-id").values("to_status")[:1]
    bookings = Booking.objects.order_by().annotate(last=Subquery(last))
    return bookings.filter(Q(last=None) | ~Q(last=F("status"))).values("status", booking=F("pk")).iterator()


def review_not_of_its_stay() -> Rows:
    """A review is not by the guest, of the home, and of a finished stay."""
    right = Q(status=Status.COMPLETE, review__author=F("guest"), review__house=F("house"))
    reviewed = Booking.objects.order_by().filter(review__isnull=False)
    return reviewed.exclude(right).values("review", booking=F("pk")).iterator()


def review_of_no_stay() -> Rows:
    """A review belongs to no booking."""
    stays = Booking.objects.filter(review=OuterRef("pk"))
    return Review.objects.order_by().filter(~Exists(stays)).values("house", review=F("pk")).iterator()


CHECKS = (
    price_does_not_add_up,
    deadline_wrong,
    slot_wrong,
    slot_taken_twice,
    request_of_what_is_closed,
    history_jumps,
    history_ends_elsewhere,
    review_not_of_its_stay,
    review_of_no_stay,
)
