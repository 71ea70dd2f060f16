"""Users, their identities and keys in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms import NewUserForm, UserForm
from accounts.models import ApiKey, Identity, User


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
class UserAdmin(DjangoUserAdmin):
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

    @admin.display(description=_("mobile number"))
    def number(self, user: User) -> str:
        """The number, masked: a list is seen by many eyes."""
        return user.masked_mobile


@admin.register(Identity)
class IdentityAdmin(ReadOnly, admin.ModelAdmin):
    """Where each real-name verification stands."""

    list_display = ("user", "status", "submitted_at", "decided_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("user__name",)
    ordering = ("-submitted_at", "-id")


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
