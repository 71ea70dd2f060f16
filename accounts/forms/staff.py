"""Forms of users and identities in the admin."""

from typing import ClassVar

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.errors import InvalidName
from accounts.forms.fields import MobileField
from accounts.identity import decide_identity, read_number
from accounts.models import Identity, User
from accounts.names import parse_name
from ihome_project.errors import DomainError


class NameMixin:
    """Reads a name by the rules for everybody."""

    def clean_name(self) -> str:
        """Return the name as it is kept."""
        try:
            return parse_name(self.cleaned_data["name"])
        except InvalidName as error:
            raise ValidationError(str(error)) from error


class NewUserForm(NameMixin, AdminUserCreationForm):
    """A user whom staff make: number, name and password."""

    class Meta:
        model = User
        fields = ("mobile", "name")
        field_classes = {"mobile": MobileField}


class UserForm(NameMixin, UserChangeForm):
    """A user whom staff change; the password has a page of its own."""

    class Meta(UserChangeForm.Meta):
        model = User
        field_classes = {"mobile": MobileField}


class IdentityActForm(forms.Form):
    """What staff are about to do with an identity, and why. Raises Http404 for what cannot be done."""

    TITLES: ClassVar = {
        "approve": _("Approve this identity"),
        "reject": _("Reject this identity"),
        "number": _("Read the whole ID number"),
    }
    DONE: ClassVar = {"approve": _("The identity is approved."), "reject": _("The identity is rejected.")}

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput({"class": "vLargeTextField"}))

    def __init__(self, *args: object, act: str, identity: Identity, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if act not in self.TITLES:
            raise Http404
        self.act, self.identity, self.number = act, identity, ""
        self.title, self.done = self.TITLES[act], self.DONE.get(act, "")
        self.fields["reason"].required = act != "approve"

    def perform(self, staff: User) -> bool:
        """Do it; False when the service refuses, with its words beside the reason."""
        said = {"staff": staff, "identity_id": self.identity.pk, "reason": self.cleaned_data["reason"]}
        try:
            if self.act == "number":
                self.number = read_number(**said)
            else:
                decide_identity(is_approved=self.act == "approve", **said)
        except DomainError as refusal:
            self.add_error("reason", str(refusal))
        return self.is_valid()
