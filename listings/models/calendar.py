"""Which nights of a home are not free, and what single nights cost."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A request that has run out keeps its nights this much longer, so that a payment on its way still finds them.
OVERDUE_GRACE = timedelta(minutes=5)


class Hold(models.Model):
    """Why some nights of a home are not free: one booking, one block of its host, or a stay that its host cancelled."""

    class Kind(models.TextChoices):
        """Who holds."""

        BOOKING = "booking", _("booking")
        BLOCK = "block", _("block")
        CANCELED = "canceled", _("stay that its host cancelled")  # nobody is to have these nights any more

    house = models.ForeignKey("listings.House", on_delete=models.PROTECT, related_name="holds", verbose_name=_("home"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class HeldNightQuerySet(models.QuerySet["HeldNight"]):
    """Read rules of held nights: the one answer to what is free."""

    def taken(self) -> "HeldNightQuerySet":
        """Nights that nobody else can have: firm ones, and those not overdue by more than OVERDUE_GRACE."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gte=timezone.now() - OVERDUE_GRACE))

    def overdue(self) -> "HeldNightQuerySet":
        """Nights of requests that ran out more than OVERDUE_GRACE ago: free for whoever wants them."""
        return self.filter(expires_at__lt=timezone.now() - OVERDUE_GRACE)


class HeldNight(models.Model):
    """A night of a home that is not free. The key on house and night is what makes a double booking impossible."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="nights", verbose_name=_("hold"))
    house = models.ForeignKey(
        "listings.House", on_delete=models.PROTECT, related_name="held_nights", verbose_name=_("home")
    )
    night = models.DateField(_("night"))
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True, help_text=_("Empty: firm."))

    objects = HeldNightQuerySet.as_manager()

    class Meta:
        verbose_name = _("held night")
        verbose_name_plural = _("held nights")
        constraints = (models.UniqueConstraint(fields=("house", "night"), name="a_night_is_held_once"),)
        indexes = (models.Index(fields=("night",), name="night_to_prune"),)

    def __str__(self) -> str:
        return self.night.isoformat()


class NightPrice(models.Model):
    """A host's price for one night, which goes before the weekend price and the base price."""

    house = models.ForeignKey(
        "listings.House", on_delete=models.CASCADE, related_name="night_prices", verbose_name=_("home")
    )
    night = models.DateField(_("night"))
    price_fen = models.PositiveIntegerField(_("price (fen)"))

    class Meta:
        verbose_name = _("night price")
        verbose_name_plural = _("night prices")
        constraints = (
            models.UniqueConstraint(fields=("house", "night"), name="a_night_has_one_price"),
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="a_priced_night_costs_something"),
        )

    def __str__(self) -> str:
        return self.night.isoformat()
