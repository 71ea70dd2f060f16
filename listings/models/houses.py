"""Homes and their photos."""

from datetime import time

from django.conf import settings
from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from listings.models.places import Area, Facility
from listings.models.querysets import HouseQuerySet

FEN_MOST = 100_000_000  # of a price, a fee, a deposit
NIGHTS_MOST = 400  # nobody books more nights ahead
IS_DRAFT = Q(status="draft")


def between(least: int, most: int) -> list[BaseValidator]:
    """Return the validators of a number that has two bounds; a draft may have 0 for what is not known yet."""
    return [MinValueValidator(least), MaxValueValidator(most)]


class House(models.Model):
    """A home (房源) that a host offers by the night. Money is in fen a night unless its name says otherwise.

    A draft may lack what is required of every other home: texts are then empty, numbers 0, the area is None.
    """

    class Status(models.TextChoices):
        """The status alone decides whether a home is found and booked."""

        DRAFT = "draft", _("draft")
        PENDING = "pending", _("in review")
        PUBLISHED = "published", _("published")
        OFFLINE = "offline", _("offline")
        SUSPENDED = "suspended", _("suspended")

    SUSPENDABLE = (Status.PENDING, Status.PUBLISHED, Status.OFFLINE)

    class Kind(models.TextChoices):
        """What a guest has for themselves."""

        WHOLE = "whole", _("Entire home")
        ROOM = "room", _("Private room")

    class CancellationPolicy(models.TextChoices):
        """What comes back when a guest cancels a paid stay."""

        FLEXIBLE = "flexible", _("Flexible")
        MODERATE = "moderate", _("Moderate")
        STRICT = "strict", _("Strict")

    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="houses", verbose_name=_("host")
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="houses", verbose_name=_("area"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    status_reason = models.CharField(_("reason of the status"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=64)
    address = models.CharField(_("address"), max_length=255, help_text=_("Public: street or estate."))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.WHOLE)
    unit = models.CharField(_("layout"), max_length=32)
    room_count = models.PositiveSmallIntegerField(_("rooms"), default=0, validators=between(1, 99))
    acreage = models.PositiveIntegerField(_("size in m²"), default=0, validators=between(1, 100_000))
    capacity = models.PositiveSmallIntegerField(_("guests at most"), default=0, validators=between(1, 100))
    beds = models.CharField(_("beds"), max_length=64)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    house_rules = models.TextField(_("house rules"), max_length=1000, blank=True)
    directions = models.TextField(
        _("arrival directions"), max_length=1000, blank=True, help_text=_("Shown with a paid booking only.")
    )
    price_fen = models.PositiveIntegerField(_("price a night (fen)"), default=0, validators=between(1, FEN_MOST))
    weekend_price_fen = models.PositiveIntegerField(
        _("weekend price a night (fen)"), null=True, blank=True, validators=between(1, FEN_MOST)
    )
    cleaning_fee_fen = models.PositiveIntegerField(
        _("cleaning fee (fen)"), default=0, validators=[MaxValueValidator(FEN_MOST)]
    )
    deposit_fen = models.PositiveIntegerField(_("deposit (fen)"), default=0, validators=[MaxValueValidator(FEN_MOST)])
    weekly_discount = models.PositiveSmallIntegerField(
        _("discount from 7 nights (%)"), default=0, validators=[MaxValueValidator(99)]
    )
    monthly_discount = models.PositiveSmallIntegerField(
        _("discount from 28 nights (%)"), default=0, validators=[MaxValueValidator(99)]
    )
    min_nights = models.PositiveSmallIntegerField(_("nights at least"), default=1, validators=between(1, NIGHTS_MOST))
    max_nights = models.PositiveSmallIntegerField(
        _("nights at most"), default=0, help_text=_("0: no limit"), validators=[MaxValueValidator(9999)]
    )
    instant_book = models.BooleanField(_("instant booking"), default=False)
    same_day_turnover = models.BooleanField(_("same-day turnover"), default=False)
    verified_guests_only = models.BooleanField(_("verified guests only"), default=False)
    cancellation_policy = models.CharField(
        _("cancellation policy"), max_length=8, choices=CancellationPolicy, default=CancellationPolicy.MODERATE
    )
    check_in_time = models.TimeField(_("check-in from"), default=time(15))
    check_out_time = models.TimeField(_("check-out until"), default=time(12))
    facilities = models.ManyToManyField(
        Facility, through="HouseFacility", related_name="houses", blank=True, verbose_name=_("facilities")
    )
    facility_mask = models.BigIntegerField(default=0, editable=False)
    booking_count = models.PositiveIntegerField(_("stays"), default=0, editable=False)
    review_count = models.PositiveIntegerField(_("reviews"), default=0, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)
    request_key = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 — no key is no double
    request_digest = models.CharField(max_length=64, db_default="", editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    published_at = models.DateTimeField(_("first published"), null=True, blank=True, editable=False)
    edited_at = models.DateTimeField(
        _("edited"), null=True, blank=True, editable=False, help_text=_("Empty: staff have seen it as it is.")
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = HouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("home")
        verbose_name_plural = _("homes")
        constraints = (
            models.UniqueConstraint(fields=("host", "request_key"), name="a_home_is_begun_once_for_a_key"),
            models.CheckConstraint(condition=IS_DRAFT | Q(area__isnull=False), name="only_a_draft_lies_nowhere"),
            models.CheckConstraint(condition=IS_DRAFT | Q(price_fen__gt=0), name="only_a_draft_has_no_price"),
            models.CheckConstraint(
                condition=IS_DRAFT | Q(capacity__gte=1, room_count__gte=1, acreage__gte=1),
                name="only_a_draft_has_no_room_for_a_guest",
            ),
            models.CheckConstraint(
                condition=IS_DRAFT | ~Q(title="") & ~Q(unit="") & ~Q(beds=""), name="only_a_draft_is_not_described"
            ),
            models.CheckConstraint(  # of a host who has left, an offline home has none
                condition=~Q(status__in=("pending", "published")) | ~Q(address=""),
                name="a_home_on_the_market_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(weekend_price_fen=None) | Q(weekend_price_fen__gt=0), name="a_weekend_night_has_a_price"
            ),
            models.CheckConstraint(
                condition=Q(min_nights__gte=1) & (Q(max_nights=0) | Q(max_nights__gte=F("min_nights"))),
                name="a_stay_can_be_as_short_as_it_must",
            ),
            models.CheckConstraint(
                condition=Q(weekly_discount__lt=100, monthly_discount__lt=100), name="a_discount_leaves_something"
            ),
            models.CheckConstraint(
                condition=Q(rating_sum__gte=F("review_count"), rating_sum__lte=F("review_count") * 5),
                name="a_rating_is_between_one_and_five_stars",
            ),
        )
        # One for each order of the search, with the area and without; `id` right after the sort key, or the database
        # sorts; the filter columns after it, so that a row is refused without being read.
        indexes = (
            *(
                models.Index(fields=(*lead, key, "-id", "price_fen", "capacity", "facility_mask"), name=name)
                for lead, key, name in (
                    (("status", "area"), "-created_at", "house_area_newest"),
                    (("status",), "-created_at", "house_newest"),
                    (("status", "area"), "-booking_count", "house_area_most_booked"),
                    (("status",), "-booking_count", "house_most_booked"),
                )
            ),
            *(
                models.Index(fields=(*lead, key, "-id", "capacity", "facility_mask"), name=name)
                for lead, key, name in (
                    (("status", "area"), "price_fen", "house_area_cheapest"),
                    (("status",), "price_fen", "house_cheapest"),
                    (("status", "area"), "-price_fen", "house_area_dearest"),
                    (("status",), "-price_fen", "house_dearest"),
                )
            ),
        )

    def __str__(self) -> str:
        return self.title or gettext("Home without a title")

    @property
    def area_name(self) -> str:
        """The area as clients know it, in Chinese; empty where a draft lies nowhere yet."""
        return self.area.name if self.area else ""

    @property
    def rating(self) -> float | None:
        """The average of the visible reviews with two decimals, None without any."""
        return round(self.rating_sum / self.review_count, 2) if self.review_count else None

    @property
    def main_image(self) -> "HouseImage | None":
        """The first photo; reads nothing where `with_card` has fetched it."""
        if not hasattr(self, "main_photo"):
            return next(iter(self.images.all()), None)
        return HouseImage(house=self, **self.main_photo) if self.main_photo else None


class HouseFacility(models.Model):
    """That a home has a facility, which is not deleted as long as one does."""

    house = models.ForeignKey(House, on_delete=models.CASCADE)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)

    class Meta:
        db_table = "listings_house_facilities"
        unique_together = (("house", "facility"),)

    def __str__(self) -> str:
        return f"{self.house_id} {self.facility_id}"


class HouseImage(models.Model):
    """A photo of a home. Several rows may name the same stored object, which goes with the last of them."""

    house = models.ForeignKey(House, on_delete=models.CASCADE, related_name="images", verbose_name=_("home"))
    key = models.CharField(_("object"), max_length=100, db_index=True, help_text=_("Name in the store without size."))
    caption = models.CharField(_("caption"), max_length=64, blank=True)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("0 is the main image."))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.caption or self.key
