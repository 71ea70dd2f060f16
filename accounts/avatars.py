"""Avatars in the store: a square of WebP, encoded from pixels."""

import secrets
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ihome_project.images import encode_webp, open_picture, square

SIZE = 256  # pixels, wide and high


def store_avatar(picture: IO[bytes]) -> str:
    """Store the middle of a picture as a square, and return its name in the store. Raises BadPicture."""
    with open_picture(picture) as pixels:
        small = square(pixels, SIZE)
    return default_storage.save(f"avatars/{secrets.token_hex(16)}.webp", ContentFile(encode_webp(small)))


def delete_avatar(name: str) -> None:
    """Delete an avatar from the store, where there is one."""
    if name:
        default_storage.delete(name)
