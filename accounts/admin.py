"""Users, their identities, messages and keys in the admin, and what staff have done."""

import re
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from accounts.forms.staff import (
    ApproveIdentity,
    EndSessions,
    GrantRoles,
    ReactivateUser,
    ReadNumber,
    RejectIdentity,
    ResendMessage,
    ResetSecondFactor,
)
from accounts.identity import masked_number
from accounts.messages import words_of
from accounts.models import ApiKey, Identity, Message, Session, StaffAct, User
from accounts.roles import ROLES
from accounts.staff_admin import ReadOnly, StaffAdmin

MASKED = re.compile(r"(?:\+?86)?(1\d{2})\*{4}(\d{4})")


class SessionInline(ReadOnly, admin.TabularInline):
    """Where somebody is logged in."""

    model = Session
    fields = ("device", "started_at", "seen_at")
    readonly_fields = fields
    verbose_name_plural = _("sessions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        """Those that have not ended."""
        return super().get_queryset(request).alive()


@admin.register(User)
class UserAdmin(ReadOnly, StaffAdmin):
    """People, with masked numbers. Nobody's words or number are changed here: they are their own."""

    acts = (EndSessions, ReactivateUser, GrantRoles, ResetSecondFactor)
    list_display = ("name", "number", "roles", "is_active", "created_at")
    list_filter = ("is_active", "is_staff", "groups", "created_at")
    search_fields = ("name",)
    search_help_text = _("A name, or a number as it is shown: 138****0001")
    ordering = ("-created_at", "-id")
    fieldsets = (
        (None, {"fields": ("name", "number", "about", "verification")}),
        (_("Rights"), {"fields": ("is_active", "roles")}),
        (_("Dates"), {"fields": ("created_at", "last_login", "closed_at")}),
    )
    inlines = (SessionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Fetch with each person their roles and identity."""
        return super().get_queryset(request).select_related("identity").prefetch_related("groups")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Find by name, or by a masked number."""
        if masked := MASKED.fullmatch(search_term.strip()):
            begin, end = masked.groups()
            return queryset.filter(mobile__startswith=f"+86{begin}", mobile__endswith=end), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("mobile number"))
    def number(self, user: User) -> str:
        """The number, masked."""
        return user.masked_mobile or "–"

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """What they may do here."""
        named = [str(ROLES[group.name].words) if group.name in ROLES else group.name for group in user.groups.all()]
        if user.is_superuser:
            named.append(str(_("everything")))
        return ", ".join(named) or "–"

    @admin.display(description=_("identity verification"))
    def verification(self, user: User) -> str:
        """Where it stands."""
        identity = getattr(user, "identity", None)
        return identity.get_status_display() if identity else "–"


@admin.register(Identity)
class IdentityAdmin(ReadOnly, StaffAdmin):
    """Where each real-name verification stands."""

    acts = (ApproveIdentity, RejectIdentity, ReadNumber)
    list_display = ("user", "real_name", "status", "age", "submitted_at", "decided_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("user__name", "real_name")
    ordering = ("-submitted_at", "-id")
    fields = (
        "user",
        "real_name",
        "masked",
        ("status", "reason"),
        ("consent_version", "consent_way"),
        "submitted_at",
        ("decided_at", "decided_by"),
    )

    def waiting(self) -> QuerySet[Identity]:
        """Those that somebody has still to decide."""
        return Identity.objects.waiting().order_by("submitted_at", "pk")

    @admin.display(description=_("ID number"))
    def masked(self, identity: Identity) -> str:
        """The number, masked."""
        return masked_number(identity) or "–"

    @admin.display(description=_("Waiting"), ordering="submitted_at")
    def age(self, identity: Identity) -> str:
        """How long a decision has been waited for."""
        return timesince(identity.submitted_at, depth=1) if identity.status == Identity.Status.SUBMITTED else "–"


@admin.register(StaffAct)
class StaffActAdmin(ReadOnly, StaffAdmin):
    """The staff log: everybody's own lines, and all of them for who may audit.

    What was done to a row stands in its history too, for whoever may see the row.
    """

    list_display = ("created_at", "actor", "act", "subject", "about", "reason", "address")
    exported_also = ("thing", "was", "became")
    list_filter = ("act", "created_at", ("actor", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("actor", "subject")
    search_fields = ("actor__name", "subject__name", "about", "thing", "reason", "address")
    fields = (
        ("created_at", "address"),
        ("actor", "act"),
        ("subject", "thing", "about"),
        "reason",
        "was",
        "became",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffAct]:
        """What somebody has done, or all."""
        lines = super().get_queryset(request)
        return lines if request.user.has_perm("accounts.audit_staff") else lines.filter(actor=request.user.pk)

    @admin.display(description=_("before"))
    def was(self, line: StaffAct) -> SafeString | str:
        """What was before, a line each."""
        return listed(line.before)

    @admin.display(description=_("after"))
    def became(self, line: StaffAct) -> SafeString | str:
        """What has been since, a line each."""
        return listed(line.after)


def listed(facts: dict[str, Any]) -> SafeString | str:
    """Return facts a line each."""
    return format_html_join("\n", "<div>{}: {}</div>", facts.items()) or "–"


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, StaffAdmin):
    """Which programs act for whom. A key's digest is its primary key, so nothing here may link to one or name it."""

    list_display = ("name", "owner", "made", "last_used_at")
    list_display_links = None
    list_select_related = ("user",)
    search_fields = ("name", "user__name")
    ordering = ("-created", "name")

    @admin.display(description=_("user"), ordering="user__name")
    def owner(self, key: ApiKey) -> str:
        """For whom the program acts."""
        return str(key.user)

    @admin.display(description=_("created"), ordering="created")
    def made(self, key: ApiKey) -> datetime:
        """When it was made."""
        return key.created

    actions = None

    def has_view_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """The list only: the address of a single key would have its digest."""
        return obj is None and super().has_view_permission(request)


class SmsFilter(admin.SimpleListFilter):
    """Messages by where they stand: in the outbox, and what has become of their text."""

    title, parameter_name = _("state"), "state"
    states = {
        "failed": (_("SMS given up, or perhaps sent"), Q(sms_state__in=(Message.Sms.GIVEN_UP, Message.Sms.UNKNOWN))),
        "outbox": (_("not delivered yet"), Q(delivered_at=None)),
        "waiting": (_("SMS waiting"), Q(sms_state=Message.Sms.DUE, sms_tries=0)),
        "failing": (_("SMS failing, to be tried again"), Q(sms_state=Message.Sms.DUE, sms_tries__gt=0)),
        "given_up": (_("SMS given up"), Q(sms_state=Message.Sms.GIVEN_UP)),
        "unknown": (_("SMS perhaps sent"), Q(sms_state__in=(Message.Sms.SENDING, Message.Sms.UNKNOWN))),
        "sent": (_("SMS sent"), Q(sms_state=Message.Sms.SENT)),
    }

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        """Name each state."""
        return [(name, words) for name, (words, _condition) in self.states.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep those in the chosen state."""
        return queryset.filter(self.states[self.value()][1]) if self.value() in self.states else queryset


@admin.register(Message)
class MessageAdmin(ReadOnly, StaffAdmin):
    """What people are told, and what keeps it: above all a provider that takes no messages."""

    acts = (ResendMessage,)
    list_display = ("created_at", "user", "kind", "delivered_at", "sms_state", "sms_tries", "sms_said", "due_at")
    list_filter = (SmsFilter,)
    list_select_related = ("user",)
    search_fields = ("user__name", "key")
    ordering = ("-created_at", "-id")
    fields = (
        "user",
        "words",
        ("kind", "key", "path"),
        ("created_at", "delivered_at", "read_at"),
        ("sms_state", "sms_tries", "sms_said"),
        "due_at",
    )

    @admin.display(description=_("words"))
    def words(self, message: Message) -> str:
        """What the person reads."""
        return words_of(message)
