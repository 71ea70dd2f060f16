"""The page of another mobile number."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.codes import Purpose, binding_of
from accounts.forms import MobileForm
from accounts.services import change_mobile
from accounts.views.security import see
from accounts.views.sending import send_asked
from ihome_project.errors import DomainError

PURPOSES = {"old": Purpose.OLD_MOBILE, "new": Purpose.NEW_MOBILE}


@method_decorator([login_required, never_cache, sensitive_post_parameters()], name="dispatch")
class MobileView(FormView):
    """Gives the account another number, once codes sent to both have come back; it sends them itself."""

    form_class = MobileForm
    template_name = "accounts/mobile.html"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Send one of the codes, or change the number."""
        sending = request.POST.get("send")
        if sending in PURPOSES:
            return self.send_code(MobileForm(request.POST, sending=sending), sending)
        return super().post(request, *args, **kwargs)

    def send_code(self, form: MobileForm, sending: str) -> HttpResponse:
        """Send a code to the old number or to the new one, or say why not."""
        wait = 0
        if form.is_valid():
            mobile = self.request.user.mobile if sending == "old" else form.cleaned_data["mobile"]
            wait = send_asked(form, self.request, mobile=mobile, purpose=PURPOSES[sending])
        return self.render_to_response(self.get_context_data(form=form, **{f"{sending}_wait": wait}))

    def form_valid(self, form: MobileForm) -> HttpResponse:
        """Change the number, or say why not."""
        try:
            change_mobile(user=self.request.user, binding=binding_of(self.request.session), **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
            return self.form_invalid(form)
        messages.success(self.request, _("From now on you log in with your new number."))
        return see("mobile")
