"""Delete what has expired: `manage.py clear_expired`, once a day."""

from datetime import timedelta

from django.contrib.sessions.models import Session as FormerSession
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Counter, OneTimeCode, Session

GRACE = timedelta(days=1)  # nothing that is being looked at just now goes


class Command(BaseCommand):
    """Deletes sessions, one-time codes and counters that nobody needs any more; safe at any time and twice."""

    help = "Delete expired sessions, one-time codes and counters."

    def handle(self, *args: object, **options: object) -> None:
        """Delete, and say how many there were."""
        before = timezone.now() - GRACE
        for rows, what in (
            (Session.objects.filter(expire_date__lt=before), "sessions"),
            (FormerSession.objects.filter(expire_date__lt=before), "sessions of before 2026-11"),
            (OneTimeCode.objects.filter(expires_at__lt=before), "codes"),
            (Counter.objects.filter(expires_at__lt=before), "counters"),
        ):
            self.stdout.write(f"{rows.delete()[0]} {what}")
