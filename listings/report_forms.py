"""The form on which a user reports something."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from ihome_project.errors import DomainError
from listings.errors import UnknownWhy
from listings.form_fields import KeyField
from listings.models import Report
from listings.models.reports import WORDS_MOST


class ReportForm(forms.Form):
    """What is not right with a thing, with a key so that it is reported once."""

    why = forms.ChoiceField(
        label=_("What is not right?"), widget=forms.RadioSelect, error_messages={"required": UnknownWhy.message}
    )
    words = forms.CharField(
        label=_("What should we know?"),
        max_length=WORDS_MOST,
        required=False,
        widget=forms.Textarea({"class": "input", "rows": 4, "data-count": ""}),
    )
    key = KeyField(initial=uuid4)

    def __init__(self, *args: object, kind: str) -> None:
        super().__init__(*args)
        self.refusal: DomainError | None = None
        self.fields["why"].choices = [(why.value, why.label) for why in Report.WHYS[kind]]

    def refuse(self, error: DomainError) -> None:
        """Show a refusal beside what it is about."""
        self.refusal = error
        self.add_error(error.field if error.field in self.fields else None, str(error))
