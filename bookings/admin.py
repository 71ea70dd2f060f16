"""Bookings and their history in the admin: to be looked at only, for a status never changes by hand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnly
from bookings.models import Booking, BookingEvent
from ihome_project.templatetags.ihome import yuan


class BookingEventInline(ReadOnly, admin.TabularInline):
    """What happened to a booking."""

    model = BookingEvent
    fields = ("created_at", "actor", "from_status", "to_status", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingEvent]:
        """Fetch with each event who did it."""
        return super().get_queryset(request).select_related("actor")


@admin.register(Booking)
class BookingAdmin(ReadOnly, admin.ModelAdmin):
    """Bookings."""

    list_display = ("id", "house", "guest", "check_in", "check_out", "status", "amount", "created_at")
    list_filter = ("status", "cancellation_policy")
    list_select_related = ("house", "guest")
    search_fields = ("house__title", "guest__name", "house__host__name")
    inlines = (BookingEventInline,)

    @admin.display(description=_("agreed amount"), ordering="amount_fen")
    def amount(self, booking: Booking) -> str:
        """The agreed amount in yuan."""
        return yuan(booking.amount_fen)
