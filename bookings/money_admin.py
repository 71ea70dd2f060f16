"""The money of bookings in the admin: to be looked at, but for one thing: that a host has been paid."""

import re
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.staff_admin import ReadOnly, StaffAdmin, in_yuan
from bookings.models import HostDue, Payment, Payout, Refund, StrayNotice, Trade
from bookings.staff_forms import HurryTrade, PayForm, RetryRefund, SettleNotice, SettleRefund, TakeRefund
from ihome_project.templatetags.ihome import yuan

LINES_MOST = 500  # of one transfer
ID = re.compile(r"[0-9]{1,18}")
BY_PEOPLE = ("booking__guest__name", "booking__house__title", "booking__house__host__name")


class IsStuck(admin.SimpleListFilter):
    """What its own list calls stuck, or not settled: a human has to look."""

    title, parameter_name = _("waits for a human"), "waits"
    rule = "stuck"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Those that do."""
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep those."""
        return getattr(queryset, self.rule)() if self.value() else queryset


class IsUnsettled(IsStuck):
    """Notices that nobody has settled."""

    rule = "unsettled"


@admin.register(Trade)
class TradeAdmin(ReadOnly, StaffAdmin):
    """What guests are to pay."""

    acts = (HurryTrade,)
    amount = in_yuan("amount_fen", _("amount"))
    list_display = ("number", "booking", "provider", amount, "state", "said", "expires_at", "ask_at", "asked")
    fields = (
        "number",
        "booking",
        "provider",
        amount,
        ("state", "said"),
        "expires_at",
        ("ask_at", "asked"),
        "created_at",
    )
    list_filter = (IsStuck, "state", "provider")
    list_select_related = ("booking",)
    search_fields = ("number", *BY_PEOPLE)
    ordering = ("-created_at", "-id")

    def waiting(self) -> QuerySet[Trade]:
        """Those of which the provider has not said for long what became of them."""
        return Trade.objects.stuck()


@admin.register(Payment)
class PaymentAdmin(ReadOnly, StaffAdmin):
    """Money that moved, as providers said."""

    amount = in_yuan("amount_fen", _("amount"))
    list_display = ("happened_at", "kind", amount, "trade", "provider", "transaction")
    fields = ("trade", "kind", amount, "provider", "transaction", "happened_at", "created_at")
    list_filter = ("kind", "provider", "happened_at")
    list_select_related = ("trade",)
    search_fields = ("transaction", "trade__number")
    ordering = ("-created_at", "-id")


@admin.register(Refund)
class RefundAdmin(ReadOnly, StaffAdmin):
    """What goes back to guests, and how far it is."""

    acts = (TakeRefund, SettleRefund, RetryRefund)
    amount = in_yuan("amount_fen", _("amount"))
    list_display = ("number", "booking", amount, "state", "said", "tries", "try_at", "created_at")
    fields = (
        "number",
        "booking",
        amount,
        ("reason", "actor"),
        ("state", "said"),
        ("tries", "try_at"),
        "created_at",
        "done_at",
    )
    list_filter = (IsStuck, "state")
    list_select_related = ("booking",)
    search_fields = ("number", *BY_PEOPLE)
    ordering = ("-created_at", "-id")

    def waiting(self) -> QuerySet[Refund]:
        """Those that a human has to look after."""
        return Refund.objects.stuck()


@admin.register(StrayNotice)
class StrayNoticeAdmin(ReadOnly, StaffAdmin):
    """What providers said that fits nothing here."""

    acts = (SettleNotice,)
    list_display = ("created_at", "provider", "why", "settled")
    fields = ("created_at", "provider", "why", "facts", "settled")
    list_filter = (IsUnsettled, "provider", "why")
    list_select_related = ("settlement__actor",)
    search_fields = ("why",)

    def waiting(self) -> QuerySet[StrayNotice]:
        """Those that nobody has settled."""
        return StrayNotice.objects.unsettled().order_by("created_at", "pk")

    @admin.display(description=_("settled"))
    def settled(self, notice: StrayNotice) -> str:
        """By whom, and how."""
        done = getattr(notice, "settlement", None)
        return f"{done.actor} · {done.reason}" if done else "–"


class IsPaid(admin.SimpleListFilter):
    """Whether finance has paid a line."""

    title, parameter_name = _("paid"), "paid"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Both answers."""
        return [("no", _("Not paid yet")), ("yes", _("Paid"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The lines for an answer."""
        if self.value() == "no":
            return queryset.unpaid()
        return queryset.filter(payout__isnull=False) if self.value() == "yes" else queryset


def chosen_ids(request: HttpRequest) -> set[int] | None:
    """Return the numbers of the rows that are chosen on a list; None where one of them is no number."""
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return {int(word) for word in chosen} if all(ID.fullmatch(word) for word in chosen) else None


