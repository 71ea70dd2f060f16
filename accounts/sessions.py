"""The store of sessions, in the database; each row knows whose it is (`SESSION_ENGINE`).

Not cached: a cache that is down must not log anybody out or keep anybody out.
"""

from datetime import datetime, timedelta
from typing import cast

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.devices import describe_device
from accounts.limits import digest_of
from accounts.models import ApiKey, Session, User

DEVICE, STARTED, SEEN, STAFF = "device", "started", "seen", "staff"
SEEN_AGAIN = timedelta(hours=1)
STAFF_SEEN_AGAIN, STAFF_IDLE, STAFF_WHOLE = timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=4)


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


def begin_session(*, request: HttpRequest, user: User, **_: object) -> None:
    """Note on which device a session begins, and whether it is one of staff (receiver of `user_logged_in`)."""
    now, session = timezone.now().isoformat(), request.session
    session.set_expiry(None)  # it may have been a short one, for codes alone
    for former in (STAFF, DEVICE_ID_SESSION_KEY):  # each log-in asks for the second factor anew
        session.pop(former, None)
    session.update({DEVICE: describe_device(request.headers.get("User-Agent", "")), STARTED: now, SEEN: now})
    if user.is_staff:
        mark_staff(session)


def mark_staff(session: SessionBase) -> None:
    """Make a session one of staff: it ends half an hour after its last use, and four hours after its log-in."""
    session[STAFF] = True
    _limit(session)


def is_of_staff(session: SessionBase) -> bool:
    """Tell whether a session is one of staff, leaving no trace: a page that reads no session still has read none."""
    was_read = session.accessed
    is_marked = session.get(STAFF, False)
    session.accessed = was_read
    return is_marked


def _limit(session: SessionBase) -> None:
    """Let a session of staff last from now on; as an instant, so that no other save makes it last longer."""
    started = moment_of(session.get(STARTED)) or timezone.now()
    session.set_expiry(min(timezone.now() + STAFF_IDLE, started + STAFF_WHOLE))


def note_seen(session: SessionBase) -> None:
    """Have a session saved with the present instant, unless that happened less than SEEN_AGAIN ago.

    One of staff lasts on from then, and is saved once a minute.
    """
    seen, is_marked = moment_of(session.get(SEEN)), session.get(STAFF)
    if seen and timezone.now() - seen > (STAFF_SEEN_AGAIN if is_marked else SEEN_AGAIN):
        session[SEEN] = timezone.now().isoformat()
        if is_marked:
            _limit(session)


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
