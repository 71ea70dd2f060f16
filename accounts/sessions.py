"""The store of sessions, in the database; each row knows whose it is (`SESSION_ENGINE`).

Not cached: a cache that is down must not log anybody out or keep anybody out.
"""

from datetime import datetime, timedelta
from typing import cast

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone

from accounts.devices import describe_device
from accounts.limits import digest_of
from accounts.models import ApiKey, Session, User

DEVICE, STARTED, SEEN = "device", "started", "seen"
SEEN_AGAIN = timedelta(hours=1)


class SessionStore(DatabaseStore):
    """Writes beside each session whose it is, on which device, since when, and when it was last seen."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of ours."""
        return Session

    def create_model_instance(self, data: dict) -> Session:
        """Return the row for the data of a session."""
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get("_auth_user_id")
        row.device = data.get(DEVICE, "")
        row.started_at = moment_of(data.get(STARTED))
        row.seen_at = moment_of(data.get(SEEN)) or timezone.now()
        return row


def moment_of(text: str | None) -> datetime | None:
    """Return the instant that a session's data has as text."""
    return datetime.fromisoformat(text) if text else None


def begin_session(*, request: HttpRequest, **_: object) -> None:
    """Note on which device a session begins (receiver of `user_logged_in`)."""
    now = timezone.now().isoformat()
    request.session.set_expiry(None)  # it may have been a short one, for codes alone
    request.session.update({DEVICE: describe_device(request.headers.get("User-Agent", "")), STARTED: now, SEEN: now})


def note_seen(session: SessionBase) -> None:
    """Have a session saved with the present instant, unless that happened less than SEEN_AGAIN ago."""
    seen = moment_of(session.get(SEEN))
    if seen and timezone.now() - seen > SEEN_AGAIN:
        session[SEEN] = timezone.now().isoformat()


def handle_of(row: Session | ApiKey) -> str:
    """Return by what a page names a session or a key: its real name is a secret."""
    return digest_of(row._meta.model_name, row.pk)[:16]


def end_device(*, user: User, handle: str) -> None:
    """End one of a user's sessions, if it has not ended already."""
    for session in user.sessions.all():
        if handle_of(session) == handle:
            session.delete()


def end_other_devices(*, user: User, session_key: str | None) -> None:
    """End all of a user's sessions but one."""
    user.sessions.exclude(session_key=session_key).delete()
