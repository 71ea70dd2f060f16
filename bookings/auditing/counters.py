"""What homes count: their stays, their reviews and their stars. The one thing here that can be put right by itself."""

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from bookings.models import Booking
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.freshness import forget_house
from listings.models import House, Review

Rows = Iterable[Mapping[str, object]]
COUNTED = ("booking_count", "review_count", "rating_sum")


def _of_house(rows: QuerySet, counted: Count | Sum) -> Coalesce:
    summed = rows.filter(house=OuterRef("pk")).order_by().values("house").annotate(sum=counted)
    return Coalesce(Subquery(summed.values("sum")), Value(0))


def miscounted() -> QuerySet[House]:
    """Return homes whose counters are not right, with the right ones beside them."""
    stays, reviews = Booking.objects.filter(status__in=Booking.COUNTED), Review.objects.visible()
    counted = House.objects.order_by().annotate(
        right_booking_count=_of_house(stays, Count("id")),
        right_review_count=_of_house(reviews, Count("id")),
        right_rating_sum=_of_house(reviews, Sum("rating")),
    )
    return counted.exclude(**{name: F(f"right_{name}") for name in COUNTED})


def counter_wrong() -> Rows:
    """A home counts not exactly its paid stays, its visible reviews and their stars."""
    for house in miscounted().values("pk", *COUNTED, *(f"right_{name}" for name in COUNTED)).iterator():
        wrong = [name for name in COUNTED if house[name] != house[f"right_{name}"]]
        yield {"house": house["pk"], **{name: f"{house[name]}→{house[f'right_{name}']}" for name in wrong}}


def repair_counters() -> Iterator[str]:
    """Have every home count what there is, and yield in a line what has changed."""
    for house_id in miscounted().values_list("pk", flat=True).iterator():
        if changed := _recount(house_id):
            yield f"house={house_id} {changed}"


@retry_transaction
def _recount(house_id: int) -> str:
    with locked_house(house_id):
        house = miscounted().filter(pk=house_id).first()
        if house is None:
            return ""  # meanwhile it is right
        right = {name: getattr(house, f"right_{name}") for name in COUNTED}
        changed = {name: number for name, number in right.items() if getattr(house, name) != number}
        House.objects.filter(pk=house_id).update(**right)
        forget_house(house_id)
    return " ".join(f"{name}={getattr(house, name)}→{number}" for name, number in changed.items())


CHECKS = (counter_wrong,)
