"""What forms about homes are made of."""

from django import forms
from django.core.exceptions import ValidationError

from ihome_project.errors import Invalid
from listings.money import parse_yuan


class YuanField(forms.CharField):
    """An amount in yuan as people write it, cleaned to whole fen."""

    def clean(self, value: object) -> int | None:
        """Return fen, or None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_yuan(text)
        except Invalid as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
