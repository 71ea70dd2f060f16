"""The admin's site, and what the admin of every app needs."""

from collections.abc import Callable

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ihome_project.cache import forget_on_commit
from ihome_project.templatetags.ihome import yuan


class AdminSite(admin.AdminSite):
    """The admin, into which staff log in as everybody does: with the same limits on guessing."""

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Lead to the log-in page and back. Raises PermissionDenied for who is logged in and not staff."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Lead to where everybody changes a password: with the same limits, and the end of other sessions."""
        return HttpResponseRedirect(f"{reverse('security')}#password")


class Remembered:
    """Has kept answers forget what staff change."""

    names_of: Callable[[Model], tuple[str, ...]]  # the names under which answers show a row

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:  # noqa: FBT001 — Django's signature
        """Save a row."""
        super().save_model(request, obj, form, change)
        forget_on_commit(*self.names_of(obj))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete a row."""
        names = self.names_of(obj)
        super().delete_model(request, obj)
        forget_on_commit(*names)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Delete rows."""
        names = [name for row in queryset for name in self.names_of(row)]
        super().delete_queryset(request, queryset)
        forget_on_commit(*names)


def in_yuan(field: str, description: str = _("in yuan")) -> Callable[[Model], str]:
    """Return a column, or a read-only field, that shows an amount of fen in yuan."""

    @admin.display(description=description, ordering=field)
    def amount(row: Model) -> str:
        fen = getattr(row, field)
        return "–" if fen is None else yuan(fen)

    return amount
