"""What accounts refuse."""

from django.utils.translation import gettext_lazy as _

from ihome_project.errors import DomainError, Inactive, Invalid


class InvalidMobile(Invalid):
    """The text is not the number of a mainland China mobile."""

    code = "invalid_mobile"
    message = _("Enter a mobile number of mainland China.")
    field = "mobile"


class WrongCredentials(DomainError):
    """Mobile number and password do not belong together (or the number is unknown: nobody learns which)."""

    code = "wrong_credentials"
    message = _("Wrong mobile number or password.")


class UserInactive(Inactive):
    """The account has been closed or deactivated."""

    code = "user_inactive"
    message = _("This account is not active.")