@admin.register(HostDue)
class DueAdmin(ReadOnly, StaffAdmin):
    """What hosts are owed. Whoever may add a payout writes down that lines are paid, all chosen ones or none."""

    paid = in_yuan("paid_fen", _("paid"))
    refunded = in_yuan("refunded_fen", _("refunded"))
    commission = in_yuan("commission_fen", _("commission"))
    owed = in_yuan("amount_fen", _("owed"))
    list_display = ("__str__", "host", "created_at", paid, refunded, commission, owed, "reference")
    fields = ("booking", "number", "host", paid, refunded, commission, owed, "created_at", "reference")
    list_filter = (IsPaid, "created_at")
    list_select_related = ("booking__house__host", "payout")
    search_fields = ("booking__house__host__name", "booking__house__title")
    ordering = ("-created_at", "-id")
    actions = ("pay",)

    @admin.display(description=_("host"))
    def host(self, line: HostDue) -> str:
        """Who is owed."""
        return str(line.booking.house.host)

    @admin.display(description=_("bank reference"))
    def reference(self, line: HostDue) -> str:
        """Of the transfer with which it was paid."""
        return line.payout.bank_reference if hasattr(line, "payout") else "–"

    def has_pay_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may write down that a line is paid."""
        return request.user.has_perm("bookings.add_payout")

    def response_action(self, request: HttpRequest, queryset: QuerySet[HostDue]) -> HttpResponse | None:
        """Do what is chosen with the chosen lines; Django takes their numbers as they come."""
        if chosen_ids(request) is None:
            return self.choose_again(request)
        return super().response_action(request, queryset)

    @admin.action(description=_("Mark as paid with a bank reference"), permissions=("pay",))
    def pay(self, request: HttpRequest, queryset: QuerySet[HostDue]) -> HttpResponse:
        """Ask for the bank's reference of the transfer with which the chosen lines are paid."""
        return self.pay_page(request, queryset, {})

    def get_urls(self) -> list[URLPattern]:
        """Add a page on which some lines, or one, are marked as paid."""
        one = path("<int:due_id>/pay", self.admin_site.admin_view(self.pay_one), name="bookings_hostdue_pay")
        some = path("pay", self.admin_site.admin_view(self.pay_some), name="bookings_hostdue_pay_some")
        return [one, some, *super().get_urls()]

    def pay_one(self, request: HttpRequest, due_id: int) -> HttpResponse:
        """Do so for one line. Raises PermissionDenied for who may not add payouts, or Http404."""
        if not self.has_pay_permission(request):
            raise PermissionDenied
        line = get_object_or_404(HostDue, pk=due_id)
        return self.pay_page(request, HostDue.objects.filter(pk=line.pk), request.POST)

    def pay_some(self, request: HttpRequest) -> HttpResponse:
        """Write down that all lines which were shown are paid, or none: also where a list has lost one meanwhile."""
        if not self.has_pay_permission(request):
            raise PermissionDenied
        ids = chosen_ids(request) or set()
        lines = HostDue.objects.filter(pk__in=ids)
        if not ids or lines.count() != len(ids):
            return self.choose_again(request)
        return self.pay_page(request, lines, request.POST)

    def pay_page(self, request: HttpRequest, chosen: QuerySet[HostDue], said: QueryDict | dict) -> HttpResponse:
        """Ask for the bank's reference, or write down that all chosen lines are paid, or none."""
        lines = list(chosen.select_related("booking__house__host").order_by("pk")[: LINES_MOST + 1])
        if len(lines) > LINES_MOST or len({line.booking.house.host_id for line in lines}) != 1:
            return self.choose_again(request)
        form = PayForm(said or None, lines=lines)
        if form.is_bound and form.is_valid() and form.perform(request.user):
            words = ngettext("%(n)s line is paid.", "%(n)s lines are paid.", len(lines))
            self.message_user(request, words % {"n": len(lines)})
            return HttpResponseRedirect(reverse("admin:bookings_hostdue_changelist"), status=303)
        page = {"form": form, "lines": lines, "opts": self.opts, "title": _("Mark as paid")}
        return TemplateResponse(
            request, "admin/bookings/hostdue/pay.html", self.admin_site.each_context(request) | page
        )

    def choose_again(self, request: HttpRequest) -> HttpResponse:
        """Say on the list which lines can be paid together."""
        words = _("Choose lines of one host, at most %(most)s of them: they are paid by one transfer.")
        self.message_user(request, words % {"most": LINES_MOST}, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:bookings_hostdue_changelist"), status=303)

    def offered(self, request: HttpRequest, row: HostDue) -> list[dict[str, Any]]:
        """Return the way to mark a line as paid that is not."""
        if hasattr(row, "payout") or not self.has_pay_permission(request):
            return []
        return [{"title": _("Mark as paid"), "url": self.address("pay", row.pk)}]


@admin.register(Payout)
class PayoutAdmin(ReadOnly, StaffAdmin):
    """What finance has paid to hosts."""

    list_display = ("created_at", "bank_reference", "due", "host", "owed", "actor")
    fields = ("due", "host", "owed", "bank_reference", "actor", "created_at")
    list_select_related = ("due__booking__house__host", "actor")
    search_fields = ("bank_reference", "due__booking__house__host__name")
    ordering = ("-created_at", "-id")

    @admin.display(description=_("amount"))
    def owed(self, payout: Payout) -> str:
        """What was owed."""
        return yuan(payout.due.amount_fen)

    @admin.display(description=_("host"))
    def host(self, payout: Payout) -> str:
        """Who was paid."""
        return str(payout.due.booking.house.host)
