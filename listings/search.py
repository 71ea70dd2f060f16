"""One page of a search: twenty ids in order first, then their rows, and a count that stops counting."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Subquery

from ihome_project.cache import remember_count
from listings.missed import note_missed_search
from listings.models import Area, House, HouseImage
from listings.models.querysets import HouseQuerySet

PAGE_SIZE = 20
COUNT_MOST = 1000  # more are "1000+": counting them all takes seconds and tells a person nothing
COUNT_SECONDS = 30
DEEPEST = 25_000  # homes: every home before a page is looked at to find it, and a page is to take half a second at most
SLIDES = 5


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

    @property
    def words(self) -> str:
        """The count as a person reads it."""
        return f"{self.count}+" if self.is_capped else str(self.count)

    @property
    def numbers(self) -> list[int | None]:
        """The pages worth a link: both ends, and those around this one; None for a gap."""
        paginator = Paginator(range(self.count), self.page_size)
        around = paginator.get_elided_page_range(min(self.number, paginator.num_pages), on_each_side=1, on_ends=1)
        return [number if isinstance(number, int) else None for number in around]

    @property
    def before(self) -> int | None:
        """The page before, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The next page, if there is one: beyond the counted homes, as long as pages are full and not too deep."""
        is_full = self.is_capped and len(self.houses) == self.page_size and self.number * self.page_size < DEEPEST
        return self.number + 1 if self.number < self.total_pages or is_full else None


def search_page(
    found: HouseQuerySet, *, asked: str, query: str = "", number: int = 1, page_size: int = PAGE_SIZE
) -> SearchPage:
    """Return one page of an ordered search in three or four queries; a page past the end is empty.

    So is a page past the first DEEPEST homes, for which the database is not asked: whoever wants more asks more
    narrowly. `asked` is what is asked, whatever the page and the order: searches that ask the same share a count.
    `query` is the same in words that may be kept: when no home at all is found, it is counted among what people miss.
    """
    first = (number - 1) * page_size
    ids = list(found.values_list("pk", flat=True)[first : first + page_size]) if first < DEEPEST else []
    rows = House.objects.with_card().in_bulk(ids)  # no query where there are none
    counted = count_capped(found, asked)
    if not (ids or counted):
        note_missed_search(query)
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


def most_booked_homes() -> HouseQuerySet:
    """The SLIDES most booked published homes that have a main image, or as many as there are."""
    return with_photo(House.objects.published()).most_booked()[:SLIDES]


def most_booked_with_photo() -> list[House]:
    """Return the most booked homes that have a main image, with what a card shows."""
    return list(with_photo(House.objects.published()).most_booked().with_card()[:SLIDES])


def areas_with_photo(areas: list[Area]) -> list[tuple[Area, HouseImage | None]]:
    """Return each area with the main image of its most booked home, in two queries."""
    booked = with_photo(House.objects.published().filter(area=OuterRef("pk"))).most_booked().values("pk")[:1]
    tops = dict(Area.objects.filter(pk__in=[area.pk for area in areas]).values_list("pk", Subquery(booked)))
    homes = House.objects.prefetch_related("images").in_bulk([pk for pk in tops.values() if pk])
    return [(area, homes[tops[area.pk]].main_image if tops[area.pk] else None) for area in areas]


def with_photo(homes: HouseQuerySet) -> HouseQuerySet:
    """Return those of some homes that have a photo."""
    return homes.filter(Exists(HouseImage.objects.filter(house=OuterRef("pk"))))
