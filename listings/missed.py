"""Count what people search for and do not find."""

from datetime import timedelta

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from ihome_project.db import retry_transaction
from listings.models import MissedSearch
from listings.models.missed import NEW_A_DAY

KEPT = timedelta(days=90)
TRIES = 20  # for a place that others take at the same moment; each of them has then written its own

log = structlog.get_logger(__name__)


def note_missed_search(query: str) -> None:
    """Count once more today that a search found nothing; for nothing asked, nothing.

    A day takes NEW_A_DAY different searches; then only those that it knows are counted. The answer to whoever searches
    does not depend on it: outside a transaction an error of the database is logged, and that is all. Inside one it
    goes on to where that began, for whatever else was written there is lost with it.
    """
    if not query:
        return
    try:
        _count(query)
    except DatabaseError as error:
        if connection.in_atomic_block:
            raise
        log.warning("missed_search.not_counted", error=type(error).__name__)


def prune_missed_searches() -> int:
    """Delete what was counted longer than KEPT ago; return how many rows."""
    return MissedSearch.objects.filter(day__lt=timezone.localdate() - KEPT).delete()[0]


@retry_transaction
def _count(query: str) -> None:
    today = MissedSearch.objects.filter(day=timezone.localdate())
    for _ in range(TRIES):
        if today.filter(query=query).update(times=F("times") + 1):
            return
        position = today.count() + 1
        if position > NEW_A_DAY or _take(query, position):
            return
    log.warning("missed_search.not_counted", error="busy")


def _take(query: str, position: int) -> bool:
    """Give a search the next place of today; False when the place, or the search itself, is there already."""
    try:
        with transaction.atomic():
            MissedSearch.objects.create(day=timezone.localdate(), query=query, position=position)
    except IntegrityError:
        return False
    return True
