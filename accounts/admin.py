"""Users, their identities and keys in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from accounts.forms import IdentityActForm, NewUserForm, UserForm
from accounts.identity import masked_number
from accounts.messages import words_of
from accounts.models import ApiKey, Identity, Message, StaffAct, User
from ihome_project.admin import Remembered
from ihome_project.cache import of_user


class ReadOnly:
    """Shows rows, and lets nobody add, change or delete one by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(User)
class UserAdmin(Remembered, DjangoUserAdmin):
    """Django's own page for users, with a mobile number where it has a name to sign in with."""

    form, add_form = UserForm, NewUserForm
    list_display = ("name", "number", "is_staff", "is_active", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("name", "mobile")
    ordering = ("-created_at", "-id")
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("mobile", "password", "name", "about")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("mobile", "name", "usable_password", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never: an account is closed, by its owner, and what must go goes with it."""
        return False

    def names_of(self, row: User) -> tuple[str, ...]:
        """Their name and picture."""
        return (of_user(row.pk),)

    @admin.display(description=_("mobile number"))
    def number(self, user: User) -> str:
        """The number, masked: a list is seen by many eyes."""
        return user.masked_mobile


@admin.register(Identity)
class IdentityAdmin(ReadOnly, admin.ModelAdmin):
    """Where each real-name verification stands; whoever may change one approves, rejects and reads whole numbers.

    Each of these is a page that asks first, and a POST that calls a service.
    """

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

    @admin.display(description=_("ID number"))
    def masked(self, identity: Identity) -> str:
        """The number, masked."""
        return masked_number(identity) or "–"

    @admin.display(description=_("Waiting"), ordering="submitted_at")
    def age(self, identity: Identity) -> str:
        """How long a decision has been waited for."""
        return timesince(identity.submitted_at, depth=1) if identity.status == Identity.Status.SUBMITTED else "–"

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each act."""
        act = path("<int:identity_id>/<slug:act>", self.admin_site.admin_view(self.act), name="accounts_identity_act")
        return [act, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Show an identity, with the ways to what may be done with it."""
        may_act = request.user.has_perm("accounts.change_identity")
        return super().change_view(request, object_id, form_url, {"may_act": may_act, **(extra_context or {})})

    def act(self, request: HttpRequest, identity_id: int, act: str) -> HttpResponse:
        """Ask before an act, then do it; as all pages of the admin it is not stored on the way.

        Raises PermissionDenied for who may not change identities.
        """
        if not request.user.has_perm("accounts.change_identity"):
            raise PermissionDenied
        form = IdentityActForm(request.POST or None, act=act, identity=get_object_or_404(Identity, pk=identity_id))
        page = {"form": form, "identity": form.identity, "opts": self.opts, "title": form.title}
        page["masked_number"] = self.masked(form.identity)
        if request.method == "POST" and form.is_valid() and form.perform(request.user):
            if not form.number:
                self.message_user(request, form.done)
                return HttpResponseRedirect(reverse("admin:accounts_identity_changelist"), status=303)
            page["number"] = form.number
        context = self.admin_site.each_context(request) | page
        return TemplateResponse(request, "admin/accounts/identity/act.html", context)


@admin.register(StaffAct)
class StaffActAdmin(ReadOnly, admin.ModelAdmin):
    """The staff log."""

    list_display = ("created_at", "actor", "act", "subject", "about", "reason")
    list_filter = ("act",)
    list_select_related = ("actor", "subject")
    search_fields = ("actor__name", "subject__name", "about", "reason")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, admin.ModelAdmin):
    """Which programs act for whom. A key's digest is its primary key, so nothing here may link to one or name it."""

    list_display = ("name", "user", "created", "last_used_at")
    list_display_links = None
    list_select_related = ("user",)
    search_fields = ("name", "user__name")
    ordering = ("-created", "name")
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """The list only: the address of a single key would have its digest."""
        return obj is None and super().has_view_permission(request)


class SmsFilter(admin.SimpleListFilter):
    """Messages by where they stand: in the outbox, and what has become of their text."""

    title, parameter_name = _("state"), "state"
    states = {
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
class MessageAdmin(ReadOnly, admin.ModelAdmin):
    """What people are told, and what keeps it: above all a provider that takes no messages."""

    list_display = ("created_at", "user", "kind", "delivered_at", "sms_state", "sms_tries", "sms_said", "due_at")
    list_filter = (SmsFilter,)
    list_select_related = ("user",)
    search_fields = ("user__name", "key")
    ordering = ("-created_at", "-id")
    show_full_result_count = False
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
