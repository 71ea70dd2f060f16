"""What forms about accounts are made of."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.codes import CODE_MOST
from accounts.errors import InvalidMobile
from accounts.mobiles import TYPED_MOST, parse_mobile
from accounts.passwords import PASSWORD_MOST
from ihome_project.errors import DomainError


class AccountForm(forms.Form):
    """A form that shows what a service refuses: beside the field it is about, or else beside `elsewhere`."""

    places: Mapping[type[DomainError], str] = {}
    elsewhere: str | None = None

    def refuse(self, error: DomainError) -> None:
        """Show a refusal."""
        place = next((field for kind, field in self.places.items() if isinstance(error, kind)), error.field)
        self.add_error(place if place in self.fields else self.elsewhere, str(error))

    def note(self, words: str) -> None:
        """Say something good where a refusal would stand."""
        self[self.elsewhere].help_text = words

    def check_repeated(self, first: str, second: str) -> None:
        """Say beside the second of two new passwords that it is not the first."""
        said = self.cleaned_data
        if first in said and second in said and said[first] != said[second]:
            self.add_error(second, gettext("This is not the same password."))


class MobileField(forms.CharField):
    """A mobile number as people write it, cleaned to E.164."""

    widget = forms.TelInput

    def __init__(self, **kwargs: object) -> None:
        messages = {"required": _("Type your mobile number.")}
        super().__init__(**kwargs | {"max_length": TYPED_MOST, "error_messages": messages})

    def to_python(self, value: object) -> str:
        """Return +86…, or nothing for nothing."""
        text = super().to_python(value)
        try:
            return parse_mobile(text) if text else text
        except InvalidMobile as error:
            raise ValidationError(str(error), code=error.code) from error


class PasswordField(forms.CharField):
    """A password, with the space around it; never shown again."""

    def __init__(self, *, autocomplete: str = "new-password", **kwargs: object) -> None:
        widget = forms.PasswordInput({"class": "input", "autocomplete": autocomplete})
        super().__init__(strip=False, max_length=PASSWORD_MOST, widget=widget, **kwargs)


class CompactField(forms.CharField):
    """What is typed with space in it, and means the same without."""

    def to_python(self, value: object) -> str:
        """Return it without space."""
        return "".join(super().to_python(value).split())


class CodeField(CompactField):
    """The six digits of an SMS."""

    def __init__(self, **kwargs: object) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "placeholder": _("6 digits")}
        messages = {"required": _("Type the code that was sent to you.")}
        super().__init__(max_length=CODE_MOST, widget=forms.TextInput(attrs), error_messages=messages, **kwargs)


class LettersInput(forms.PasswordInput):
    """An input that is empty each time: with another picture the letters before are worth nothing."""

    input_type = "text"


class LettersField(forms.CharField):
    """What somebody reads in a picture of letters."""

    def __init__(self, **kwargs: object) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        messages = {"required": _("Type the letters of the picture.")}
        super().__init__(max_length=CODE_MOST, widget=LettersInput(attrs), error_messages=messages, **kwargs)


class PictureIdField(forms.UUIDField):
    """Which picture the letters were read in; what is no id is that of no picture."""

    widget = forms.HiddenInput

    def clean(self, value: object) -> object:
        """Return a UUID or None."""
        try:
            return super().clean(value)
        except ValidationError:
            return None


class WordsField(forms.CharField):
    """Words of several lines, whose ends count as one character each, as the browser counts them."""

    def to_python(self, value: object) -> str:
        """Return the words with plain ends of lines."""
        return super().to_python(value).replace("\r\n", "\n")
