"""Bookings and their history in the admin: to be looked at, for a status never changes by hand."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import UserAdmin
from accounts.staff_admin import ReadOnly, StaffAdmin, in_yuan
from bookings.canceled_filter import CanceledFilter
from bookings.models import Booking, BookingEvent, HostDue, Payment, Refund, Trade
from bookings.money_admin import DueAdmin, PaymentAdmin, PayoutAdmin, RefundAdmin, StrayNoticeAdmin, TradeAdmin
from bookings.planner import draw_planner
from bookings.staff_forms import CancelBooking, DeactivateUser, RefundPart, SuspendHouse
from bookings.templatetags.stays import agreed_lines
from ihome_project.templatetags.ihome import moment, yuan
from listings.admin import HouseAdmin
from listings.models import House

__all__ = ["DueAdmin", "PaymentAdmin", "PayoutAdmin", "RefundAdmin", "StrayNoticeAdmin", "TradeAdmin"]


HouseAdmin.offer(SuspendHouse)
UserAdmin.offer(DeactivateUser)


class IsLeftToStaff(admin.SimpleListFilter):
    """Paid stays in suspended homes, or of people who are shut out."""

    title, parameter_name = _("waits for a human"), "waits"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Those that do."""
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep those."""
        return queryset.left_to_staff() if self.value() else queryset


class BookingInline(ReadOnly, admin.TabularInline):
    """Rows that belong to a booking, each with who it is about."""

    select_related: tuple[str, ...] = ("actor",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Fetch with each row what is shown of it."""
        return super().get_queryset(request).select_related(*self.select_related)


class BookingEventInline(BookingInline):
    """What happened to a booking."""

    model = BookingEvent
    refund = in_yuan("amount_fen", _("refund"))
    fields = ("created_at", "actor", "from_status", "to_status", "reason", refund)
    readonly_fields = (refund,)


class TradeInline(BookingInline):
    """What its guest was to pay."""

    model = Trade
    select_related = ()
    amount = in_yuan("amount_fen", _("amount"))
    fields = ("number", "provider", amount, "state", "expires_at", "ask_at", "asked")
    readonly_fields = (amount,)


class RefundInline(BookingInline):
    """What goes back to its guest, and how far it is."""

    model = Refund
    amount = in_yuan("amount_fen", _("amount"))
    fields = ("created_at", amount, "reason", "actor", "state", "said", "tries", "try_at", "done_at")
    readonly_fields = (amount,)


class HostDueInline(BookingInline):
    """What it owes its host."""

    model = HostDue
    select_related = ("payout",)
    paid = in_yuan("paid_fen", _("paid"))
    refunded = in_yuan("refunded_fen", _("refunded"))
    commission = in_yuan("commission_fen", _("commission"))
    owed = in_yuan("amount_fen", _("owed"))
    fields = ("created_at", "number", paid, refunded, commission, owed, "reference")
    readonly_fields = (paid, refunded, commission, owed, "reference")

    @admin.display(description=_("bank reference"))
    def reference(self, line: HostDue) -> str:
        """Of the transfer with which it was paid."""
        return line.payout.bank_reference if hasattr(line, "payout") else "–"


@admin.register(Booking)
class BookingAdmin(ReadOnly, StaffAdmin):
    """Bookings. Whoever may change one refunds a part or cancels it: a page that asks first, and a service."""

    acts = (RefundPart, CancelBooking)
    amount = in_yuan("amount_fen", _("agreed amount"))
    deposit = in_yuan("deposit_fen", _("deposit"))
    captured = in_yuan("captured_fen", _("paid"))
    refunded = in_yuan("refunded_fen", _("refunded"))
    list_display = ("id", "house", "guest", "check_in", "check_out", amount, "status", "created_at")
    list_filter = ("status", IsLeftToStaff, CanceledFilter, "cancellation_policy", "created_at", "check_in")
    list_select_related = ("house", "guest")
    search_fields = ("house__title", "guest__name", "house__host__name")
    inlines = (BookingEventInline, TradeInline, RefundInline, HostDueInline)
    fieldsets = (
        (None, {"fields": ("house", "guest", "check_in", "check_out", "guests", "created_at")}),
        (_("Status"), {"fields": ("status", "reason", "expires_at", "hold", "review")}),
        (_("Price"), {"fields": ("price_lines", amount, deposit, "cancellation_policy", "check_in_time")}),
        (_("Money"), {"fields": (captured, refunded, "payments")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Booking | None = None) -> tuple:
        """What there is to see; what providers said only for who may see payments."""
        hidden = () if request.user.has_perm("bookings.view_payment") else ("payments",)
        return tuple(
            (title, more | {"fields": tuple(name for name in more["fields"] if name not in hidden)})
            for title, more in self.fieldsets
        )

    @admin.display(description=_("price lines"))
    def price_lines(self, booking: Booking) -> SafeString:
        """What was agreed, line by line."""
        lines = agreed_lines(booking)
        return format_html_join("", "<div>{}: {}</div>", ((line.label, yuan(line.amount_fen)) for line in lines))

    @admin.display(description=_("payments"))
    def payments(self, booking: Booking) -> SafeString | str:
        """What its provider said happened, in order."""
        rows = [
            (moment(row.happened_at), row.get_kind_display(), yuan(row.amount_fen), row.transaction)
            for row in Payment.objects.filter(trade__booking=booking)
        ]
        return format_html_join("", "<div>{}: {} {} · {}</div>", rows) or "–"

    def get_urls(self) -> list[URLPattern]:
        """Add the calendar of a home."""
        calendar = self.admin_site.admin_view(self.calendar_view)
        return [path("calendar/<int:house_id>", calendar, name="bookings_booking_calendar"), *super().get_urls()]

    def calendar_view(self, request: HttpRequest, house_id: int) -> HttpResponse:
        """Show a month of a home's nights. Raises PermissionDenied for who may not see both homes and bookings."""
        if not (self.has_view_permission(request) and request.user.has_perm("listings.view_house")):
            raise PermissionDenied
        house = get_object_or_404(House, pk=house_id)
        planner = draw_planner(house, asked=request.GET.get("month", ""))
        page = {"house": house, "planner": planner, "opts": House._meta, "title": _("Calendar")}
        return TemplateResponse(request, "admin/bookings/calendar.html", self.admin_site.each_context(request) | page)
