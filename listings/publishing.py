"""What a home still lacks before guests may find it: the one answer for pages, programs and staff."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from listings.models import House


@dataclass(frozen=True)
class Missing:
    """One thing that a home lacks: its code, what it is in words, and the step and field where it is given."""

    code: str
    words: Promise
    step: str  # one of STEPS, or identity
    field: str = ""


STEPS = {
    "basics": _("Basics"),
    "place": _("Place"),
    "facts": _("Rooms and facilities"),
    "price": _("Price and rules"),
    "photos": _("Photos"),
    "review": _("Review"),
}
REQUIRED = (
    Missing("title", _("a title"), "basics", "title"),
    Missing("area", _("the area"), "place", "area"),
    Missing("address", _("the address"), "place", "address"),
    Missing("unit", _("the layout"), "facts", "unit"),
    Missing("room_count", _("the number of rooms"), "facts", "room_count"),
    Missing("acreage", _("the size"), "facts", "acreage"),
    Missing("capacity", _("the number of guests"), "facts", "capacity"),
    Missing("beds", _("the beds"), "facts", "beds"),
    Missing("price", _("a price"), "price", "price_fen"),
)
PHOTO = Missing("photo", _("a photo"), "photos")
IDENTITY = Missing("identity", _("your verified identity"), "identity")


def missing_fields(house: House) -> list[Missing]:
    """Return which of the required fields have no value yet; reads nothing."""
    return [each for each in REQUIRED if not getattr(house, "area_id" if each.field == "area" else each.field)]


def missing_for_publishing(house: House) -> list[Missing]:
    """Return all that a home lacks before it can be published, in the order of the steps; empty: it is ready."""
    return missing_given(house, has_photo=house.images.exists(), is_verified=house.host.is_verified)


def missing_given(house: House, *, has_photo: bool, is_verified: bool) -> list[Missing]:
    """Return the same for a home of which these two are known already; reads nothing."""
    missing = missing_fields(house)
    if not has_photo:
        missing.append(PHOTO)
    if not is_verified:
        missing.append(IDENTITY)
    return missing
