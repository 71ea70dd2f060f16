"""Pages of one's account: the hub, one's profile, one's real name."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import RedirectURLMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import FormView

from accounts.forms import AvatarForm, IdentityForm, ProfileForm
from accounts.identity import CONSENT_VERSION, masked_number, submit_identity
from accounts.models import ApiKey, Identity, User
from accounts.privacy import waiting_for
from accounts.services import change_profile, set_avatar
from ihome_project.errors import DomainError


@login_required
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show who the visitor is, what waits for them, and the ways to all that is theirs."""
    page = {
        **identity_of(request.user),
        "waiting": waiting_for(request.user),
        "device_count": request.user.sessions.alive().count(),
        "key_count": ApiKey.objects.filter(user=request.user).count(),
    }
    return render(request, "accounts/account.html", page)


def identity_of(user: User) -> dict:
    """Return a user's real-name verification, None where there is none, and its number as it may be shown."""
    identity = Identity.objects.filter(user=user).first()
    return {"identity": identity, "id_number": masked_number(identity) if identity else ""}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show how others see the visitor; a POST changes name and words."""
    if request.method != "POST":
        return profile_page(request)
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            change_profile(user=request.user, **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            return profile_changed(request)
    return profile_page(request, form=form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def avatar(request: HttpRequest) -> HttpResponse:
    """Show the visitor by another photo."""
    if request.method != "POST":
        return redirect("profile")
    form = AvatarForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_avatar(user=request.user, picture=form.cleaned_data["picture"])
        except DomainError as error:
            form.refuse(error)
        else:
            return profile_changed(request)
    return profile_page(request, avatar_form=form)


def profile_page(request: HttpRequest, **forms: Form) -> HttpResponse:
    """Show the two forms of a profile, or those that did not pass."""
    known = {"name": request.user.name, "about": request.user.about}
    page = {"form": ProfileForm(initial=known), "avatar_form": AvatarForm(), **forms}
    return render(request, "accounts/profile.html", page)


def profile_changed(request: HttpRequest) -> HttpResponse:
    """Lead back to the profile, and say that it is kept."""
    messages.success(request, _("Saved. This is how others see you now."))
    return HttpResponseRedirect(reverse("profile"), status=303)


@method_decorator([login_required, never_cache, sensitive_post_parameters()], name="dispatch")
class VerificationView(RedirectURLMixin, FormView):
    """Takes real name and ID number with a consent, once; then it shows where the verification stands."""

    form_class = IdentityForm
    template_name = "accounts/verification.html"
    next_page = "verification"

    def form_valid(self, form: IdentityForm) -> HttpResponse:
        """Submit, or say why not."""
        said = form.cleaned_data
        try:
            identity = submit_identity(
                user=self.request.user,
                real_name=said["real_name"],
                number=said["id_card"],
                way=Identity.Way.PAGE,
                consent_version=said["consent_version"],
            )
        except DomainError as error:
            form.refuse(error)
            return self.form_invalid(form)
        words = {
            Identity.Status.VERIFIED: _("Your identity is verified."),
            Identity.Status.SUBMITTED: _("Submitted. We check it."),
        }
        if identity.status in words:  # a verifier that refuses at once is heard on the page
            messages.success(self.request, words[identity.status])
        return HttpResponseRedirect(self.get_success_url(), status=303)

    def get_context_data(self, **facts: object) -> dict:
        """Return what the page shows."""
        page = {"consent_version": CONSENT_VERSION, "next": self.get_redirect_url(), **identity_of(self.request.user)}
        return super().get_context_data(**page, **facts)
