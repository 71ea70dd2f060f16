"""The admin's site."""

from collections.abc import Callable, Iterable
from functools import wraps

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.limits import client_address
from accounts.second_factor import has_passed
from accounts.staff_log import acting_from

OUR_APPS = {"accounts", "listings", "bookings"}


class AdminSite(admin.AdminSite):
    """The admin, into which staff log in as everybody does, with the same limits on guessing, and a second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Let staff in whose session has passed the second factor, whatever the middleware has let through."""
        return super().has_permission(request) and has_passed(request)

    def register(
        self, model_or_iterable: type[Model] | Iterable[type[Model]], admin_class: type | None = None, **options: object
    ) -> None:
        """Take the lists of our own apps only: those of libraries show secrets, and rights that roles decide."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in OUR_APPS]
        super().register(ours, admin_class, **options)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:  # noqa: FBT001, FBT002 — Django's signature
        """Have every line that a page of the admin writes into the staff log say from where."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def located(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            with acting_from(client_address(request)):
                return inner(request, *args, **kwargs)

        return located

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Lead to what is missing, and back. Raises PermissionDenied for who is logged in and not staff."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        page = request.GET.get("next") or reverse("admin:index")
        if super().has_permission(request):
            return redirect_to_login(page, reverse("second-factor"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(page)

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Lead to where everybody changes a password: with the same limits, and the end of other sessions."""
        return HttpResponseRedirect(f"{reverse('security')}#password")
