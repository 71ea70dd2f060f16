"""The photos of a home in their order, of which the first is the main image: added, ordered, removed by its host."""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.db.models import Max

from accounts.models import User
from accounts.services import lock_active
from ihome_project.db import retry_transaction
from ihome_project.errors import DomainError, NotFound
from listings.calendar import locked_house
from listings.errors import LastPhoto, OtherPhotos, PhotoNotFound, TooManyPhotos
from listings.freshness import forget_house
from listings.models import House, HouseImage
from listings.photos import FOLDER, delete_photo, encode_sizes, forget_object, store_sizes
from listings.publishing import missing_for_publishing
from listings.services import change_status, check_own, note_edit, own_house, status_once_ready

PHOTOS_MOST = 20


def add_photo(*, host: User, house_id: int, picture: IO[bytes], publishes: bool = False, key: str = "") -> HouseImage:
    """Put a photo behind the others of a host's home; its objects are stored first, its row comes second.

    With `publishes` the first photo of a draft publishes it where nothing else is missing. The same `key` adds one, no
    matter how often it comes. Raises HouseNotFound, UserInactive, TooManyPhotos, BadPicture, PictureTooLarge,
    MovingPicture or StorageFailed; then there is no row, and without a key no object that the store could delete.
    """
    house, key_of_object = own_house(host, house_id), f"{FOLDER}/{key or secrets.token_hex(16)}"
    if key and (made := house.images.filter(key=key_of_object).first()):
        return made
    check_room(house)  # before anything is decoded, and once more before the row is written
    width, height, encoded = encode_sizes(picture)
    try:
        store_sizes(key_of_object, encoded)
        return append_row(
            host=host,
            image=HouseImage(house_id=house_id, key=key_of_object, width=width, height=height),
            publishes=publishes,
        )
    except Exception:
        if not key:  # another run with the same key may have written the same object: what nothing shows is swept later
            with suppress(DatabaseError):  # one that is down cannot tell whether a row came through: swept too
                forget_object(key_of_object)
        raise


def add_photos(*, host: User, house_id: int, pictures: Iterable[UploadedFile]) -> list[tuple[str, DomainError]]:
    """Put photos behind the others, one after the other; return the names of those refused, and why.

    What is added stays, whatever is wrong with another one. Raises HouseNotFound.
    """
    refused = []
    for picture in pictures:
        try:
            add_photo(host=host, house_id=house_id, picture=picture)
        except NotFound:
            raise
        except DomainError as refusal:
            refused.append((picture.name or "", refusal))
    return refused


@retry_transaction
def append_row(*, host: User, image: HouseImage, publishes: bool) -> HouseImage:
    """Write the row of a stored photo behind the others. Raises HouseNotFound, UserInactive or TooManyPhotos."""
    with locked_house(image.house_id) as house:
        check_own(house, host)
        lock_active(host)  # a host who has just left shows nothing any more
        if made := house.images.filter(key=image.key).first():
            return made  # an earlier run came through, though its connection was lost
        check_room(house)
        last = house.images.aggregate(last=Max("position"))["last"]
        made = HouseImage.objects.create(
            house=house,
            key=image.key,
            width=image.width,
            height=image.height,
            position=0 if last is None else last + 1,
        )
        forget_house(house.pk)
        note_edit(house)
        is_first_of_draft = last is None and house.status == House.Status.DRAFT
        if publishes and is_first_of_draft and not missing_for_publishing(house):
            change_status(house, status_once_ready(house))
        return made


@retry_transaction
def order_photos(*, host: User, house_id: int, image_ids: Sequence[int]) -> None:
    """Put the photos of a host's home in an order, each of them once; the first is the main image.

    Raises HouseNotFound or OtherPhotos.
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        images = {image.pk: image for image in house.images.all()}
        if sorted(image_ids) != sorted(images):
            raise OtherPhotos
        write_order([images[pk] for pk in image_ids])


@retry_transaction
def make_main(*, host: User, house_id: int, image_id: int) -> None:
    """Make a photo the main image of a host's home; the others stay in their order behind it.

    Raises HouseNotFound or PhotoNotFound.
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        images = list(house.images.all())
        main = own_photo(images, image_id)
        write_order([main, *(image for image in images if image != main)])


@retry_transaction
def remove_photo(*, host: User, house_id: int, image_id: int) -> None:
    """Remove a photo from a host's home; if it was the main image, the next one becomes it.

    The object goes once the change is through, unless another row names it. Raises HouseNotFound, PhotoNotFound or
    LastPhoto (the home is published).
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        images = list(house.images.all())
        gone = own_photo(images, image_id)
        left = [image for image in images if image != gone]
        if not left and house.status == House.Status.PUBLISHED:
            raise LastPhoto
        delete_photo(gone)
        write_order(left)


def own_photo(images: Sequence[HouseImage], image_id: int) -> HouseImage:
    """Return one of a home's photos. Raises PhotoNotFound."""
    for image in images:
        if image.pk == image_id:
            return image
    raise PhotoNotFound


def check_room(house: House) -> None:
    """Refuse one photo more than a home can have. Raises TooManyPhotos."""
    if house.images.count() >= PHOTOS_MOST:
        raise TooManyPhotos(photos=PHOTOS_MOST)


def write_order(images: Sequence[HouseImage]) -> None:
    """Write the positions of all photos of a home, of which there may be none; inside `locked_house`."""
    for position, image in enumerate(images):
        image.position = position
    HouseImage.objects.bulk_update(images, ("position",))
    for house_id in {image.house_id for image in images}:
        forget_house(house_id)
