"""Bookings and their history in the admin: to be looked at only, for a status never changes by hand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnly
from bookings.models import Booking, BookingEvent
from bookings.templatetags.stays import agreed_lines
from ihome_project.admin import in_yuan
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

    amount = in_yuan("amount_fen", _("agreed amount"))
    deposit = in_yuan("deposit_fen", _("deposit"))
    refunded = in_yuan("refunded_fen", _("refunded"))
    list_display = ("id", "house", "guest", "check_in", "check_out", amount, "status", "created_at")
    list_filter = ("status", "cancellation_policy")
    list_select_related = ("house", "guest")
    search_fields = ("house__title", "guest__name", "house__host__name")
    inlines = (BookingEventInline,)
    fieldsets = (
        (None, {"fields": ("house", "guest", "check_in", "check_out", "guests", "created_at")}),
        (_("Status"), {"fields": ("status", "reason", "expires_at", "hold", "review")}),
        (_("Price"), {"fields": ("price_lines", amount, deposit, refunded, "cancellation_policy")}),
    )

    @admin.display(description=_("price lines"))
    def price_lines(self, booking: Booking) -> SafeString:
        """What was agreed, line by line."""
        lines = agreed_lines(booking)
        return format_html_join("", "<div>{}: {}</div>", ((line.label, yuan(line.amount_fen)) for line in lines))
