"""Forms about accounts: they check shape, and show what the services refuse beside the field that it is about."""

from accounts.forms.account import AvatarForm, IdentityForm, ProfileForm, ReadForm
from accounts.forms.fields import MobileField
from accounts.forms.second_factor import SecondFactorForm
from accounts.forms.security import CloseForm, HandleForm, KeyForm, MobileForm, PasswordForm
from accounts.forms.sign_in import LoginForm, NewPasswordForm

__all__ = [
    "AvatarForm",
    "CloseForm",
    "HandleForm",
    "IdentityForm",
    "KeyForm",
    "LoginForm",
    "MobileField",
    "MobileForm",
    "NewPasswordForm",
    "PasswordForm",
    "ProfileForm",
    "ReadForm",
    "SecondFactorForm",
]
