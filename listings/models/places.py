"""Areas and facilities: the lists that staff keep."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

FACILITY_MASK_BITS = 62  # what fits a signed 64-bit integer


class InTwoLanguages(models.Model):
    """A name that staff keep in Chinese and English; an empty English one falls back to the Chinese."""

    name = models.CharField(_("name"), max_length=32)
    name_en = models.CharField(_("English name"), max_length=64, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Area(InTwoLanguages):
    """A district (城区) of a city. Districts of different cities may have the same name."""

    city = models.CharField(_("city"), max_length=32)
    city_en = models.CharField(_("city in English"), max_length=64, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("city", "name"), name="an_area_is_unique_in_its_city"),)

    @property
    def city_name(self) -> str:
        """The city in the reader's language."""
        return self.city_en if self.city_en and get_language() == "en" else self.city


class Facility(InTwoLanguages):
    """What a home may have or allow. Ids 1 to 23 are part of the API contract; an id is a bit of a house's mask."""

    class Group(models.TextChoices):
        """The headings under which facilities are shown."""

        BASICS = "basics", _("The basics")
        BATH = "bath", _("Bathroom")
        KITCHEN = "kitchen", _("Kitchen")
        LIVING = "living", _("Living and working")
        OUTSIDE = "outside", _("Outside and building")
        FAMILY = "family", _("Family")
        SAFETY = "safety", _("Safety")
        ALLOWED = "allowed", _("What is allowed")

    id = models.PositiveSmallIntegerField(primary_key=True)
    icon = models.CharField(_("icon"), max_length=32, help_text=_("A name from the Lucide set."))
    group = models.CharField(_("group"), max_length=10, choices=Group)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(id__gte=1, id__lte=FACILITY_MASK_BITS), name="a_facility_fits_the_mask_of_a_house"
            ),
            models.UniqueConstraint(fields=("name",), name="a_facility_is_named_once"),
        )


def mask_of(facility_ids: Iterable[int]) -> int:
    """Return the bit mask of some facilities: bit `id` for each."""
    mask = 0
    for facility_id in facility_ids:
        mask |= 1 << facility_id
    return mask
