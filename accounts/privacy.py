"""What the site knows about a person, in one place: to be told what waits, to be taken along, to be erased.

Each app puts its chapter into the registry when it is ready, so that accounts need not know who builds on them.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from accounts.errors import CannotClose
from accounts.models import User
from accounts.names import generate_name
from accounts.passwords import verify_password
from ihome_project.cache import forget_on_commit, of_user
from ihome_project.db import retry_transaction

IN_MEMORY = 4 * 1024 * 1024  # bytes of a download that are not yet written to a file
CLOSED = "已注销"


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person: what it is, in words, and where it is done."""

    words: str
    url: str


@dataclass(frozen=True)
class Chapter:
    """What one app knows about a person, and what is done with it.

    `export` returns what the app has written about the person, as JSON can hold it; `photos` yields the names in the
    store of their pictures; `objections` says, a sentence each, why the account cannot be closed now; `lock` keeps
    that from changing until the account is closed; `erase` removes or anonymises, in the same transaction.
    """

    name: str
    export: Callable[[User], Any]
    photos: Callable[[User], Iterable[str]] = lambda _: ()
    waiting: Callable[[User], Iterable[Waiting]] = lambda _: ()
    objections: Callable[[User], Iterable[str]] = lambda _: ()
    lock: Callable[[User], object] = lambda _: None
    erase: Callable[[User], object] = lambda _: None


_chapters: dict[str, Chapter] = {}


def register(chapter: Chapter) -> None:
    """Put an app's chapter into the registry, in the place of one of the same name."""
    _chapters[chapter.name] = chapter


def waiting_for(user: User) -> list[Waiting]:
    """Return what waits for a person, the chapters in the order in which they were registered."""
    return [each for chapter in _chapters.values() for each in chapter.waiting(user)]


def export_data(user: User) -> IO[bytes]:
    """Return a zip with a JSON file for each chapter and the person's photos, rewound; whoever takes it closes it."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 — the answer that sends it closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for chapter in _chapters.values():
            data = json.dumps(chapter.export(user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            bundle.writestr(f"{chapter.name}.json", data)
            for name, content in stored(chapter.photos(user)):
                bundle.writestr(f"photos/{name}", content, zipfile.ZIP_STORED)
    file.seek(0)
    return file


def stored(names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield each name and its bytes, leaving out what the store has lost."""
    for name in names:
        with suppress(FileNotFoundError), default_storage.open(name) as file:
            yield name, file.read()


def objections_to_closing(user: User) -> list[str]:
    """Return why an account cannot be closed now, a sentence each."""
    return [str(words) for chapter in _chapters.values() for words in chapter.objections(user)]


def close_account(*, user: User, password: str, address: str) -> None:
    """Close an account for good: number, identity, photos, sessions and keys go, what others need stays without them.

    Raises NoPassword, TooManyTries, WrongPassword or CannotClose, which says what is still open.
    """
    verify_password(user=user, password=password, address=address)
    _close_account(user)


@retry_transaction
def _close_account(user: User) -> None:
    with transaction.atomic():
        for chapter in _chapters.values():
            chapter.lock(user)
        user = User.objects.select_for_update().get(pk=user.pk)  # from here on nobody books as this user
        forget_on_commit(of_user(user.pk))
        if user.closed_at:
            return  # an earlier run of this very call came through, though its connection was lost
        if reasons := objections_to_closing(user):
            raise CannotClose(reasons=reasons)
        for chapter in _chapters.values():
            chapter.erase(user)
        user.mobile, user.name, user.about, user.avatar = None, generate_name(CLOSED), "", ""
        user.is_active, user.closed_at = False, timezone.now()
        user.set_unusable_password()
        user.save()
