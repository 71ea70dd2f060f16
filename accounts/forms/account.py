"""Forms of one's profile and of one's real name."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import UnknownConsent
from accounts.forms.fields import AccountForm, CompactField, WordsField
from accounts.models.identities import REAL_NAME_MOST
from accounts.models.users import ABOUT_MOST, NAME_MOST

NUMBER_MOST = 32  # an ID number as it is typed may have spaces


class ProfileForm(AccountForm):
    """How others see somebody: a name and a few words."""

    elsewhere = "name"
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MOST,
        help_text=_("Hosts and guests see it. It is yours alone: no two people have the same."),
        widget=forms.TextInput({"class": "input", "autocomplete": "nickname"}),
    )
    about = WordsField(
        label=_("About me"),
        max_length=ABOUT_MOST,
        required=False,
        help_text=_("It stands on the pages of your homes. 500 characters at most."),
        widget=forms.Textarea({"class": "input", "rows": 4}),
    )


class AvatarForm(AccountForm):
    """A photo to be known by."""

    elsewhere = "picture"
    picture = forms.FileField(
        label=_("Another photo"),
        help_text=_("JPEG, PNG or WebP of 10 MB at most. Its middle is shown."),
        error_messages={"required": _("Choose a photo first.")},
        widget=forms.FileInput({"class": "input", "accept": "image/jpeg,image/png,image/webp"}),
    )


class IdentityForm(AccountForm):
    """A real name and an ID number, with the consent to what is done with them."""

    places = {UnknownConsent: "consent"}
    real_name = forms.CharField(
        label=_("Real name"),
        max_length=REAL_NAME_MOST,
        help_text=_("As it stands on the ID card."),
        widget=forms.TextInput({"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )
    id_card = CompactField(
        label=_("ID number"),
        max_length=NUMBER_MOST,
        help_text=_("18 digits; the last may be an X."),
        widget=forms.TextInput({"class": "input num", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    consent = forms.BooleanField(
        label=_("I have read this, and agree to it"),
        error_messages={"required": _("Without your consent we may not look at your ID number.")},
    )
    consent_version = forms.CharField(required=False, widget=forms.HiddenInput)


class ReadForm(forms.Form):
    """Up to which moment somebody has seen their messages."""

    until = forms.DateTimeField()
