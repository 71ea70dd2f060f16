"""How a home changes at the hands of its host."""

from collections.abc import Iterable
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.errors import NotVerified
from accounts.models import User
from accounts.services import lock_active
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.errors import HouseIncomplete, HouseNotFound, PhotoMissing, RequestKeyReused, StatusNotPossible
from listings.fields import SEEN_BY_STAFF, WRITABLE, find_facilities, write_fields
from listings.freshness import forget_house
from listings.models import Facility, Hold, House, HouseImage, mask_of
from listings.photos import delete_photo
from listings.publishing import IDENTITY, PHOTO, missing_fields, missing_for_publishing

Status = House.Status


@retry_transaction
def create_house(*, host: User, key: str = "", **fields: object) -> House:
    """Begin a home of a host's: a draft, with whatever of its fields is known (see `write_fields`).

    `facilities` are Facility rows or their ids. The same `key` by the same host gives the same home, however often it
    is asked. Raises WrongValue, NightsContradict, UnknownArea, UnknownFacility, RequestKeyReused or UserInactive; then
    there is no home.
    """
    digest = sha256(repr(sorted(fields.items())).encode()).hexdigest()
    with transaction.atomic():
        lock_active(host)  # so that equal requests go in turn
        if key and (begun := begun_before(host, key, digest)):
            return begun
        house = House(host=host, request_key=key or None, request_digest=digest if key else "")
        facilities = find_facilities(fields.get("facilities", ()))
        write_fields(house, {name: value for name, value in fields.items() if name != "facilities"})
        house.save()
        set_facilities(house, facilities)
    return house


def begun_before(host: User, key: str, digest: str) -> House | None:
    """Return the home that a key has begun already. Raises RequestKeyReused when it was for something else."""
    house = House.objects.hosted_by(host).filter(request_key=key).first()
    if house and house.request_digest != digest:
        raise RequestKeyReused
    return house


def begin_house(*, host: User, key: str, **fields: object) -> House:
    """Begin a home, or write its first fields again: whoever goes back and sends them again means the same home.

    Raises what `create_house` and `save_house` raise, but RequestKeyReused.
    """
    try:
        return create_house(host=host, key=key, **fields)
    except RequestKeyReused:
        begun = House.objects.hosted_by(host).get(request_key=key)
        return save_house(host=host, house_id=begun.pk, **fields)


@retry_transaction
def save_house(*, host: User, house_id: int, **fields: object) -> House:
    """Write some fields of one of a host's homes, in whatever status it is; a published one stays live.

    Only a draft may lack what a home needs. Raises HouseNotFound, WrongValue, NightsContradict, UnknownArea,
    UnknownFacility or HouseIncomplete; then nothing has changed.
    """
    given = dict(fields)
    with locked_house(house_id) as house:
        check_own(house, host)
        was = [getattr(house, name) for name in SEEN_BY_STAFF]
        facilities = find_facilities(given.pop("facilities")) if "facilities" in given else None
        write_fields(house, given)
        if house.status != Status.DRAFT and (missing := missing_fields(house)):
            raise HouseIncomplete(missing=missing)
        house.save(update_fields=(*given, "updated_at"))
        forget_house(house.pk)
        if facilities is not None:
            set_facilities(house, facilities)
        if was != [getattr(house, name) for name in SEEN_BY_STAFF]:
            note_edit(house)
        return house


def note_edit(house: House) -> None:
    """Have staff look once more at a home, where the site reviews homes; in `locked_house`.

    One that they have approved stays live meanwhile. One that waits to be published is not the one any more that they
    may be looking at, whatever the site does by now.
    """
    if house.status == Status.PENDING or (settings.LISTINGS_REQUIRE_REVIEW and house.status != Status.DRAFT):
        house.edited_at = timezone.now()
        house.save(update_fields=("edited_at",))


def set_facilities(house: House, facilities: Iterable[Facility]) -> None:
    """Give a home exactly these facilities, and keep the mask by which a search finds them in step."""
    chosen = list(facilities)
    house.facilities.set(chosen)
    house.facility_mask = mask_of(facility.pk for facility in chosen)
    house.save(update_fields=("facility_mask", "updated_at"))
    forget_house(house.pk)


