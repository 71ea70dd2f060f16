"""What the admin of every app needs."""

from collections.abc import Callable

from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from ihome_project.templatetags.ihome import yuan


def in_yuan(field: str, description: str = _("in yuan")) -> Callable[[Model], str]:
    """Return a column, or a read-only field, that shows an amount of fen in yuan."""

    @admin.display(description=description, ordering=field)
    def amount(row: Model) -> str:
        fen = getattr(row, field)
        return "–" if fen is None else yuan(fen)

    return amount
