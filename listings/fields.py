"""What the fields of a home may say when its host writes them."""

from collections.abc import Iterable, Mapping
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models

from listings.errors import NightsContradict, UnknownArea, UnknownFacility, WrongValue
from listings.models import Area, Facility, House
from listings.publishing import REQUIRED

WRITABLE = (
    "title",
    "area",
    "address",
    "kind",
    "unit",
    "room_count",
    "acreage",
    "capacity",
    "beds",
    "description",
    "house_rules",
    "directions",
    "price_fen",
    "weekend_price_fen",
    "cleaning_fee_fen",
    "deposit_fen",
    "weekly_discount",
    "monthly_discount",
    "min_nights",
    "max_nights",
    "instant_book",
    "same_day_turnover",
    "verified_guests_only",
    "cancellation_policy",
    "check_in_time",
    "check_out_time",
)
SEEN_BY_STAFF = WRITABLE[: WRITABLE.index("price_fen")]  # what a review is about: prices and terms are the host's
LACKING = {each.field for each in REQUIRED}  # what a draft may lack


def write_fields(house: House, fields: Mapping[str, object]) -> None:
    """Put checked values into a home, which is not saved by that; the space around a text is left out.

    Names are those of WRITABLE; an area may be given by its id. Raises WrongValue, UnknownArea or NightsContradict.
    """
    for name, value in fields.items():
        if name not in WRITABLE:
            raise TypeError(name)
        setattr(house, name, checked_value(house, name, value))
    if house.max_nights and house.max_nights < house.min_nights:
        raise NightsContradict


def checked_value(house: House, name: str, value: object) -> object:
    """Return a value as a field takes it; what a draft may lack can be empty. Raises WrongValue or UnknownArea."""
    field = cast("models.Field", House._meta.get_field(name))
    if isinstance(value, str):
        value = value.strip() if isinstance(field, models.TextField) else " ".join(value.split())
    if name in LACKING and value in (None, "", 0):
        return field.get_default()
    if name == "area":
        return find_area(value)
    try:
        if isinstance(value, str):
            ProhibitNullCharactersValidator()(value)
            MaxLengthValidator(field.max_length or 0)(value)
        return field.clean(value, house)
    except ValidationError as error:
        raise WrongValue(name, " ".join(error.messages)) from error


def find_area(area: object) -> Area:
    """Return an area that is given itself or by its id. Raises UnknownArea."""
    found = area if isinstance(area, Area) else Area.objects.filter(pk=cast("int", area)).first()
    if found is None:
        raise UnknownArea
    return found


def find_facilities(facilities: object) -> list[Facility]:
    """Return facilities that are given themselves or by their ids, each once. Raises UnknownFacility."""
    given = list(cast("Iterable[Facility | int]", facilities))
    ids = {each.pk if isinstance(each, Facility) else each for each in given}
    found = list(Facility.objects.filter(pk__in=ids))
    if len(found) != len(ids):
        raise UnknownFacility
    return found
