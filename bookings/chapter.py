"""What bookings know about a person (see `accounts.privacy`): where they stayed, and who stayed with them."""

from collections.abc import Iterator

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.privacy import Chapter, Waiting
from bookings.dues import PARTS
from bookings.models import Booking, BookingQuerySet, HostDue, Refund
from bookings.services import expire_overdue_of
from ihome_project.templatetags.ihome import yuan

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
    stays = facts(Booking.objects.made_by(user)).prefetch_related("trade__payments", "refunds")
    hosted = facts(Booking.objects.hosted_by(user)).prefetch_related("dues__payout")
    return {
        "as_guest": [export_booking(booking) | export_money(booking) for booking in stays],
        "as_host": [export_booking(booking) | export_dues(booking) for booking in hosted],
    }


def facts(bookings: BookingQuerySet) -> BookingQuerySet:
    """Fetch with each booking what an export says of it."""
    return bookings.select_related("house").prefetch_related("events").order_by("pk")


def export_money(booking: Booking) -> dict:
    """Return what its guest has paid, and what goes or has gone back."""
    payments = booking.trade.payments.all() if hasattr(booking, "trade") else ()
    return {
        "payments": [
            {"kind": payment.kind, "amount_fen": payment.amount_fen, "at": payment.happened_at} for payment in payments
        ],
        "refunds": [
            {"amount_fen": refund.amount_fen, "reason": refund.reason, "state": refund.state, "done_at": refund.done_at}
            for refund in booking.refunds.all()
        ],
    }


def export_dues(booking: Booking) -> dict:
    """Return what a stay owes its host, line by line, and how each line was paid."""
    return {"dues": [export_due(line) for line in booking.dues.all()]}


def export_due(line: HostDue) -> dict:
    """Return a line of what a host is owed."""
    payout = getattr(line, "payout", None)
    said = {name: getattr(line, name) for name in PARTS} | {"at": line.created_at}
    return said | {
        "paid_at": payout.created_at if payout else None,
        "bank_reference": payout.bank_reference if payout else "",
    }


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
    """Keep an account open while a stay or a request of its is, on either side, or money is on its way."""
    mine = Booking.objects.made_by(user).still_open().count()
    if mine:
        words = ngettext("%(n)s stay of yours is not over.", "%(n)s stays of yours are not over.", mine)
        yield words % {"n": mine}
    hosted = Booking.objects.hosted_by(user).still_open().count()
    if hosted:
        words = ngettext("%(n)s stay in your homes is not over.", "%(n)s stays in your homes are not over.", hosted)
        yield words % {"n": hosted}
    yield from money_on_its_way(user)


def money_on_its_way(user: User) -> Iterator[str]:
    """Say what a guest is still to get back, and what a host and the site still owe each other."""
    back = Refund.objects.owed_to(user)
    if back_fen := back.aggregate(sum=Sum("amount_fen", default=0))["sum"]:
        yield _("%(amount)s is still on its way back to you.") % {"amount": yuan(back_fen)}
    owed_fen = HostDue.objects.owed_to(user).unpaid().aggregate(sum=Sum("amount_fen", default=0))["sum"]
    if owed_fen > 0:
        yield _("%(amount)s is still owed to you.") % {"amount": yuan(owed_fen)}
    if owed_fen < 0:
        yield _("You still owe %(amount)s for what went back to guests.") % {"amount": yuan(-owed_fen)}


CHAPTER = Chapter("bookings", export, waiting=waiting, objections=objections, lock=expire_overdue_of)
