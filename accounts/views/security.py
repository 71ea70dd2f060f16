"""The page of password, devices, keys and data, and what is done from it."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts.forms import CloseForm, HandleForm, KeyForm, PasswordForm, SecondFactorForm
from accounts.limits import client_address
from accounts.models import ApiKey, User
from accounts.passwords import change_password
from accounts.privacy import close_account, export_data, objections_to_closing
from accounts.second_factor import authenticator_of, count_backup_codes
from accounts.services import make_key, revoke_key
from accounts.sessions import end_device, end_other_devices, handle_of
from ihome_project.errors import DomainError

View = Callable[[HttpRequest], HttpResponse]


@login_required
@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show by what the visitor comes in, on which devices, with which keys, and what can be taken along."""
    return security_page(request)


def security_page(request: HttpRequest, **shown: object) -> HttpResponse:
    """Show the page; `shown` has a form that did not pass, or a key that was just made."""
    here = request.session.session_key
    devices = [(each, handle_of(each), each.session_key == here) for each in request.user.sessions.alive()]
    page = {
        "password_form": PasswordForm(),
        "key_form": KeyForm(),
        "close_form": CloseForm(),
        "devices": sorted(devices, key=lambda device: not device[2]),  # this one before the others
        "keys": [(key, handle_of(key)) for key in ApiKey.objects.filter(user=request.user).order_by("-created")],
        "objections": objections_to_closing(request.user),
        **(second_factor_of(request.user) if request.user.is_staff else {}),
        **shown,
    }
    return render(request, "accounts/security.html", page)


def second_factor_of(user: User) -> dict:
    """Return what the page shows a member of staff of their second factor."""
    facts = {"authenticator": authenticator_of(user), "backup_count": count_backup_codes(user)}
    return facts | {"second_factor_form": SecondFactorForm()}


def posted_from(section: str) -> Callable[[View], View]:
    """Wrap what a form of a section is sent to; whoever comes another way is led to the section."""

    def wrap(view: View) -> View:
        @wraps(view)
        def posted(request: HttpRequest) -> HttpResponse:
            return view(request) if request.method == "POST" else see(section)

        return login_required(never_cache(sensitive_post_parameters()(posted)))

    return wrap


def see(section: str) -> HttpResponse:
    """Lead on to a section of the page after a POST."""
    return HttpResponseRedirect(f"{reverse('security')}#{section}", status=303)


@posted_from("password")
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; the other devices are logged out."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        said, asked = form.cleaned_data, {"user": request.user, "address": client_address(request)}
        try:
            change_password(
                old=said["old_password"],
                new=said["new_password"],
                session_key=request.session.session_key,
                **asked,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password is changed, and every other device is logged out."))
            return see("password")
    return security_page(request, password_form=form)


@posted_from("devices")
def one_device(request: HttpRequest) -> HttpResponse:
    """Log out one device."""
    form = HandleForm(request.POST)
    if form.is_valid():
        end_device(user=request.user, handle=form.cleaned_data["handle"])
        messages.success(request, _("The device is logged out."))
    return see("devices")


@posted_from("devices")
def other_devices(request: HttpRequest) -> HttpResponse:
    """Log out all devices but this one."""
    end_other_devices(user=request.user, session_key=request.session.session_key)
    messages.success(request, _("Every other device is logged out."))
    return see("devices")


@posted_from("keys")
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key, and show it this once."""
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            key = make_key(user=request.user, name=form.cleaned_data["name"])
        except DomainError as error:
            form.refuse(error)
        else:
            return security_page(request, new_key=key, new_key_name=form.cleaned_data["name"])
    return security_page(request, key_form=form)


@posted_from("keys")
def revoked_key(request: HttpRequest) -> HttpResponse:
    """Revoke a key."""
    form = HandleForm(request.POST)
    if form.is_valid():
        revoke_key(user=request.user, handle=form.cleaned_data["handle"])
        messages.success(request, _("The key is revoked. Programs that have it are shut out from now on."))
    return see("keys")


@login_required
@never_cache
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Send all that the site knows about the visitor as a zip."""
    name = f"ihome-{timezone.localdate()}.zip"
    return FileResponse(export_data(request.user), as_attachment=True, filename=name, content_type="application/zip")


@posted_from("close")
def close(request: HttpRequest) -> HttpResponse:
    """Close the account for good."""
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            close_account(user=request.user, password=form.cleaned_data["password"], address=client_address(request))
        except DomainError as error:
            form.refuse(error)
        else:
            logout(request)
            messages.success(request, _("Your account is closed, and your data is erased. Farewell."))
            return HttpResponseRedirect(reverse("home"), status=303)
    return security_page(request, close_form=form)
