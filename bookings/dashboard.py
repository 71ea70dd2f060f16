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
from bookings.models import Booking, BookingEvent, HostDue, Payment, Refund, StrayNotice, Trade
from ihome_project.templatetags.ihome import yuan
from listings.models import House, MissedSearch, Report

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
        House.objects.to_review,
        "waits_since",
        "admin:listings_house_changelist",
        "to_review=yes",
    ),
    Tile(
        _("Reports to look at"),
        "listings.view_report",
        Report.objects.waiting,
        "created_at",
        "admin:listings_report_changelist",
        "state__exact=open",
    ),
    Tile(
        _("Stays left to staff"),
        "bookings.view_booking",
        Booking.objects.left_to_staff,
        "created_at",
        "admin:bookings_booking_changelist",
        "waits=yes",
    ),
    Tile(
        _("Payments stuck"),
        "bookings.view_trade",
        Trade.objects.stuck,
        "created_at",
        "admin:bookings_trade_changelist",
        "waits=yes",
    ),
    Tile(
        _("Notifications to settle"),
        "bookings.view_straynotice",
        StrayNotice.objects.unsettled,
        "created_at",
        "admin:bookings_straynotice_changelist",
        "waits=yes",
    ),
    Tile(
        _("Refunds stuck"),
        "bookings.view_refund",
        Refund.objects.stuck,
        "created_at",
        "admin:bookings_refund_changelist",
        "waits=yes",
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
        _("Messages that failed"),
        "accounts.view_message",
        Message.objects.failed,
        "created_at",
        "admin:accounts_message_changelist",
        "state=failed",
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
