"""Sending codes from pages, and what the form that asked says afterwards."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.codes import ImageAnswer, Purpose, binding_of, check_image_code, send_code
from accounts.forms.fields import AccountForm
from accounts.limits import MINUTE, client_address
from ihome_project.errors import DomainError, TooMany


def send_asked(
    form: AccountForm,
    request: HttpRequest,
    *,
    mobile: str,
    purpose: Purpose,
    image: ImageAnswer | None = None,
    is_blind: bool = False,
) -> int:
    """Send the code that a form asks for, once an answer to a picture is right, and say in the form how it went.

    Return in how many seconds the next may be sent to the same number.
    """
    binding, address = binding_of(request.session), client_address(request)
    try:
        if image:
            check_image_code(image, binding=binding)
        send_code(
            mobile=mobile,
            purpose=purpose,
            binding=binding,
            address=address,
            is_blind=is_blind,
            account_id=request.user.pk,
        )
    except DomainError as error:
        form.refuse(error)
        return error.seconds if isinstance(error, TooMany) else 0
    form.note(sent_words())
    return MINUTE


def sent_words() -> str:
    """Return what to say of a code that was sent, or shown where the site runs."""
    if settings.SMS_PROVIDER == "console":
        return _("This site sends no SMS: the code is shown where it runs. It is good for 5 minutes.")
    return _("The code is on its way. It is good for 5 minutes.")
