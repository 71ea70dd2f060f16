"""Answers kept for those who ask next. Without Redis nothing is kept, and a cache that is down is only slower.

What an answer shows has names ("areas", "house:5", "user:7"), and each name a version: a random word. An answer is kept
together with the versions that its reader took before reading the database, and holds as long as they are the present
ones; whoever changes what a name stands for takes its version away once the change is through. So a reader that was
overtaken by a change keeps what nobody takes, and a version that is lost never brings an old answer back. For public
data only: an answer never has anything of its reader's in it.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

import structlog
from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.signing import BadSignature, Signer
from django.db import connection, transaction
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
ANSWER_SECONDS = 5 * 60
VERSION_SECONDS = 24 * 3600  # longer than any answer; the loss of a version costs one answer and no more
AREAS, FACILITIES = "areas", "facilities"
T = TypeVar("T")


def of_user(user_id: int) -> str:
    """Return the name under which answers show somebody's name and picture."""
    return f"user:{user_id}"


def remember(
    key: str, build: Callable[[], T], *, names: Iterable[str], shown: Callable[[], Iterable[str]] = tuple
) -> T:
    """Return what `build` returns, or what it returned in the last ANSWER_SECONDS if none of the names changed since.

    `shown` returns further names where one must ask the database for them; what it returns may depend only on what
    changes `names`. What `build` returns must be JSON. Inside a transaction, which may see what nobody else does or no
    longer what all others do, nothing is taken from the cache or kept.
    """
    if connection.in_atomic_block or isinstance(caches[DEFAULT_CACHE_ALIAS], DummyCache):
        return build()
    names, address = tuple(names), f"answer:{key}"
    found = _read(address, *map(_version_of, names))
    kept = _open(address, found.get(address))
    if kept and _is_present(kept["versions"], found):
        return kept["answer"]
    if (versions := _take_versions(names, found)) is None:
        return build()
    more = tuple(shown())
    others = _take_versions(more, _read(*map(_version_of, more)))
    answer = build()
    if others is not None:
        signed = _sign(address, {"versions": versions | others, "answer": answer})
        _softly(lambda: cache.set(address, signed, ANSWER_SECONDS))
    return answer


def forget_on_commit(*names: str) -> None:
    """Have every answer that shows one of the names read anew once the present transaction is through."""
    transaction.on_commit(lambda: cache.delete_many([_version_of(name) for name in names]), robust=True)


def remember_count(name: str, query: str, count: Callable[[], int], *, seconds: int) -> int:
    """Return a count of at most `seconds` ago, or count now; `query` is all that the count depends on.

    A value that is not a number, from whoever wrote it, is a miss. For public figures only: it has no reader in it.
    """
    key = f"{name}:{sha256(query.encode()).hexdigest()}"
    known = _read(key).get(key)
    if isinstance(known, int) and known >= 0:
        return known
    counted = count()
    _softly(lambda: cache.set(key, counted, seconds))
    return counted


def _version_of(name: str) -> str:
    return f"version:{name}"


def _read(*keys: str) -> dict[str, Any]:
    """Return what the cache has of some keys, in one turn; garbage among it is deleted, and then there is nothing."""
    if not keys:
        return {}
    try:
        return _softly(lambda: cache.get_many(keys)) or {}
    except (ValueError, RecursionError):
        _softly(lambda: cache.delete_many(keys))
        return {}


def _softly(call: Callable[[], T]) -> T | None:
    """Return what a call of the cache returns; None when Redis fails in a way that django-redis does not foresee."""
    try:
        return call()
    except (RedisError, OSError) as error:
        log.warning("cache.failed", error=repr(error))
        return None


def _take_versions(names: Iterable[str], found: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the version of each name, giving one to those without; None when that fails, or another is first."""
    versions = {}
    for name in names:
        version = found.get(_version_of(name))
        if version is None:
            version = secrets.token_urlsafe(12)
            if not _softly(partial(cache.add, _version_of(name), version, VERSION_SECONDS)):
                return None
        versions[name] = str(version)
    return versions


def _is_present(versions: Mapping[str, str], found: Mapping[str, Any]) -> bool:
    """Tell whether versions are still the present ones, asking the cache for those that are not among `found`."""
    others = [key for key in map(_version_of, versions) if key not in found]
    present = {**found, **_read(*others)}
    return all(str(present.get(_version_of(name))) == version for name, version in versions.items())


def _sign(address: str, kept: dict) -> str:
    return Signer(salt=address).sign(json.dumps(kept, ensure_ascii=False))


def _open(address: str, text: Any) -> dict | None:
    """Return what this site has kept under an address; None for whatever somebody else has put there."""
    if not isinstance(text, str):
        return None
    try:
        return json.loads(Signer(salt=address).unsign(text))
    except BadSignature:
        return None
