"""Forms of signing in, and of users in the admin."""

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.errors import InvalidMobile
from accounts.mobiles import parse_mobile
from accounts.models import User
from accounts.services import authenticate_user
from ihome_project.errors import DomainError

TYPED_MOST = 32  # a number as it is typed has spaces and dashes


class MobileField(forms.CharField):
    """A mobile number as people write it, cleaned to E.164."""

    widget = forms.TelInput

    def __init__(self, *, max_length: int | None = None, **kwargs: object) -> None:
        super().__init__(max_length=TYPED_MOST, **kwargs)

    def to_python(self, value: object) -> str:
        """Return +86…, or nothing for nothing."""
        text = super().to_python(value)
        try:
            return parse_mobile(text) if text else text
        except InvalidMobile as error:
            raise ValidationError(str(error), code=error.code) from error


class LoginForm(forms.Form):
    """Mobile number and password; valid when they belong together (`get_user`)."""

    mobile = MobileField(
        label=_("Mobile number"), widget=forms.TelInput({"autocomplete": "tel-national", "inputmode": "tel"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"class": "input", "autocomplete": "current-password"}),
    )
    user: User

    def __init__(self, request: HttpRequest | None = None, *args: object, **kwargs: object) -> None:
        """Take the request that Django's LoginView gives; it is not needed."""
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        """Find the user, or say beside the password why not."""
        cleaned = super().clean()
        if not self.errors:
            try:
                self.user = authenticate_user(**cleaned)
            except DomainError as error:
                self.add_error("password", str(error))
        return cleaned

    def get_user(self) -> User:
        """Return the user of a valid form."""
        return self.user


class NewUserForm(AdminUserCreationForm):
    """A user whom staff make: number, name and password."""

    class Meta:
        model = User
        fields = ("mobile", "name")
        field_classes = {"mobile": MobileField}


class UserForm(UserChangeForm):
    """A user whom staff change; the password has a page of its own."""

    class Meta(UserChangeForm.Meta):
        model = User
        field_classes = {"mobile": MobileField}
