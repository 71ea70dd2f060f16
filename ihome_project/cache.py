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
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from typing import Any, TypeVar

import structlog
from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.core.cache.backends.dummy import DummyCache
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django_redis.cache import RedisCache
from django_redis.serializers.json import JSONSerializer
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
ANSWER_SECONDS = 5 * 60
VERSION_SECONDS = 24 * 3600  # longer than any answer; the loss of a version costs one answer and no more
AREAS, FACILITIES = "areas", "facilities"
BYTES = b"\0"  # no JSON begins like this
SEAL_LENGTH = sha256().digest_size
SHOWN_MOST = 1000
T = TypeVar("T")
# By address, which versions an answer was found to need beside those of its own names: asked for in the same turn of
# Redis as the answer. A wrong or missing line costs that second turn and no more.
_shown: dict[str, tuple[str, ...]] = {}


class BytesOrJson(JSONSerializer):
    """Stores bytes as they are and all else as JSON; reading runs nothing, as a pickle would."""

    def dumps(self, value: Any) -> bytes:
        """Return what Redis keeps of a value."""
        return BYTES + value if isinstance(value, bytes) else super().dumps(value)

    def loads(self, value: bytes) -> Any:
        """Return the value. Raises ValueError for garbage."""
        return value[1:] if value.startswith(BYTES) else super().loads(value)


JSON = BytesOrJson({})


@dataclass(frozen=True)
class Kept:
    """The bytes of an answer, and the word that changes with them."""

    body: bytes
    word: str

    @classmethod
    def of(cls, body: bytes) -> "Kept":
        """Return some bytes with their word."""
        return cls(body, sha256(body).hexdigest()[:32])


def of_user(user_id: int) -> str:
    """Return the name under which answers show somebody's name and picture."""
    return f"user:{user_id}"


def remember(
    key: str, build: Callable[[], T], *, names: Iterable[str], shown: Callable[[], Iterable[str]] = tuple
) -> T:
    """Return what `build` returns as JSON has it, or what it returned before, as `remember_bytes` does."""
    kept = remember_bytes(key, lambda: json.dumps(build(), ensure_ascii=False).encode(), names=names, shown=shown)
    return json.loads(kept.body)


def remember_bytes(
    key: str, build: Callable[[], bytes], *, names: Iterable[str], shown: Callable[[], Iterable[str]] = tuple
) -> Kept:
    """Return what `build` returns, or what it returned in the last ANSWER_SECONDS if none of the names changed since.

    `shown` returns further names where one must ask the database for them; what it returns may depend only on what
    changes `names`. Inside a transaction, which may see what nobody else does or no longer what all others do,
    nothing is taken from the cache or kept.
    """
    if _keeps_nothing():
        return Kept.of(build())
    names, address = tuple(names), f"answer:{key}"
    kept, found = _look(address, names)
    if kept:
        return kept
    if (versions := _take_versions(names, found)) is None:
        return Kept.of(build())
    more = tuple(shown())
    others = _take_versions(more, _read(*map(_version_of, more)))
    answer = Kept.of(build())
    if others is not None:
        sealed = _seal(address, answer, versions | others)
        _softly(lambda: cache.set(address, sealed, ANSWER_SECONDS))
    return answer


def kept_answer(key: str, *, names: Iterable[str]) -> Kept | None:
    """Return what `remember_bytes` would return without building it; None when it would have to."""
    return None if _keeps_nothing() else _look(f"answer:{key}", names)[0]


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
        return _softly(lambda: _get_many(keys)) or {}
    except (ValueError, RecursionError):
        _softly(lambda: cache.delete_many(keys))
        return {}


def _get_many(keys: tuple[str, ...]) -> dict[str, Any]:
    """Return what `cache.get_many` returns; where each answer passes, what that does around Redis would double it."""
    store = caches[DEFAULT_CACHE_ALIAS]
    if not isinstance(store, RedisCache):
        return store.get_many(keys)
    values = store.client.get_client(write=False).mget([store.client.make_key(key) for key in keys])
    return {key: JSON.loads(value) for key, value in zip(keys, values, strict=True) if value is not None}


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


def _keeps_nothing() -> bool:
    return connection.in_atomic_block or isinstance(caches[DEFAULT_CACHE_ALIAS], DummyCache)


def _look(address: str, names: Iterable[str]) -> tuple[Kept | None, dict[str, Any]]:
    """Return the answer under an address if it still holds, and all that the cache was asked for."""
    own = tuple(map(_version_of, names))
    asked = (address, *own, *_shown.get(address, ()))
    found = _read(*asked)
    opened = _open(address, found.get(address))
    if opened is None:
        return None, found
    kept, versions = opened
    needed = tuple(map(_version_of, versions))
    if others := [key for key in needed if key not in asked]:
        _note_shown(address, [key for key in needed if key not in own])
        found |= _read(*others)
    holds = all(str(found.get(_version_of(name))) == version for name, version in versions.items())
    return kept if holds else None, found


def _note_shown(address: str, keys: Iterable[str]) -> None:
    if len(_shown) >= SHOWN_MOST:
        _shown.clear()
    _shown[address] = tuple(keys)


def _seal(address: str, kept: Kept, versions: Mapping[str, str]) -> bytes:
    """Return an answer as the cache keeps it: sealed, with its word and versions in a line before it."""
    content = json.dumps([kept.word, versions]).encode() + b"\n" + kept.body
    return _seal_of(address, content) + content


def _open(address: str, sealed: Any) -> tuple[Kept, dict[str, str]] | None:
    """Return what this site has kept under an address, and its versions; None for what somebody else has put there."""
    if not isinstance(sealed, bytes):
        return None
    seal, content = sealed[:SEAL_LENGTH], sealed[SEAL_LENGTH:]
    if not compare_digest(seal, _seal_of(address, content)):
        return None
    line, _, body = content.partition(b"\n")
    word, versions = json.loads(line)
    return Kept(body, word), versions


def _seal_of(address: str, content: bytes) -> bytes:
    return salted_hmac(f"kept {address}", content, algorithm="sha256").digest()
