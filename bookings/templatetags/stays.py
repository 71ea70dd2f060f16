"""Template words of bookings: their status, their history, what comes back, and instants."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from bookings import dues
from bookings.answer_forms import RejectForm
from bookings.cancellation import Share, Term
from bookings.models import Booking, BookingEvent
from ihome_project.templatetags.ihome import moment, yuan
from listings.pricing import Line

register = template.Library()
Status = Booking.Status
MINUTES_OF_HOUR = 60

BADGES = {
    Status.WAIT_ACCEPT: "badge badge--wait",
    Status.WAIT_PAYMENT: "badge badge--wait",
    Status.PAID: "badge badge--good",
    Status.REJECTED: "badge badge--bad",
}
# What happened, where the name of the new status would not say it.
EVENTS = {
    ("", Status.WAIT_ACCEPT): gettext_lazy("Nights asked for"),
    ("", Status.WAIT_PAYMENT): gettext_lazy("Nights booked and held"),
    (Status.WAIT_ACCEPT, Status.WAIT_PAYMENT): gettext_lazy("Request accepted"),
    (Status.WAIT_ACCEPT, Status.REJECTED): gettext_lazy("Request declined"),
    (Status.PAID, Status.WAIT_COMMENT): gettext_lazy("The stay is over"),
}
RAN_OUT = {
    Status.WAIT_ACCEPT: gettext_lazy("Ran out unanswered"),
    Status.WAIT_PAYMENT: gettext_lazy("Ran out unpaid"),
}
# One sentence for whatever terms are still ahead; each placeholder is the instant at which that share ends.
TERMS = {
    (Share.ALL, Share.ALL_BUT_FIRST): gettext_lazy(
        "Cancel by %(all)s and you get everything back; after that, until check-in, all but the first night."
    ),
    (Share.ALL_BUT_FIRST,): gettext_lazy("Cancel before check-in and you get back all but the first night."),
    (Share.ALL, Share.HALF): gettext_lazy(
        "Cancel by %(all)s and you get everything back; after that, until check-in, half of the price of the nights."
    ),
    (Share.HALF,): gettext_lazy("Cancel before check-in and you get back half of the price of the nights."),
    (Share.ALL, Share.HALF, Share.NOTHING): gettext_lazy(
        "Cancel by %(all)s and you get everything back; after that, until %(half)s, half of the price of the nights; "
        "later nothing of it."
    ),
    (Share.HALF, Share.NOTHING): gettext_lazy(
        "Cancel by %(half)s and you get back half of the price of the nights; later nothing of it."
    ),
    (Share.NOTHING,): gettext_lazy("The price of the nights does not come back any more."),
}


@register.filter
def until(now: datetime, deadline: datetime) -> str:
    """Write how long it is from one instant to another: 24 hours, or 30 minutes; never more than it is."""
    minutes = int((deadline - now).total_seconds()) // 60
    if minutes >= MINUTES_OF_HOUR:
        hours = minutes // MINUTES_OF_HOUR
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


@register.simple_tag
def booking_badge(booking: Booking, viewer: User | None = None) -> SafeString:
    """Draw the status of a booking; one that waits for the viewer's money asks for it."""
    if booking.has_run_out:
        return format_html('<span class="badge">{}</span>', _("Expired"))
    look = BADGES.get(booking.status, "badge")
    if viewer and booking.status == Status.WAIT_PAYMENT and booking.guest_id == viewer.pk:
        look = "badge badge--act"
    return format_html('<span class="{}">{}</span>', look, capfirst(booking.get_status_display()))


@register.filter
def phone(mobile: str) -> str:
    """Write a mobile number as people read it: 138 0013 8001."""
    local = mobile.removeprefix("+86")
    return f"{local[:3]} {local[3:7]} {local[7:]}"


@register.simple_tag
def arrival_badge(booking: Booking) -> SafeString:
    """Draw how near a paid stay is: who is there, who leaves tomorrow, who comes today, tomorrow or in some days."""
    today = timezone.localdate()
    if booking.status != Status.PAID or booking.check_out <= today:
        return SafeString("")
    days = (booking.check_in - today).days
    if days < 0:
        leaves = booking.check_out == today + timedelta(days=1)
        return format_html(
            '<span class="badge badge--good">{}</span>', _("Leaves tomorrow") if leaves else _("Here now")
        )
    near = {0: _("Arrives today"), 1: _("Arrives tomorrow")}
    words = near.get(days) or ngettext("In %(n)s day", "In %(n)s days", days) % {"n": days}
    look = "badge badge--act" if days in near else "badge badge--plain"
    return format_html('<span class="{}">{}</span>', look, words)


@register.simple_tag
def reject_form(booking: Booking) -> RejectForm:
    """Return the form that declines a request, with ids that no other request on the page has."""
    return RejectForm(auto_id=f"reject-{booking.pk}-%s")


@register.filter
def host_share(booking: Booking) -> int:
    """Return what is the host's of what a guest pays, or has paid and not got back."""
    kept_fen = booking.captured_fen - booking.refunded_fen if booking.captured_fen else booking.amount_fen
    return dues.host_share(booking, kept_fen)


@register.filter
def taken_off(fen: int) -> str:
    """Write an amount that is taken off: − ¥40; below zero it is added: + ¥40."""
    return f"− {yuan(fen)}" if fen >= 0 else f"+ {yuan(-fen)}"


@register.filter
def weekday(value: date) -> str:
    """Write the day of the week, short: 周日, or Sun."""
    return date_format(value, "D").replace("星期", "周")


@register.filter
def short_month(value: date) -> str:
    """Write a month without its year, short: 11月, or Nov."""
    return date_format(value, "n月" if (get_language() or "").startswith("zh") else "M")


@register.filter
def what(event: BookingEvent) -> str:
    """Say what happened to a booking."""
    if event.from_status == event.to_status:
        return _("A part is given back")
    if event.actor_id is None and event.to_status == Status.CANCELED:
        return str(RAN_OUT.get(event.from_status) or capfirst(event.get_to_status_display()))
    if event.actor_id and event.to_status == Status.COMPLETE:
        return _("Review written")
    label = EVENTS.get((event.from_status, event.to_status))
    return str(label or capfirst(event.get_to_status_display()))


@register.filter
def who(event: BookingEvent, viewer: User) -> str:
    """Say who did it: you, the guest, the host, our staff, or the clock."""
    if event.actor_id is None:
        return _("the payment provider") if event.to_status == Status.PAID else _("the clock")
    if event.actor_id == viewer.pk:
        return _("you")
    people = {event.booking.guest_id: _("the guest"), event.booking.house.host_id: _("the host")}
    return people.get(event.actor_id, _("our staff"))


@register.filter
def agreed_lines(booking: Booking) -> list[Line]:
    """Return the price lines that were agreed."""
    return [Line(**line) for line in booking.lines]


@register.filter
def sentence(terms: list[Term]) -> str:
    """Say in one sentence what comes back until when."""
    until = {term.share.value: moment(term.until) for term in terms}
    return TERMS[tuple(term.share for term in terms)] % until if terms else ""
