"""What the pages of publishing a home say beside its forms: the steps, and what is still missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from listings.models import House
from listings.pages import facilities_by_group
from listings.publishing import IDENTITY, STEPS, Missing, missing_fields, missing_for_publishing
from listings.services import status_once_ready

PAGES_APART = {"photos": "house-photos", "review": "house-review"}  # steps that are not forms of fields


@dataclass(frozen=True)
class Step:
    """A step: its name and title, its address unless the home is not there yet, and how far it has come."""

    name: str
    title: Promise
    address: str
    is_here: bool
    is_lacking: bool


@dataclass(frozen=True)
class Steps:
    """The steps in their order, seen from one of them. Reads nothing."""

    here: str
    house: House | None = None

    def __iter__(self) -> Iterator[Step]:
        lacking = {each.step for each in missing_fields(self.house)} if self.house else set()
        for number, (name, title) in enumerate(STEPS.items(), start=1):
            is_lacking = number < self.number and name in lacking  # what is still to come is not missing yet
            yield Step(name, title, self.address(name), name == self.here, is_lacking)

    def __len__(self) -> int:
        return len(STEPS)

    @property
    def number(self) -> int:
        """The how-manieth step this one is, from 1."""
        return list(STEPS).index(self.here) + 1

    @property
    def title(self) -> Promise:
        """The title of this step."""
        return STEPS[self.here]

    @property
    def next_address(self) -> str:
        """The address of the step after this one."""
        return self.address(list(STEPS)[self.number])

    def address(self, name: str) -> str:
        """Return the address of a step, or nothing while there is no home."""
        if self.house is None:
            return ""
        if name in PAGES_APART:
            return reverse(PAGES_APART[name], args=[self.house.pk])
        return reverse("house-edit", args=[self.house.pk, name])


def review_of(house: House) -> dict:
    """Return what a host sees of a home before it is published, and where to give what is missing."""
    missing = missing_for_publishing(house)
    return {
        "house": house,
        "steps": Steps("review", house),
        "missing": [(each, where_to_give(each, house)) for each in missing],
        "is_verified": IDENTITY not in missing,
        "groups": facilities_by_group(house.facilities.all()),
        "is_live": house.status == House.Status.PUBLISHED,
        "is_startable": house.status in {House.Status.DRAFT, House.Status.OFFLINE},
        "is_reviewed_first": status_once_ready(house) == House.Status.PENDING,
    }


def where_to_give(missing: Missing, house: House) -> str:
    """Return the address of the step, and the field there, where something that is missing is given."""
    if missing == IDENTITY:
        return reverse("verification", query={"next": Steps("review", house).address("review")})
    return Steps("review", house).address(missing.step) + (f"#id_{missing.field}" if missing.field else "")
