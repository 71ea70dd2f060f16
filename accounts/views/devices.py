"""Which devices somebody is logged in on."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Session, User


def devices_of(user: User) -> QuerySet[Session]:
    """Return a user's sessions that have not expired, the last used first."""
    return user.sessions.filter(expire_date__gt=timezone.now()).order_by("-seen_at", "-started_at")
