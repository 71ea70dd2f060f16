"""Photos in the store: three WebP sizes of each, encoded from pixels, under one key."""

from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from listings.models import House, HouseImage

SIZES = (400, 800, 1600)  # widths in pixels, at most
QUALITY = 80


def photo_name(key: str, size: int) -> str:
    """Return the name in the store of one size of a photo."""
    return f"{key}-{size}.webp"


def photo_url(key: str, size: int) -> str:
    """Return the address of one size of a photo."""
    return default_storage.url(photo_name(key, size))


def card_photo_url(house: House) -> str:
    """Return the address of a home's main image as a card shows it, or nothing where it has none."""
    return photo_url(house.main_image.key, SIZES[1]) if house.main_image else ""


def encode_sizes(source: IO[bytes] | str) -> tuple[int, int, dict[int, bytes]]:
    """Return width, height and the WebP bytes by size of a picture, turned upright, with nothing but its pixels."""
    with Image.open(source) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    encoded = {}
    for size in SIZES:
        smaller = upright.copy()
        smaller.thumbnail((size, size * 4), Image.Resampling.LANCZOS)
        out = BytesIO()
        smaller.save(out, "WEBP", quality=QUALITY, method=2)
        encoded[size] = out.getvalue()
    return *upright.size, encoded


def store_sizes(key: str, encoded: dict[int, bytes]) -> None:
    """Write the sizes of a photo under its key; what was there under the same name is replaced."""
    for size, content in encoded.items():
        name = photo_name(key, size)
        if default_storage.exists(name):
            default_storage.delete(name)
        default_storage.save(name, ContentFile(content))


def delete_photo(image: HouseImage) -> None:
    """Delete a photo's row, and its object once the transaction is through when no other row names it."""
    key = image.key
    image.delete()
    transaction.on_commit(lambda: forget_object(key))


def forget_object(key: str) -> None:
    """Delete the sizes of a photo from the store unless a row still names its key."""
    if HouseImage.objects.filter(key=key).exists():
        return
    for size in SIZES:
        default_storage.delete(photo_name(key, size))