@retry_transaction
def publish_house(*, host: User, house_id: int) -> House:
    """Have one of a host's homes found and booked; one that is published already stays so.

    Where the site reviews homes (LISTINGS_REQUIRE_REVIEW) a draft becomes `pending` instead, and staff decide. Raises
    HouseNotFound, StatusNotPossible (suspended), NotVerified, HouseIncomplete, PhotoMissing or UserInactive.
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        lock_active(host)
        if house.status == Status.PUBLISHED:
            return house
        if house.status not in {Status.DRAFT, Status.OFFLINE}:
            raise StatusNotPossible
        check_ready(house)
        return change_status(house, status_once_ready(house))


def status_once_ready(house: House) -> str:
    """Return what a home that lacks nothing becomes: published, or pending, a draft where the site reviews homes."""
    is_reviewed_first = settings.LISTINGS_REQUIRE_REVIEW and house.status == Status.DRAFT
    return Status.PENDING if is_reviewed_first else Status.PUBLISHED


def check_ready(house: House) -> None:
    """Refuse a home that cannot be published yet. Raises NotVerified, PhotoMissing or HouseIncomplete."""
    missing = missing_for_publishing(house)
    if IDENTITY in missing:
        raise NotVerified
    if missing == [PHOTO]:
        raise PhotoMissing
    if missing:
        raise HouseIncomplete(missing=missing)


@retry_transaction
def take_offline(*, host: User, house_id: int) -> House:
    """Have one of a host's homes found and booked no more; the stays that are booked remain.

    One that waits for its review is a draft again. Raises HouseNotFound or StatusNotPossible (a draft, suspended).
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        if house.status == Status.OFFLINE:
            return house
        if house.status == Status.PENDING:
            return change_status(house, Status.DRAFT)
        if house.status != Status.PUBLISHED:
            raise StatusNotPossible
        return change_status(house, Status.OFFLINE)


def duplicate_house(*, host: User, house_id: int) -> House:
    """Begin a draft that says what another home of the same host says, with its photos and facilities.

    Raises HouseNotFound, StatusNotPossible (suspended: a copy would be a way round that) or UserInactive.
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        if house.status == Status.SUSPENDED:
            raise StatusNotPossible
        copy = create_house(
            host=host, facilities=list(house.facilities.all()), **{name: getattr(house, name) for name in WRITABLE}
        )
        for image in house.images.all():
            image.pk, image.house = None, copy  # the stored object goes with the last row that names it
            image.save(force_insert=True)
    return copy


@retry_transaction
def delete_draft(*, host: User, house_id: int) -> None:
    """Delete one of a host's drafts with its photos and blocked nights.

    Raises HouseNotFound, or StatusNotPossible for what is no draft or has a booking; then nothing has changed.
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        if house.status != Status.DRAFT:
            raise StatusNotPossible
        for image in HouseImage.objects.filter(house=house):
            delete_photo(image)
        Hold.objects.filter(house=house, kind=Hold.Kind.BLOCK).delete()
        try:
            house.delete()
        except ProtectedError as error:
            raise StatusNotPossible from error


def remove_house(*, host: User, house_id: int) -> None:
    """Take a home off the market: a draft is deleted, any other goes offline, and its bookings stay.

    Raises HouseNotFound or StatusNotPossible (suspended).
    """
    try:
        delete_draft(host=host, house_id=house_id)
    except StatusNotPossible:
        take_offline(host=host, house_id=house_id)


def own_house(host: User, house_id: int) -> House:
    """Return one of a host's homes. Raises HouseNotFound, also for somebody else's."""
    house = House.objects.hosted_by(host).filter(pk=house_id).first()
    if house is None:
        raise HouseNotFound
    return house


def check_own(house: House, host: User) -> None:
    """Refuse a home of somebody else's as if there were none. Raises HouseNotFound."""
    if house.host_id != host.pk:
        raise HouseNotFound


def change_status(house: House, status: str, *, reason: str = "") -> House:
    """Write another status, the reason that its host reads, and when it was first published; in `locked_house`.

    Staff have seen a home that waited once it is published. Each time it is sent to them it is another to look at.
    """
    if status == Status.PENDING:
        house.edited_at = timezone.now()
    elif status == Status.DRAFT or (house.status, status) == (Status.PENDING, Status.PUBLISHED):
        house.edited_at = None
    house.status, house.status_reason = status, reason
    if status == Status.PUBLISHED and house.published_at is None:
        house.published_at = timezone.now()
    house.save(update_fields=("status", "status_reason", "published_at", "edited_at", "updated_at"))
    forget_house(house.pk)
    return house
