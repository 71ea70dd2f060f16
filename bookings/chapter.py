"""What bookings know about a person (see `accounts.privacy`): where they stayed, and who stayed with them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from accounts.privacy import Chapter, Waiting
from bookings.models import Booking, BookingQuerySet
from bookings.services import expire_overdue_of

FACTS = (
    "check_in",
    "check_out",
    "guests",
    "status",
    "reason",
    "lines",
    "amount_fen",
    "deposit_fen",
    "refunded_fen",
    "created_at",
)


def export(user: User) -> dict:
    """Return stays as guest and as host, with what happened to each; the other side's name is theirs."""
    return {
        "as_guest": [export_booking(booking) for booking in facts(Booking.objects.made_by(user))],
        "as_host": [export_booking(booking) for booking in facts(Booking.objects.hosted_by(user))],
    }


def facts(bookings: BookingQuerySet) -> BookingQuerySet:
    """Fetch with each booking what an export says of it."""
    return bookings.select_related("house").prefetch_related("events").order_by("pk")


def export_booking(booking: Booking) -> dict:
    """Return a booking and its history."""
    history = [
        {"from": event.from_status, "to": event.to_status, "reason": event.reason, "at": event.created_at}
        for event in booking.events.all()
    ]
    said = {name: getattr(booking, name) for name in FACTS}
    return {"home": booking.house.title} | said | {"history": history}


def waiting(user: User) -> Iterator[Waiting]:
    """Tell of stays to be paid, and of guests who wait for an answer."""
    unpaid = Booking.objects.made_by(user).filter(status=Booking.Status.WAIT_PAYMENT).not_overdue().count()
    if unpaid:
        words = ngettext("%(n)s stay waits for your payment.", "%(n)s stays wait for your payment.", unpaid)
        yield Waiting(words % {"n": unpaid}, reverse("bookings"))
    asked = Booking.objects.hosted_by(user).filter(status=Booking.Status.WAIT_ACCEPT).not_overdue().count()
    if asked:
        words = ngettext("%(n)s guest waits for your answer.", "%(n)s guests wait for your answer.", asked)
        yield Waiting(words % {"n": asked}, reverse("guests-bookings"))


def objections(user: User) -> Iterator[str]:
    """Keep an account open while a stay or a request of its is, on either side."""
    mine = Booking.objects.made_by(user).still_open().count()
    if mine:
        words = ngettext("%(n)s stay of yours is not over.", "%(n)s stays of yours are not over.", mine)
        yield words % {"n": mine}
    hosted = Booking.objects.hosted_by(user).still_open().count()
    if hosted:
        words = ngettext("%(n)s stay in your homes is not over.", "%(n)s stays in your homes are not over.", hosted)
        yield words % {"n": hosted}


CHAPTER = Chapter("bookings", export, waiting=waiting, objections=objections, lock=expire_overdue_of)
