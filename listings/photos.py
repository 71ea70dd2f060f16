"""Photos in the store: three WebP sizes of each, encoded from pixels, under one key."""

from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from ihome_project.images import encode_webp, open_picture
from listings.freshness import forget_house
from listings.models import House, HouseImage

SIZES = (400, 800, 1600)  # widths in pixels, at most


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
    """Return width, height and the WebP bytes by size of a picture, turned upright, with nothing but its pixels.

    `source` is a file, or the path of one. Raises BadPicture, PictureTooLarge or MovingPicture.
    """
    if isinstance(source, str):
        with Path(source).open("rb") as file:
            return encode_sizes(file)
    with open_picture(source) as picture:
        width, height = picture.size
        smaller = {size: fit_width(picture, size) for size in SIZES}
    return width, height, {size: encode_webp(fitted) for size, fitted in smaller.items()}


def fit_width(picture: Image.Image, most: int) -> Image.Image:
    """Return a picture at most so many pixels wide, and four times as high; a small one is not made larger."""
    scale = min(1, most / picture.width, 4 * most / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


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
    forget_house(image.house_id)
    transaction.on_commit(lambda: forget_object(key))


def forget_object(key: str) -> None:
    """Delete the sizes of a photo from the store unless a row still names its key."""
    if HouseImage.objects.filter(key=key).exists():
        return
    for size in SIZES:
        default_storage.delete(photo_name(key, size))
