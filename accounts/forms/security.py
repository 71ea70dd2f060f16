"""Forms of passwords, numbers, keys and devices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import NoPassword, TooManyTries, WeakPassword, WrongPassword
from accounts.forms.fields import AccountForm, CodeField, MobileField, PasswordField
from accounts.models import ApiKey

HANDLE_MOST = 64


class PasswordForm(AccountForm):
    """The password that somebody has, and the one to come."""

    places = dict.fromkeys((WrongPassword, NoPassword, TooManyTries), "old_password") | {WeakPassword: "new_password"}
    old_password = PasswordField(label=_("Present password"), autocomplete="current-password")
    new_password = PasswordField(label=_("New password"), help_text=_("8 characters or more, and not digits alone."))
    new_password2 = PasswordField(label=_("The new one once more"))

    def clean(self) -> dict:
        """Compare the two new ones."""
        self.check_repeated("new_password", "new_password2")
        return super().clean()


class MobileForm(AccountForm):
    """Another mobile number, with the codes sent to the old one and to the new one; `sending` asks for one of them."""

    elsewhere = "new_code"
    old_code = CodeField(label=_("Code sent to the old number"))
    mobile = MobileField(
        label=_("New mobile number"), widget=forms.TelInput({"autocomplete": "tel-national", "inputmode": "tel"})
    )
    new_code = CodeField(label=_("Code sent to the new number"))

    def __init__(self, *args: object, sending: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.sending = sending
        if sending:
            self.elsewhere = f"{sending}_code"
            for name, field in self.fields.items():
                field.required = name == "mobile" and sending == "new"

    def clean(self) -> dict:
        """Let a code go to the old number whatever has been typed of the new one."""
        if self.sending == "old":
            self.errors.clear()
        return super().clean()


class KeyForm(AccountForm):
    """What a new key is called."""

    elsewhere = "name"
    name = forms.CharField(
        label=_("What is the key for?"),
        max_length=ApiKey._meta.get_field("name").max_length,
        widget=forms.TextInput({"class": "input", "autocomplete": "off", "placeholder": _("For example: calendar")}),
    )


class HandleForm(forms.Form):
    """Which device or key is meant."""

    handle = forms.CharField(max_length=HANDLE_MOST)


class CloseForm(AccountForm):
    """The password of whoever closes an account."""

    password = PasswordField(label=_("Your password"), autocomplete="current-password")
