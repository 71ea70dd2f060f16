"""What guests and hosts are told of a booking: written in the transaction of what happened, each once."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.messages import Kind, register, tell
from accounts.models import User
from bookings.models import Booking, BookingEvent, Refund
from ihome_project.templatetags.ihome import moment, stay_dates, yuan

Status = Booking.Status
CHECK_IN_TIME = "%H:%M"
GUEST, HOST = "guest", "host"
NEWS: dict[tuple[str, str], list[tuple[str, str]]] = {
    ("", Status.WAIT_ACCEPT): [(HOST, "asked")],
    ("", Status.WAIT_PAYMENT): [(GUEST, "pay_by"), (HOST, "held")],
    (Status.WAIT_ACCEPT, Status.WAIT_PAYMENT): [(GUEST, "accepted")],
    (Status.WAIT_ACCEPT, Status.REJECTED): [(GUEST, "rejected")],
    (Status.WAIT_PAYMENT, Status.PAID): [(GUEST, "paid"), (HOST, "sold")],
    (Status.PAID, Status.WAIT_COMMENT): [(GUEST, "to_review")],
}


def show(facts: Mapping[str, Any]) -> dict[str, object]:
    """Turn what a message keeps of a booking into words of the active language."""
    shown = dict(facts)
    shown["stay"] = stay_dates(date.fromisoformat(facts["check_in"]), date.fromisoformat(facts["check_out"]))
    if facts.get("until"):
        shown["until"] = moment(datetime.fromisoformat(facts["until"]))
    if "fen" in facts:
        shown["amount"] = yuan(facts["fen"])
    return shown


def kind(name: str, words: str | Promise, icon: str, sms: str | Promise = "") -> Kind:
    """Return a kind of message about a booking."""
    return Kind(f"booking.{name}", words, icon, sms, show)


KINDS = (
    kind(
        "asked",
        _("A guest asks for %(home)s, %(stay)s. Answer by %(until)s."),
        "inbox",
        _("New request, answer by %(until)s"),
    ),
    kind("held", _("A guest has booked %(home)s, %(stay)s, and pays by %(until)s."), "calendar-check"),
    kind(
        "accepted",
        _("Your request for %(home)s, %(stay)s, is accepted. Pay by %(until)s."),
        "circle-check",
        _("Request accepted, pay by %(until)s"),
    ),
    kind("pay_by", _("%(home)s is held for you, %(stay)s. Pay by %(until)s."), "clock"),
    kind(
        "rejected",
        _("The host of %(home)s has declined your request, %(stay)s."),
        "circle-x",
        _("Request declined, %(stay)s"),
    ),
    kind(
        "paid", _("You have paid for %(home)s, %(stay)s. The address is in your booking."), "house", _("Booking paid")
    ),
    kind("sold", _("A guest has paid for %(home)s, %(stay)s."), "banknote", _("New paid stay, %(stay)s")),
    kind("ran_out", _("The request for %(home)s, %(stay)s, has run out."), "clock-alert"),
    kind("canceled", _("The booking of %(home)s, %(stay)s, is cancelled."), "calendar-x", _("Cancelled: %(stay)s")),
    kind("coming_back", _("%(amount)s for %(home)s, %(stay)s, goes back to you."), "undo-2"),
    kind("refunded", _("%(amount)s for %(home)s, %(stay)s, has been given back to you."), "undo-2"),
    kind(
        "tomorrow",
        _("Tomorrow you check in at %(home)s, from %(time)s. How to get in is in your booking."),
        "key-round",
        _("Tomorrow you check in, from %(time)s"),
    ),
    kind("arrives", _("Tomorrow a guest arrives at %(home)s, from %(time)s."), "key-round"),
    kind("to_review", _("How was %(home)s, %(stay)s? Say it within 30 days."), "star"),
    kind("reviewed", _("A guest has reviewed %(home)s, %(stay)s. You can reply once."), "star"),
    kind("replied", _("The host of %(home)s has replied to your review."), "message-square"),
)


def register_kinds() -> None:
    """Put the kinds of messages about bookings into the registry."""
    for each in KINDS:
        register(each)


def tell_of(booking: Booking, user: User, name: str, key: str, **facts: object) -> None:
    """Tell one side of a booking of one event, once for its key; inside the transaction of the event."""
    said = {
        "home": booking.house.title,
        "check_in": booking.check_in.isoformat(),
        "check_out": booking.check_out.isoformat(),
        "time": booking.check_in_time.strftime(CHECK_IN_TIME),
        **facts,
    }
    path = reverse("booking", args=[booking.pk])
    tell(user=user, kind=f"booking.{name}", key=f"{key}-{booking.pk}", facts=said, path=path)


def tell_of_change(booking: Booking, event: BookingEvent) -> None:
    """Tell who must know of a change of a booking's status, which is `event`; inside its transaction."""
    guest, host = booking.guest, booking.house.host
    until = booking.expires_at.isoformat() if booking.expires_at else ""
    for side, name in _news(booking, event):
        user = guest if side == GUEST else host
        tell_of(booking, user, name, name, **({"until": until} if until else {}))


def _news(booking: Booking, event: BookingEvent) -> Iterable[tuple[str, str]]:
    """Yield who is told what of a change."""
    to = event.to_status
    if to == Status.CANCELED:
        sides = {booking.guest_id: GUEST, booking.house.host_id: HOST}
        name = "canceled" if event.actor_id else "ran_out"
        return [(side, name) for user_id, side in sides.items() if user_id != event.actor_id]
    if to == Status.COMPLETE:
        return [(HOST, "reviewed")] if event.actor_id else []
    return NEWS.get((event.from_status, to), ())


def tell_of_refund(refund: Refund) -> None:
    """Tell a guest that money is on its way back, or has come back; inside the transaction of that."""
    name = "refunded" if refund.state == Refund.State.DONE else "coming_back"
    booking = refund.booking
    tell_of(booking, booking.guest, name, f"{name}-{refund.number}", fen=refund.amount_fen)


def tell_of_reply(booking: Booking) -> None:
    """Tell a guest that the host has replied to their review; inside the transaction of that."""
    tell_of(booking, booking.guest, "replied", "replied")


def tell_of_tomorrow(booking: Booking) -> None:
    """Remind both sides of a stay that begins tomorrow; inside a transaction."""
    tell_of(booking, booking.guest, "tomorrow", "tomorrow")
    tell_of(booking, booking.house.host, "arrives", "arrives")
