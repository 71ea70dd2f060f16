"""Proves on the live database that bookings and money are right. It only reads, and most of it is done by the database.

Each check is one query for what is wrong, or a walk in pieces, so that it needs as little memory on a large site as on
a small one; what changes meanwhile raises no false alarm. The code of a fault is the name of its check.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bookings.auditing import calendar, counters, money, stays

Check = Callable[[], Iterable[Mapping[str, object]]]
CHECKS: tuple[Check, ...] = (*calendar.CHECKS, *stays.CHECKS, *money.CHECKS, *counters.CHECKS)


@dataclass(frozen=True)
class Fault:
    """Something that must never be: the code of the rule, and the rows that break it."""

    code: str
    rows: Mapping[str, object]

    def __str__(self) -> str:
        return " ".join((self.code, *(f"{name}={value}" for name, value in self.rows.items())))


def audit(checks: Iterable[Check] = CHECKS) -> Iterator[Fault]:
    """Yield all that is wrong."""
    for check in checks:
        for rows in check():
            yield Fault(check.__name__, rows)
