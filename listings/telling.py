"""What people are told of their reports: written in the transaction of what happened, each once."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.messages import Kind, register, tell
from listings.models import Report

REPORT_DECIDED = Kind("report_decided", _("We have looked at what you reported. Read what came of it."), "flag")


def register_kinds() -> None:
    """Put the kinds of messages about reports into the registry."""
    register(REPORT_DECIDED)


def tell_of_decision(report: Report) -> None:
    """Tell whoever reported something that it is decided, and nobody else; inside the transaction of that."""
    kind, path = REPORT_DECIDED.name, reverse("my-reports")
    tell(user=report.reporter, kind=kind, key=f"{kind}-{report.pk}", facts={}, path=f"{path}#report-{report.pk}")
