"""Avatars in the store: a square of WebP, encoded from pixels."""

import secrets
from collections.abc import Iterator
from typing import IO

from accounts.models import User
from ihome_project.images import encode_webp, open_picture, square
from ihome_project.storage import list_objects, put_object, remove_object

FOLDER = "avatars"
BATCH = 500  # names that are looked up at a time
SIZE = 256  # pixels, wide and high


def store_avatar(picture: IO[bytes]) -> str:
    """Store the middle of a picture as a square, and return its name. Raises BadPicture or StorageFailed."""
    with open_picture(picture) as pixels:
        small = square(pixels, SIZE)
    return put_object(f"{FOLDER}/{secrets.token_hex(16)}.webp", encode_webp(small))


def delete_avatar(name: str) -> None:
    """Delete an avatar from the store, where there is one."""
    if name:
        remove_object(name)


def unnamed_avatars() -> Iterator[str]:
    """Yield the avatars that no row names, on the way to one or left behind. Raises StorageFailed."""
    names = list_objects(FOLDER)
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        named = set(User.objects.filter(avatar__in=batch).values_list("avatar", flat=True))
        yield from (name for name in batch if name not in named)
