"""How often something may happen: to one number, from one address, on the whole site. Counted in the database.

So every limit holds across processes and without a cache. Nothing here stands in plain: a subject is a keyed hash.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Counter
from ihome_project.db import retry_transaction

MINUTE, HOUR, DAY = 60, 3600, 86_400
MILLI = 1000
SMS_BUDGET = "sms_budget"
SEEN_AS_ONE = 64  # bits of an IPv6 address: a household has all addresses behind them


@dataclass(frozen=True)
class Rule:
    """At most so many in so many seconds; after the last, `penalty` seconds of nothing instead of a sliding window."""

    most: int
    seconds: int
    penalty: int = 0

    def wait(self, moments: Sequence[int], now: int) -> int:
        """Return in how many milliseconds after `now` the next is allowed: 0 or less is at once."""
        if len(moments) < self.most:
            return 0
        first, last = moments[-self.most], moments[-1]
        if not self.penalty:
            return first + self.seconds * MILLI - now
        return last + self.penalty * MILLI - now if last - first < self.seconds * MILLI else 0


@dataclass(frozen=True)
class Limit:
    """What is counted for one subject, and the rules that it must keep."""

    purpose: str
    subject: str
    rules: tuple[Rule, ...]

    @property
    def digest(self) -> str:
        """The subject as a keyed hash."""
        return digest_of(self.purpose, self.subject)

    @property
    def kept(self) -> int:
        """How many moments matter."""
        return max(rule.most for rule in self.rules)

    @property
    def lasts(self) -> timedelta:
        """How long a moment can matter."""
        return timedelta(seconds=max(max(rule.seconds, rule.penalty) for rule in self.rules))

    def wait(self, moments: Sequence[int], now: int) -> int:
        """Return in how many milliseconds the next is allowed by every rule."""
        return max(rule.wait(moments, now) for rule in self.rules)


class Reached(Exception):
    """A limit is reached; it tells which, and in how many seconds the next is allowed."""

    def __init__(self, limit: Limit, milliseconds: int) -> None:
        super().__init__(limit.purpose)
        self.limit = limit
        self.seconds = max(1, -(-milliseconds // MILLI))


def sms_budget() -> Limit:
    """Return the limit of all messages that the site sends by SMS."""
    return Limit(SMS_BUDGET, "", (Rule(settings.SMS_HOURLY_BUDGET, HOUR),))


def digest_of(*parts: Any) -> str:
    """Return a keyed hash of some parts, for what must be found again and never be read."""
    return salted_hmac("accounts", "\0".join(map(str, parts)), algorithm="sha256").hexdigest()


def client_address(request: HttpRequest) -> str:
    """Return the address that a request comes from, an IPv6 one as its network of 64 bits.

    Each of the TRUSTED_PROXIES appends the address it was asked from to X-Forwarded-For: only as many entries from
    the right are believed as there are proxies, for whatever stands before them anybody can send.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        forwarded = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(forwarded) >= settings.TRUSTED_PROXIES:
            address = forwarded[-settings.TRUSTED_PROXIES] or address
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 4:  # noqa: PLR2004 — IPv4
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known, SEEN_AS_ONE), strict=False))


def reserve(*limits: Limit) -> int:
    """Count one more for each limit, all or none, and return the moment under which it was counted (`release`).

    Raises Reached for the limit with the longest wait; then nothing has been counted.
    """
    wanted = {limit.digest: limit for limit in limits}
    while True:
        _make_rows(wanted)
        if moment := _reserve(wanted):
            return moment


@retry_transaction
def _make_rows(wanted: dict[str, Limit]) -> None:
    """Write the rows that are not there yet, outside the transaction that locks them: an insert could deadlock."""
    known = set(Counter.objects.filter(subject__in=wanted).values_list("subject", flat=True))
    missing = [
        Counter(purpose=limit.purpose, subject=digest, expires_at=timezone.now() + limit.lasts)
        for digest, limit in wanted.items()
        if digest not in known
    ]
    if missing:
        Counter.objects.bulk_create(missing, ignore_conflicts=True)


@retry_transaction
def _reserve(wanted: dict[str, Limit]) -> int | None:
    with transaction.atomic():
        rows = _locked(wanted)
        if len(rows) < len(wanted):
            return None  # swept away just now, being long expired
        now = timezone.now()
        moment = int(now.timestamp() * MILLI)
        waits = [(wanted[row.subject].wait(row.moments, moment), row.subject) for row in rows]
        wait, subject = max(waits)
        if wait > 0:
            raise Reached(wanted[subject], wait)
        for row in rows:
            limit = wanted[row.subject]
            row.moments = [*row.moments, moment][-limit.kept :]
            row.expires_at = now + limit.lasts
            row.save(update_fields=("moments", "expires_at"))
    return moment


def _locked(subjects: Iterable[str]) -> list[Counter]:
    """Return the rows of some subjects, locked in one order for everybody."""
    return list(Counter.objects.select_for_update().filter(subject__in=subjects).order_by("pk"))


@retry_transaction
def release(moment: int, *limits: Limit) -> None:
    """Take back what `reserve` counted at a moment: it came to nothing, or it was no abuse."""
    with transaction.atomic():
        for row in _locked([limit.digest for limit in limits]):
            if moment in row.moments:
                row.moments.remove(moment)
                row.save(update_fields=("moments",))


@retry_transaction
def forget(limit: Limit) -> None:
    """Begin to count anew."""
    Counter.objects.filter(subject=limit.digest).update(moments=[])


def is_reached(limit: Limit) -> bool:
    """Tell whether the next would be refused now."""
    row = Counter.objects.filter(subject=limit.digest).first()
    return row is not None and limit.wait(row.moments, int(timezone.now().timestamp() * MILLI)) > 0
