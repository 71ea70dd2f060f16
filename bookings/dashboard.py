"""The first page of the admin in figures: what waits for staff, and what the last thirty days brought."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from accounts.models import Identity, Message, User
from bookings.charts import Chart, between, days_between, draw
from bookings.models import Booking, BookingEvent, HostDue, Payment, Refund
from ihome_project.templatetags.ihome import yuan
from listings.models import House, MissedSearch

DAYS = 30  # today among them
CAME, WENT = Q(kind=Payment.Kind.CAPTURED), Q(kind=Payment.Kind.REFUNDED)


@dataclass(frozen=True)
class Tile:
    """Rows that wait for staff: the right to see them, since when each waits, and the list that shows the same."""

    words: Any
    permission: str
    rows: Callable[[], QuerySet]
    since: str
    list_name: str
    query: str


@dataclass(frozen=True)
class Waiting:
    """How many rows of a tile wait, and for how long the oldest of them has."""

    words: Any
    count: int
    age: str
    address: str

    @property
    def shown(self) -> str:
        """The count as people read it."""
        return f"{self.count:,}"


TILES = (
    Tile(
        _("Identities to verify"),
        "accounts.view_identity",
        Identity.objects.waiting,
        "submitted_at",
        "admin:accounts_identity_changelist",
        "status__exact=submitted",
    ),
    Tile(
        _("Homes to review"),
        "listings.view_house",
        lambda: House.objects.filter(status=House.Status.PENDING),
        "updated_at",
        "admin:listings_house_changelist",
        "status__exact=pending",
    ),
    Tile(
        _("Refunds refused"),
        "bookings.view_refund",
        lambda: Refund.objects.filter(state=Refund.State.REFUSED),
        "created_at",
        "admin:bookings_refund_changelist",
        "state__exact=refused",
    ),
    Tile(
        _("Host dues to pay"),
        "bookings.view_hostdue",
        HostDue.objects.unpaid,
        "created_at",
        "admin:bookings_hostdue_changelist",
        "paid=no",
    ),
    Tile(
        _("Messages given up"),
        "accounts.view_message",
        lambda: Message.objects.filter(sms_state=Message.Sms.GIVEN_UP),
        "created_at",
        "admin:accounts_message_changelist",
        "state=given_up",
    ),
)
CHARTS = (
    Chart(
        _("Bookings made"),
        "bookings.view_booking",
        Booking.objects.all,
        "created_at",
        Count("pk"),
        "admin:bookings_booking_changelist",
        between("created_at"),
    ),
    Chart(
        _("Revenue"),
        "bookings.view_payment",
        Payment.objects.all,
        "happened_at",
        Sum("amount_fen", filter=CAME, default=0) - Sum("amount_fen", filter=WENT, default=0),
        "admin:bookings_payment_changelist",
        between("happened_at"),
        yuan,
    ),
    Chart(
        _("Cancelled, or not paid in time"),
        "bookings.view_booking",
        lambda: BookingEvent.objects.filter(to_status=Booking.Status.CANCELED),
        "created_at",
        Count("pk"),
        "admin:bookings_booking_changelist",
        lambda first, last: {"canceled": f"{first}..{last}"},
    ),
    Chart(
        _("New users"),
        "accounts.view_user",
        User.objects.all,
        "created_at",
        Count("pk"),
        "admin:accounts_user_changelist",
        between("created_at"),
    ),
    Chart(
        _("Searches without a result"),
        "listings.view_missedsearch",
        MissedSearch.objects.all,
        "day",
        Sum("times"),
        "admin:listings_missedsearch_changelist",
        days_between("day"),
    ),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what the dashboard shows to who reads it, in one query for each tile and each chart."""
    days = [timezone.localdate() - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    return {
        "tiles": [count_waiting(tile) for tile in TILES if request.user.has_perm(tile.permission)],
        "charts": [draw(chart, days) for chart in CHARTS if request.user.has_perm(chart.permission)],
    }


def count_waiting(tile: Tile) -> Waiting:
    """Return how many rows wait, and how long the oldest has, in one query."""
    found = tile.rows().order_by().aggregate(count=Count("pk"), oldest=Min(tile.since))
    age = timesince(found["oldest"], depth=1) if found["oldest"] else ""
    return Waiting(tile.words, found["count"], age, f"{reverse(tile.list_name)}?{tile.query}")
