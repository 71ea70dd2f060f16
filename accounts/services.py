"""Who somebody is."""

from django.contrib.auth.backends import AllowAllUsersModelBackend

from accounts.errors import UserInactive, WrongCredentials
from accounts.mobiles import parse_mobile
from accounts.models import User


def authenticate_user(*, mobile: str, password: str) -> User:
    """Return the user with this mobile number, in any way a person writes it, and this password.

    Raises InvalidMobile, WrongCredentials (after as long a time for an unknown number as for a known one), or, to
    whoever knows the password, UserInactive.
    """
    # Unlike authenticate(), it tells an inactive user from a wrong password with a single hashing.
    user = AllowAllUsersModelBackend().authenticate(None, username=parse_mobile(mobile), password=password)
    if user is None:
        raise WrongCredentials
    if not user.is_active:
        raise UserInactive
    return user
