"""Bookings by the day on which they were cancelled, in the admin."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.charts import between
from bookings.dashboard import DAYS
from bookings.models import Booking, BookingEvent


class CanceledFilter(admin.SimpleListFilter):
    """Bookings that were cancelled, or ran out, on one of some days: `2026-11-01..2026-11-30`."""

    title, parameter_name = _("day of cancellation"), "canceled"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:  # noqa: ARG002 — Django's signature
        """Today, the last days, and whichever days are asked for."""
        today = timezone.localdate()
        offered = {f"{today}..{today}": _("Today"), f"{today - timedelta(days=DAYS - 1)}..{today}": _("Last 30 days")}
        asked = self.value()
        if asked and asked not in offered:
            first, _dots, last = asked.partition("..")
            offered[asked] = first if first == last else asked.replace("..", " – ")
        return list(offered.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:  # noqa: ARG002 — Django's signature
        """Keep those of the days. Raises IncorrectLookupParameters for what are none."""
        if not self.value():
            return queryset
        try:
            first, last = map(date.fromisoformat, self.value().split(".."))
            days = between("created_at")(first, last)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error
        events = BookingEvent.objects.filter(booking=OuterRef("pk"), to_status=Booking.Status.CANCELED, **days)
        return queryset.filter(Exists(events))
