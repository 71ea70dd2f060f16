"""The admin's site, and what the admin of every app needs."""

from collections.abc import Callable

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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


def in_yuan(field: str, description: str = _("in yuan")) -> Callable[[Model], str]:
    """Return a column, or a read-only field, that shows an amount of fen in yuan."""

    @admin.display(description=description, ordering=field)
    def amount(row: Model) -> str:
        fen = getattr(row, field)
        return "–" if fen is None else yuan(fen)

    return amount
