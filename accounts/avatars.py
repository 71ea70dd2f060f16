"""Avatars in the store: a square of WebP, encoded from pixels."""

import secrets
from typing import IO

from ihome_project.images import encode_webp, open_picture, square
from ihome_project.storage import put_object, remove_object

SIZE = 256  # pixels, wide and high


def store_avatar(picture: IO[bytes]) -> str:
    """Store the middle of a picture as a square, and return its name. Raises BadPicture or StorageFailed."""
    with open_picture(picture) as pixels:
        small = square(pixels, SIZE)
    return put_object(f"avatars/{secrets.token_hex(16)}.webp", encode_webp(small))


def delete_avatar(name: str) -> None:
    """Delete an avatar from the store, where there is one."""
    if name:
        remove_object(name)
