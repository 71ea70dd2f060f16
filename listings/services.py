"""How a home changes."""

from collections.abc import Iterable

from listings.models import Facility, House, mask_of


def set_facilities(house: House, facilities: Iterable[Facility]) -> None:
    """Give a home exactly these facilities, and keep the mask by which a search finds them in step."""
    chosen = list(facilities)
    house.facilities.set(chosen)
    house.facility_mask = mask_of(facility.pk for facility in chosen)
    house.save(update_fields=("facility_mask", "updated_at"))
