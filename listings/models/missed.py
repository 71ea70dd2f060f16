"""What people searched for and did not find: where homes are wanted. Counted by day, and tied to nobody."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

QUERY_MOST = 500  # characters
NEW_A_DAY = 200  # different searches that a day takes: a robot asks without end


class MissedSearchQuerySet(models.QuerySet["MissedSearch"]):
    """Read rules of searches without a result."""

    def since(self, day: date) -> "MissedSearchQuerySet":
        """Those of a day and of all days after it."""
        return self.filter(day__gte=day)


class MissedSearch(models.Model):
    """That a search found no home on a day, and how often. `query` is what was asked, as the search page reads it."""

    day = models.DateField(_("day"))
    query = models.CharField(_("search"), max_length=QUERY_MOST)
    times = models.PositiveIntegerField(_("times"), default=1)
    position = models.PositiveSmallIntegerField(editable=False)  # among those of its day

    objects = MissedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("search without a result")
        verbose_name_plural = _("searches without a result")
        ordering = ("-day", "-times", "-id")
        constraints = (
            models.UniqueConstraint(fields=("day", "query"), name="a_missed_search_is_counted_in_one_row"),
            models.UniqueConstraint(fields=("day", "position"), name="a_place_of_a_day_is_taken_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=NEW_A_DAY), name="a_day_takes_so_many_missed_searches"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.query}"
