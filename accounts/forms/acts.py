"""What staff are about to do with a row, and why: the form that is asked before anything is done."""

from typing import ClassVar

from django import forms
from django.conf import settings
from django.db.models import Model
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.identities import REASON_MOST
from ihome_project.errors import DomainError

WIDE = {"class": "vLargeTextField", "autocomplete": "off"}


class ActForm(forms.Form):
    """An act of staff on a row. Each kind of act is a subclass, which says what it is in words, and calls a service.

    `permission` is who may do it; `shortcut` the key that leads to it; `reasons` what is often said: one of them is
    chosen, or other words are given. Where an act is about what a row says, `version_of` names the state it is in, and
    `seen` brings back the one that somebody has looked at: the service refuses when it is another by now.
    """

    do_not_call_in_templates = True  # a page names the kinds of acts without making one
    name: ClassVar[str]
    title: ClassVar[Promise | str]
    note: Promise | str = ""  # what will happen
    done: Promise | str = ""
    permission: ClassVar[str]
    shortcut = ""
    is_grave = False
    needs_reason = True
    reasons: ClassVar[tuple[Promise | str, ...]] = ()

    seen = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": _("Please open the page again.")}
    )
    chosen = forms.ChoiceField(label=_("Reason"), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=REASON_MOST, widget=forms.TextInput(WIDE))

    def __init__(self, *args: object, row: Model, seen: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.result = ""  # what is shown once, and kept nowhere
        if self.reasons:
            self.fields["chosen"].choices = [(str(n), words) for n, words in enumerate(self.reasons)]
            self.fields["reason"].label = _("Or in your own words")
        else:
            del self.fields["chosen"]
        self.fields["seen"].initial = seen or self.version_of(row)
        if not self.version_of(row):
            del self.fields["seen"]
        self.fields["reason"].required = self.needs_reason and not self.reasons

    @classmethod
    def is_possible(cls, row: Model) -> bool:  # noqa: ARG003 — each kind of act says when
        """Whether it is offered on a row's page; the service decides."""
        return True

    @classmethod
    def version_of(cls, row: Model) -> str:  # noqa: ARG003 — each kind of act says what
        """Return a name of the state that somebody has to have seen; empty for an act to which it does not matter."""
        return ""

    @property
    def lines(self) -> list[str]:
        """What the row is, for whoever is asked."""
        return [str(self.row)]

    @property
    def words(self) -> str:
        """The reason that was given; one that was chosen is in the site's language, whoever reads it."""
        own, chosen = self.cleaned_data["reason"].strip(), self.cleaned_data.get("chosen")
        if own or not chosen:
            return own
        with translation.override(settings.LANGUAGE_CODE):
            return str(self.reasons[int(chosen)])

    def act(self, staff: User) -> None:
        """Call the service. Raises DomainError."""
        raise NotImplementedError

    def perform(self, staff: User) -> bool:
        """Do it; False when the service refuses, with its words beside what they are about."""
        try:
            self.act(staff)
        except DomainError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else "reason", str(refusal))
        return self.is_valid()
