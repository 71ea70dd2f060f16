"""Photos in the store: three WebP sizes of each, encoded from pixels, under one key."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from ihome_project.images import encode_webp, open_picture
from ihome_project.storage import list_objects, put_object, remove_object
from listings.freshness import forget_house
from listings.models import House, HouseImage

FOLDER = "houses"
BATCH = 500  # names that are looked up at a time
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
    """Return the WebP bytes by size of a picture, turned upright, with nothing but its pixels.

    Before them stand width and height of the largest. `source` is a file, or the path of one. Raises BadPicture,
    PictureTooLarge or MovingPicture.
    """
    if isinstance(source, str):
        with Path(source).open("rb") as file:
            return encode_sizes(file)
    with open_picture(source) as picture:
        smaller = {size: fit_width(picture, size) for size in SIZES}
    width, height = smaller[SIZES[-1]].size
    return width, height, {size: encode_webp(fitted) for size, fitted in smaller.items()}


def fit_width(picture: Image.Image, most: int) -> Image.Image:
    """Return a picture at most so many pixels wide, and four times as high; a small one is not made larger."""
    scale = min(1, most / picture.width, 4 * most / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def store_sizes(key: str, encoded: dict[int, bytes]) -> None:
    """Write the sizes of a photo under its key; what was there under the same name is replaced.

    Raises StorageFailed; then some of the sizes may have been written.
    """
    for size, content in encoded.items():
        put_object(photo_name(key, size), content)


def delete_photo(image: HouseImage) -> None:
    """Delete a photo's row, and its object once the transaction is through when no other row names it."""
    key = image.key
    image.delete()
    forget_house(image.house_id)
    transaction.on_commit(lambda: forget_object(key), robust=True)


def forget_object(key: str) -> None:
    """Delete the sizes of a photo from the store unless a row still names its key; what stays there is swept later."""
    if HouseImage.objects.filter(key=key).exists():
        return
    for size in SIZES:
        remove_object(photo_name(key, size))


def unnamed_photos() -> Iterator[str]:
    """Yield the objects of homes that no row names, on the way to one or left behind. Raises StorageFailed."""
    names = list_objects(FOLDER)
    for start in range(0, len(names), BATCH):
        keys = {name: name.rpartition("-")[0] for name in names[start : start + BATCH]}
        named = set(HouseImage.objects.filter(key__in=keys.values()).values_list("key", flat=True))
        yield from (name for name, key in keys.items() if key not in named)
