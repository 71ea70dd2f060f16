"""The read rules of homes, as chainable adjectives."""

from datetime import date

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from accounts.models import User
from listings.models.calendar import HeldNight

REVIEWS_SHOWN = 30


def is_held(**nights: date) -> Exists:
    """Return whether a home has a taken night among those that the lookups on `night` name."""
    return Exists(HeldNight.objects.taken().filter(house=OuterRef("pk"), **nights))


class HouseQuerySet(models.QuerySet):
    """Read rules of homes."""

    def published(self) -> "HouseQuerySet":
        """Homes that are found and booked."""
        return self.filter(status="published")

    def open_to(self, user: User | AnonymousUser) -> "HouseQuerySet":
        """Published homes, and a host's own in any state."""
        return self.filter(Q(status="published") | Q(host=user)) if user.pk else self.published()

    def visible_to(self, user: User | AnonymousUser) -> "HouseQuerySet":
        """Those open to somebody, and those in which they have a booking: such a guest still sees the page."""
        if not user.pk:
            return self.published()
        booked = self.model.objects.filter(bookings__guest=user)  # the bookings app points here; nothing points at it
        return self.filter(Q(status="published") | Q(host=user) | Q(pk__in=booked.values("pk")))

    def hosted_by(self, user: User) -> "HouseQuerySet":
        """The homes of one host."""
        return self.filter(host=user)

    def to_review(self) -> "HouseQuerySet":
        """Homes that wait for staff, the longest first (`waits_since`): to be published, or published and edited."""
        is_edited = Q(status="published", edited_at__isnull=False)
        waits_since = Coalesce("edited_at", "updated_at")  # a photo writes the first only, a price the other
        waiting = self.filter(Q(status="pending") | is_edited).annotate(waits_since=waits_since)
        return waiting.order_by("waits_since", "pk")

    def suspendable(self) -> "HouseQuerySet":
        """Homes that staff can suspend: all but drafts, which nobody can book, and those that are so already."""
        return self.filter(status__in=self.model.SUSPENDABLE)

    def free_between(self, check_in: date | None, check_out: date | None) -> "HouseQuerySet":
        """Homes of which every night that a booking would hold is free, under each home's present setting.

        With both dates the nights [check_in, check_out) and, unless the home allows same-day turnover, the night of
        check_out; with equal dates that one night; with one date every night after it, or from today up to it.
        """
        if check_in and check_out and check_in == check_out:
            return self.exclude(is_held(night=check_in))
        if check_in and not check_out:
            return self.exclude(is_held(night__gte=check_in))
        if not check_out:
            return self
        first = check_in or timezone.localdate()
        free = self.exclude(is_held(night__gte=first, night__lt=check_out))
        if check_out < first:
            return free
        return free.filter(Q(same_day_turnover=True) | ~is_held(night=check_out))

    def with_all_facilities(self, mask: int) -> "HouseQuerySet":
        """Homes that have every facility of a bit mask."""
        return self.alias(shared=models.F("facility_mask").bitand(mask)).filter(shared=mask) if mask else self

    def with_words(self, text: str) -> "HouseQuerySet":
        """Homes whose title or address has each of the words."""
        found = self
        for word in text.split():
            found = found.filter(Q(title__icontains=word) | Q(address__icontains=word))
        return found

    def newest(self) -> "HouseQuerySet":
        """Newest first."""
        return self.order_by("-created_at", "-id")

    def most_booked(self) -> "HouseQuerySet":
        """Most stays first, the newest of equals before."""
        return self.order_by("-booking_count", "-id")

    def cheapest(self) -> "HouseQuerySet":
        """Lowest base price first, the newest of equals before."""
        return self.order_by("price_fen", "-id")

    def dearest(self) -> "HouseQuerySet":
        """Highest base price first, the newest of equals before."""
        return self.order_by("-price_fen", "-id")

    def with_card(self) -> "HouseQuerySet":
        """Fetch with each home what a card shows, in the same query: area, host and main image."""
        photos = apps.get_model("listings", "HouseImage").objects.filter(house=OuterRef("pk"))
        main = photos.values(data=JSONObject(**{name: name for name in ("key", "caption", "width", "height")}))[:1]
        return self.select_related("area", "host").annotate(main_photo=Subquery(main))

    def with_page(self) -> "HouseQuerySet":
        """Fetch with a home what its page shows: the card, facilities, and the newest visible reviews."""
        newest = apps.get_model("listings", "Review").objects.visible().select_related("author")[:REVIEWS_SHOWN]
        return self.with_card().prefetch_related(
            "images", "facilities", Prefetch("reviews", newest, to_attr="newest_reviews")
        )
