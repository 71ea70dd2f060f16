"""Pages of signing in: with a code or a password, for the first time, and with a forgotten password."""

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.codes import Purpose, binding_of
from accounts.forms import LoginForm, NewPasswordForm
from accounts.limits import client_address
from accounts.mobiles import national_mobile
from accounts.models import User
from accounts.passwords import authenticate_user, needs_image_code, reset_password
from accounts.services import log_in_by_code, register_user
from accounts.views.sending import send_asked
from ihome_project.errors import DomainError

ENTRIES = ("login", "register", "password-reset")
EntryForm = LoginForm | NewPasswordForm


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class EntryView(RedirectURLMixin, FormView):
    """A page with one form, which takes a code and has it sent; it logs in, and leads back to what asked for it.

    The buttons that send a code or show another picture submit the same form: the page comes again as it was filled
    in, and with JavaScript only the part around the code is taken from it.
    """

    purpose: Purpose
    find_user: Callable[..., User]  # who has shown by a valid form who they are; raises DomainError
    next_page = "home"
    is_for_strangers = True

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Lead on at once whoever is logged in already."""
        if self.is_for_strangers and request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_redirect_url(self) -> str:
        """Return the page to go on to, unless it is one of those that log in."""
        url = super().get_redirect_url()
        return "" if url.split("?")[0] in map(reverse, ENTRIES) else url

    def get_initial(self) -> dict:
        """Fill in the number of whoever is logged in."""
        user = self.request.user
        return {"mobile": national_mobile(user.mobile)} if user.is_authenticated else {}

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Show another picture, send a code, or do what the page is for."""
        if "redraw" in request.POST:
            return self.show(self.form_class(initial=request.POST.dict()))
        if "send" in request.POST:
            return self.send_code(self.form_class(request.POST, is_sending=True))
        return super().post(request, *args, **kwargs)

    def send_code(self, form: EntryForm) -> HttpResponse:
        """Send a code, for the letters of the picture or to somebody who cannot see it, or say why not."""
        wait = 0
        if form.is_valid():
            way = {"is_blind": True} if form.is_blind else {"image": form.image_answer()}
            wait = send_asked(form, self.request, mobile=form.cleaned_data["mobile"], purpose=self.purpose, **way)
        return self.show(form, wait=wait)

    def form_valid(self, form: EntryForm) -> HttpResponse:
        """Log in, or say why not."""
        try:
            user = self.find_user(form, binding=binding_of(self.request.session))
        except DomainError as error:
            form.refuse(error)
            return self.form_invalid(form)
        login(self.request, user)
        return HttpResponseRedirect(self.get_success_url(), status=303)

    def show(self, form: EntryForm, wait: int = 0) -> HttpResponse:
        """Render the page; `wait` seconds must pass before another code can be sent."""
        return self.render_to_response(self.get_context_data(form=form, wait=wait))

    def get_context_data(self, **facts: object) -> dict:
        """Return what the page shows: another picture each time."""
        return super().get_context_data(next=self.get_redirect_url(), picture_id=uuid4(), **facts)


class LoginView(EntryView):
    """Logs in with a code, which makes an account for a new number, or with a password."""

    purpose = Purpose.LOGIN
    form_class = LoginForm
    template_name = "accounts/login.html"

    def get_initial(self) -> dict:
        """Open the side that the address names."""
        return {"by": self.request.GET.get("by", "")}

    def get_context_data(self, **facts: object) -> dict:
        """Ask for the letters of a picture beside a password where too many were wrong."""
        needs_picture = needs_image_code(client_address(self.request))
        return super().get_context_data(needs_picture=needs_picture, **facts)

    def find_user(self, form: LoginForm, *, binding: str) -> User:
        """Find who has the number, by the way that was chosen."""
        said = form.cleaned_data
        if not form.is_by_password:
            return log_in_by_code(mobile=said["mobile"], sms_code=said["sms_code"], binding=binding)
        return authenticate_user(
            mobile=said["mobile"],
            password=said["password"],
            address=client_address(self.request),
            binding=binding,
            image=form.image_answer(),
        )


class RegisterView(EntryView):
    """Makes an account with a password, and logs in."""

    purpose = Purpose.REGISTER
    form_class = NewPasswordForm
    template_name = "accounts/register.html"

    def find_user(self, form: NewPasswordForm, *, binding: str) -> User:
        """Make the account."""
        said = form.cleaned_data
        return register_user(
            mobile=said["mobile"], sms_code=said["sms_code"], password=said["password"], binding=binding
        )


class ResetView(EntryView):
    """Gives an account another password, ends all its sessions and logs in; also for who is logged in and has none."""

    purpose = Purpose.RESET
    form_class = NewPasswordForm
    template_name = "accounts/reset.html"
    is_for_strangers = False

    def find_user(self, form: NewPasswordForm, *, binding: str) -> User:
        """Set the password."""
        said = form.cleaned_data
        user = reset_password(
            mobile=said["mobile"], sms_code=said["sms_code"], password=said["password"], binding=binding
        )
        messages.success(self.request, _("Your password is set. No other device and no API key is logged in."))
        return user
