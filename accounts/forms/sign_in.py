"""Forms of signing in, of registering and of a forgotten password."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.codes import ImageAnswer
from accounts.forms.fields import AccountForm, CodeField, LettersField, MobileField, PasswordField, PictureIdField

BLIND = "blind"  # what the button says that sends a code to somebody who cannot see the picture


class CodeForm(AccountForm):
    """A mobile number and the code sent to it. With `is_sending` it asks for a code, and nothing else counts."""

    elsewhere = "sms_code"
    mobile = MobileField(
        label=_("Mobile number"), widget=forms.TelInput({"autocomplete": "tel-national", "inputmode": "tel"})
    )
    image_code = LettersField(label=_("Letters of the picture"), required=False)
    image_code_id = PictureIdField(required=False)
    sms_code = CodeField(label=_("Code from the SMS"))

    def __init__(self, *args: object, is_sending: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.is_sending = is_sending
        self.is_blind = self.data.get("send") == BLIND
        if is_sending:
            for name, field in self.fields.items():
                field.required = name == "mobile" or (name == "image_code" and not self.is_blind)

    def image_answer(self) -> ImageAnswer | None:
        """Return what was read in the picture, None where nothing was typed."""
        text = self.cleaned_data["image_code"]
        return ImageAnswer(image_id=str(self.cleaned_data["image_code_id"]), text=text) if text else None


class LoginForm(CodeForm):
    """A mobile number with a code or with a password, as the visitor chooses."""

    by = forms.CharField(required=False)
    password = PasswordField(label=_("Password"), autocomplete="current-password")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.is_by_password = (self.data or self.initial).get("by") == "password"
        if self.is_by_password:
            self.elsewhere = "password"
        if not self.is_sending:
            self.fields["password"].required = self.is_by_password
            self.fields["sms_code"].required = not self.is_by_password


class NewPasswordForm(CodeForm):
    """A mobile number, the code that was sent to it, and the password that it shall have."""

    password = PasswordField(
        label=_("Choose a password"),
        help_text=_("8 characters or more, and nothing that others guess: not digits alone."),
    )
    password2 = PasswordField(label=_("The same once more"))

    def clean(self) -> dict:
        """Compare the two passwords."""
        if not self.is_sending:
            self.check_repeated("password", "password2")
        return super().clean()
