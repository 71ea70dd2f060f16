"""How many requests a minute a program or a person may send to the API: reads and writes apart.

Counted in Redis where there is one, and so across all processes; else, and while Redis is away, in this process by all
its threads. A row for each read would cost more than most reads. A minute begins with its first request, so that nobody
has to agree on the time. What may happen only so often for safety's sake is counted in the database: `accounts.limits`.
"""

import time
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django_redis import get_redis_connection
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.limits import MINUTE, client_address, digest_of
from accounts.models import ApiKey

MILLI = 1000
STEP = 20  # cheap reads of an address of which Redis hears at once
SUBJECTS_MOST = 10_000  # that a process remembers before it looks for those whose minute is over

log = structlog.get_logger(__name__)


class PerMinute(BaseThrottle):
    """Refuses what is more than API_READS_PER_MINUTE or API_WRITES_PER_MINUTE, for the rest of the minute."""

    seconds = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 — called by DRF
        """Count a request, and tell whether it may pass."""
        is_read = request.method in SAFE_METHODS
        most = settings.API_READS_PER_MINUTE if is_read else settings.API_WRITES_PER_MINUTE
        count, self.seconds = count_more(name_of("read" if is_read else "write", subject_of(request)))
        return count <= most

    def wait(self) -> float:
        """Return in how many seconds the next may pass."""
        return max(1, self.seconds)


def subject_of(request: Request) -> str:
    """Return for whom a request counts: a key, the user of a session, or the address of who is not logged in."""
    if isinstance(request.auth, ApiKey):
        return f"key {request.auth.pk}"
    return f"user {request.user.pk}" if request.user.is_authenticated else f"address {client_address(request)}"


def name_of(kind: str, subject: str) -> str:
    """Return under which name requests of a kind count for somebody."""
    return cache.make_key(f"throttle:{digest_of('throttle', kind, subject)}")


def has_room(request: HttpRequest) -> bool:
    """Count a read of somebody who is not logged in that costs next to nothing, and tell whether it may pass.

    Redis would cost more than such a read: it hears of STEP at a time from each process, which may let as many more
    through. What has no room is to go the whole way, where it is counted and refused.
    """
    address, most = client_address(request), settings.API_READS_PER_MINUTE
    here, step = cache.make_key(address), max(1, min(STEP, most // 10))
    with _lock:
        if _full.get(here, 0) > time.time():
            return False
        if len(_unsaid) >= SUBJECTS_MOST:
            _unsaid.clear()
            _full.clear()
        unsaid = _unsaid.get(here, 0) + 1
        _unsaid[here] = unsaid % step
    if unsaid < step:
        return True
    count, seconds = count_more(name_of("read", f"address {address}"), unsaid)
    if count > most:
        _full[here] = time.time() + seconds
    return count <= most


def count_more(name: str, more: int = 1) -> tuple[int, float]:
    """Count more under a name; return how many there are in its minute, and in how many seconds that is over."""
    try:
        return _count_in_redis(name, more)
    except NotImplementedError:  # the cache is none, or not Redis
        return _count_here(name, more)
    except (RedisError, OSError) as error:
        log.warning("throttle.failed", error=repr(error))
        return _count_here(name, more)


def _count_in_redis(name: str, more: int) -> tuple[int, float]:
    redis = get_redis_connection()
    with redis.pipeline() as all_or_none:
        all_or_none.set(name, 0, ex=MINUTE, nx=True)
        all_or_none.incr(name, more)
        all_or_none.pttl(name)
        _, count, milliseconds = all_or_none.execute()
    if milliseconds < 0:  # it expired between the two, and would now stand for ever
        redis.expire(name, MINUTE)
    return count, max(milliseconds, 0) / MILLI


_minutes: dict[str, tuple[int, float]] = {}  # by name: how many so far, and when the minute is over
_unsaid: dict[str, int] = {}  # by address: cheap reads of which Redis has not heard yet
_full: dict[str, float] = {}  # by address: when the minute is over in which it has no room for more
_lock = Lock()


def _count_here(name: str, more: int) -> tuple[int, float]:
    with _lock:
        now = time.time()
        count, over_at = _minutes.get(name, (0, now))
        if now >= over_at:
            _forget_past(now)
            count, over_at = 0, now + MINUTE
        _minutes[name] = count + more, over_at
    return count + more, over_at - now


def _forget_past(now: float) -> None:
    if len(_minutes) >= SUBJECTS_MOST:
        for name in [name for name, (_, over_at) in _minutes.items() if now >= over_at]:
            del _minutes[name]
