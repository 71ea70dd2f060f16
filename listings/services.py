"""How a home changes."""

from collections.abc import Iterable

from accounts.identity import require_verified
from accounts.models import User
from listings.calendar import locked_house
from listings.errors import HouseNotFound, PhotoMissing, StatusNotPossible
from listings.freshness import forget_house
from listings.models import Facility, House, mask_of

Status = House.Status


def set_facilities(house: House, facilities: Iterable[Facility]) -> None:
    """Give a home exactly these facilities, and keep the mask by which a search finds them in step."""
    chosen = list(facilities)
    house.facilities.set(chosen)
    house.facility_mask = mask_of(facility.pk for facility in chosen)
    house.save(update_fields=("facility_mask", "updated_at"))
    forget_house(house.pk)


def publish_house(*, host: User, house_id: int) -> House:
    """Have one of a host's homes found and booked; one that is published already stays so.

    Raises HouseNotFound, StatusNotPossible (suspended, in review), NotVerified or PhotoMissing.
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        if house.status == Status.PUBLISHED:
            return house
        if house.status not in {Status.DRAFT, Status.OFFLINE}:
            raise StatusNotPossible
        require_verified(host)
        if not house.images.exists():
            raise PhotoMissing
        return change_status(house, Status.PUBLISHED)


def take_offline(*, host: User, house_id: int) -> House:
    """Have one of a host's homes found and booked no more; the stays that are booked remain.

    Raises HouseNotFound or StatusNotPossible (never published, suspended).
    """
    with locked_house(house_id) as house:
        check_own(house, host)
        if house.status == Status.OFFLINE:
            return house
        if house.status != Status.PUBLISHED:
            raise StatusNotPossible
        return change_status(house, Status.OFFLINE)


def check_own(house: House, host: User) -> None:
    """Refuse a home of somebody else's as if there were none. Raises HouseNotFound."""
    if house.host_id != host.pk:
        raise HouseNotFound


def change_status(house: House, status: str) -> House:
    """Write another status; inside `locked_house`."""
    house.status = status
    house.save(update_fields=("status", "updated_at"))
    forget_house(house.pk)
    return house
