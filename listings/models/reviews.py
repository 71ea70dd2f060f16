"""What guests say of their stays."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listings.models.houses import House


class ReviewQuerySet(models.QuerySet["Review"]):
    """Read rules of reviews."""

    def visible(self) -> "ReviewQuerySet":
        """Those that staff have not hidden."""
        return self.filter(is_visible=True)

    def count_by_stars(self) -> list[tuple[int, int]]:
        """Return five stars to one, each with how many reviews gave them."""
        counts = dict(self.order_by().values_list("rating").annotate(models.Count("id")))
        return [(stars, counts.get(stars, 0)) for stars in range(5, 0, -1)]


class Review(models.Model):
    """What a guest says of a stay, once, and the host's one reply."""

    house = models.ForeignKey(House, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("home"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("author")
    )
    rating = models.PositiveSmallIntegerField(
        _("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)], default=5
    )
    comment = models.CharField(_("words"), max_length=1000)
    reply = models.CharField(_("host's reply"), max_length=1000, blank=True)
    is_visible = models.BooleanField(_("visible"), default=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("house", "is_visible", "-created_at", "-id"), name="review_newest_of_house"),)
        constraints = (
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="a_review_has_one_to_five_stars"),
        )

    def __str__(self) -> str:
        return f"{self.rating}★ · {self.pk}"
