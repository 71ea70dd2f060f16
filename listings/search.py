"""One page of a search: twenty ids in order first, then their rows, and a count that stops counting."""

from dataclasses import dataclass

from django.db.models import Count

from ihome_project.cache import remember_count
from listings.models import Area, House
from listings.models.querysets import HouseQuerySet

PAGE_SIZE = 20
COUNT_MOST = 1000  # more are "1000+": counting them all takes seconds and tells a person nothing
COUNT_SECONDS = 30


@dataclass(frozen=True)
class SearchPage:
    """The homes of page `number` (from 1) and how many there are, counted up to COUNT_MOST."""

    houses: list[House]
    number: int
    count: int
    is_capped: bool
    page_size: int

    @property
    def total_pages(self) -> int:
        """How many pages the counted homes fill."""
        return -(-self.count // self.page_size)


def search_page(found: HouseQuerySet, *, asked: str, number: int = 1, page_size: int = PAGE_SIZE) -> SearchPage:
    """Return one page of an ordered search in three or four queries; a page past the end is empty.

    `asked` is what the search asks, whatever the page and the order: searches that ask the same share a count.
    """
    first = (number - 1) * page_size
    ids = list(found.values_list("pk", flat=True)[first : first + page_size])
    rows = House.objects.with_card().in_bulk(ids)
    counted = count_capped(found, asked)
    return SearchPage(
        houses=[rows[pk] for pk in ids if pk in rows],
        number=number,
        count=min(counted, COUNT_MOST),
        is_capped=counted > COUNT_MOST,
        page_size=page_size,
    )


def count_capped(found: HouseQuerySet, asked: str) -> int:
    """Return how many homes a search finds, up to COUNT_MOST + 1; of at most COUNT_SECONDS ago."""
    some = found.order_by()[: COUNT_MOST + 1]
    return remember_count("search", asked, some.count, seconds=COUNT_SECONDS)


def areas_with_counts() -> list[Area]:
    """Return the areas that have published homes, with how many (`house_count`), most homes first."""
    areas = Area.objects.filter(houses__status=House.Status.PUBLISHED).annotate(house_count=Count("houses"))
    return list(areas.order_by("-house_count", "position", "id"))


def most_booked_with_photo(count: int = 5) -> list[House]:
    """Return the most booked published homes that have a main image: `count` of them, or as many as there are."""
    houses = House.objects.published().filter(images__isnull=False).distinct().most_booked()
    return list(houses.with_card()[:count])
