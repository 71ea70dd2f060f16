"""Homes for rent: where they are, what they have, which nights are held, what guests said, report and do not find."""

from listings.models.calendar import OVERDUE_GRACE, HeldNight, Hold, NightPrice
from listings.models.houses import House, HouseFacility, HouseImage
from listings.models.missed import MissedSearch
from listings.models.places import Area, Facility, mask_of
from listings.models.querysets import HouseQuerySet
from listings.models.reports import Report
from listings.models.reviews import Review

__all__ = [
    "OVERDUE_GRACE",
    "Area",
    "Facility",
    "HeldNight",
    "Hold",
    "House",
    "HouseFacility",
    "HouseImage",
    "HouseQuerySet",
    "MissedSearch",
    "NightPrice",
    "Report",
    "Review",
    "mask_of",
]
