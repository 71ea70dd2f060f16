"""What forms about homes are made of."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from ihome_project.errors import Invalid
from listings.money import FEN, parse_yuan


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


def plain_yuan(fen: int | str | None) -> str:
    """Write fen as one would type them: 200, or 19.99; nothing for nothing."""
    if fen in (None, ""):
        return ""
    whole, cents = divmod(int(fen), FEN)
    return f"{whole}.{cents:02d}" if cents else str(whole)


class KeyField(forms.UUIDField):
    """A key that goes along so that something is done once; what is no key is a new one."""

    widget = forms.HiddenInput

    def clean(self, value: object) -> str:
        """Return the key as text."""
        try:
            return super().clean(value).hex
        except ValidationError:
            return uuid4().hex
