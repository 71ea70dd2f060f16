"""Answers that may be a little old. Without Redis nothing is kept, and a cache that is down is only slower."""

from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache


def remember_count(name: str, query: str, count: Callable[[], int], *, seconds: int) -> int:
    """Return a count of at most `seconds` ago, or count now; `query` is all that the count depends on.

    A value that is not a number, from whoever wrote it, is a miss. For public figures only: it has no reader in it.
    """
    key = f"{name}:{sha256(query.encode()).hexdigest()}"
    known = cache.get(key)
    if isinstance(known, int) and known >= 0:
        return known
    counted = count()
    cache.set(key, counted, seconds)
    return counted
