"""The page on which staff set up their second factor and pass it, and new backup codes."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import FormView

from accounts.forms import SecondFactorForm
from accounts.second_factor import (
    address_of,
    authenticator_of,
    enrol,
    grouped,
    has_passed,
    make_backup_codes,
    new_authenticator,
    note_passed,
    qr_of,
    secret_of,
    verify,
)
from accounts.views.security import posted_from, security_page
from ihome_project.errors import DomainError


@method_decorator([login_required, never_cache, sensitive_post_parameters()], name="dispatch")
class SecondFactorView(RedirectURLMixin, FormView):
    """Asks staff for a code once after each log-in, and leads back to what they asked for; first they set it up."""

    form_class = SecondFactorForm
    next_page = "admin:index"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Lead on whoever has passed, or need not."""
        if not request.user.is_staff:
            return HttpResponseRedirect(reverse("security"))
        if has_passed(request):
            return HttpResponseRedirect(self.get_success_url())
        self.is_set_up = authenticator_of(request.user) is not None
        return super().dispatch(request, *args, **kwargs)

    def get_redirect_url(self) -> str:
        """Return the page to go on to, unless it is this one."""
        url = super().get_redirect_url()
        return "" if url.split("?")[0] == reverse("second-factor") else url

    @method_decorator(sensitive_variables("codes"))
    def form_valid(self, form: SecondFactorForm) -> HttpResponse:
        """Let the session in, and show the backup codes the one time they can be shown; or say why not."""
        said, codes = {"user": self.request.user, "code": form.cleaned_data["second_factor_code"]}, []
        try:
            if self.is_set_up:
                authenticator = verify(**said)
            else:
                authenticator, codes = enrol(**said)
        except DomainError as error:
            form.refuse(error)
            return self.form_invalid(form)
        note_passed(self.request, authenticator)
        if codes:
            page = {"backup_codes": codes, "next": self.get_success_url()}
            return render(self.request, "accounts/second_factor/backup_codes.html", page)
        return HttpResponseRedirect(self.get_success_url(), status=303)

    def get_template_names(self) -> list[str]:
        """Return the page that asks for a code, or the one that sets the app up first."""
        return [f"accounts/second_factor/{'ask' if self.is_set_up else 'set_up'}.html"]

    @method_decorator(sensitive_variables())
    def get_context_data(self, **facts: object) -> dict:
        """Return what the page shows: how an app is set up, where none is."""
        if not self.is_set_up:
            made = new_authenticator(self.request.user)
            facts |= {"qr": qr_of(made), "address": address_of(made), "secret": grouped(secret_of(made))}
        return super().get_context_data(next=self.get_redirect_url(), **facts)


@posted_from("second-factor")
def new_backup_codes(request: HttpRequest) -> HttpResponse:
    """Make new backup codes in the place of the old, and show them this once."""
    form = SecondFactorForm(request.POST)
    if form.is_valid():
        try:
            codes = make_backup_codes(user=request.user, code=form.cleaned_data["second_factor_code"])
        except DomainError as error:
            form.refuse(error)
        else:
            return security_page(request, backup_codes=codes)
    return security_page(request, second_factor_form=form)
