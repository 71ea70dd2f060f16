"""What people are told of their account: written in the transaction of what happened, each once."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.messages import Kind, register, tell
from accounts.models import Identity

KINDS = (
    Kind(
        "identity.verified",
        _("Your identity is verified."),
        "badge-check",
        _("Your identity is verified"),
    ),
    Kind(
        "identity.rejected",
        _("Your identity could not be verified. See why, and submit it again."),
        "circle-alert",
        _("Identity not verified, see why"),
    ),
)


def register_kinds() -> None:
    """Put the kinds of messages about accounts into the registry."""
    for each in KINDS:
        register(each)


def tell_of_identity(identity: Identity) -> None:
    """Tell somebody what staff have decided of their identity; inside the transaction of that."""
    at = identity.decided_at.isoformat() if identity.decided_at else ""
    key, path = f"identity-{identity.pk}-{at}", reverse("verification")
    tell(user=identity.user, kind=f"identity.{identity.status}", key=key, facts={}, path=path)
