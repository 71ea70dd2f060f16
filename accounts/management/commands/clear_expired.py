"""Delete what has expired: `manage.py clear_expired`, once a day."""

from datetime import timedelta

from django.contrib.sessions.models import Session as FormerSession
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.kept_answers import LASTS
from accounts.models import Counter, KeptAnswer, Message, OneTimeCode, Session

GRACE = timedelta(days=1)  # nothing that is being looked at just now goes
READ_LASTS, UNREAD_LASTS = timedelta(days=180), timedelta(days=365)


class Command(BaseCommand):
    """Deletes sessions, codes, counters, answers and messages that nobody needs any more; at any time, and twice."""

    help = "Delete expired sessions, one-time codes, counters and kept answers, and old messages."

    def handle(self, *args: object, **options: object) -> None:
        """Delete, and say how many there were."""
        before = timezone.now() - GRACE
        delivered = Message.objects.filter(due_at=None)
        for rows, what in (
            (Session.objects.filter(expire_date__lt=before), "sessions"),
            (FormerSession.objects.filter(expire_date__lt=before), "sessions of before 2026-11"),
            (OneTimeCode.objects.filter(expires_at__lt=before), "codes"),
            (Counter.objects.filter(expires_at__lt=before), "counters"),
            (KeptAnswer.objects.filter(created_at__lt=timezone.now() - LASTS), "answers"),
            (delivered.filter(read_at__lt=before - READ_LASTS), "read messages"),
            (delivered.filter(delivered_at__lt=before - UNREAD_LASTS), "messages"),
        ):
            self.stdout.write(f"{rows.delete()[0]} {what}")
