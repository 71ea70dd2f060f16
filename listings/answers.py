"""What the site shows to everybody alike, kept for whoever asks next."""

from django.db.models import QuerySet

from ihome_project.cache import AREAS, FACILITIES, of_user, remember
from listings.errors import HouseNotFound
from listings.freshness import SLIDESHOW, of_house
from listings.models import Area, Facility, House, Review
from listings.models.querysets import REVIEWS_SHOWN, HouseQuerySet
from listings.search import most_booked_homes, most_booked_with_photo
from listings.serializers import AreasSerializer, BasicHouseSerializer, FacilitiesSerializer, FullHouseSerializer

SLIDE_FIELDS = ("id", "title", "kind", "price_fen", "booking_count", "review_count", "rating_sum")
SLIDE_AREA_FIELDS = ("id", "name", "name_en", "city", "city_en")


def areas_answer(areas: QuerySet[Area]) -> dict:
    """Return all areas; `areas` reads them."""
    return remember("area_info", lambda: AreasSerializer({"areas": areas}).data, names=[AREAS])


def facilities_answer(facilities: QuerySet[Facility]) -> dict:
    """Return what a home may have; `facilities` reads all of it."""
    return remember("facilities", lambda: FacilitiesSerializer({"facilities": facilities}).data, names=[FACILITIES])


def slides() -> list[House]:
    """Return the most booked homes with no more than the slideshow shows of them."""
    return [slide_of(**kept) for kept in remember("slides", read_slides, names=[SLIDESHOW, AREAS])]


def slide_of(house: dict, area: dict, photo: dict) -> House:
    """Return a home as `read_slides` took it apart."""
    slide = House(area=Area(**area), **house)
    slide.main_photo = photo
    return slide


def read_slides() -> list[dict]:
    """Return what the slideshow shows of each home, as JSON can hold it."""
    return [
        {
            "house": {name: getattr(house, name) for name in SLIDE_FIELDS},
            "area": {name: getattr(house.area, name) for name in SLIDE_AREA_FIELDS},
            "photo": house.main_photo,
        }
        for house in most_booked_with_photo()
    ]


def most_booked_answer() -> list[dict]:
    """Return the five most booked homes that have a main image."""
    return remember(
        "houses/index",
        lambda: BasicHouseSerializer(most_booked_with_photo(), many=True).data,
        names=[SLIDESHOW, AREAS],
        shown=lambda: map(of_user, most_booked_homes().values_list("host", flat=True)),
    )


def house_answer(seen: House) -> dict:
    """Return everything public about a home that its reader may see; only a published one is kept.

    `seen` is the home as the database has just shown it to the reader. Raises HouseNotFound when it has gone since.
    """
    if seen.status != House.Status.PUBLISHED:
        return full_house(House.objects.all(), seen.pk)
    return remember(
        f"houses/{seen.pk}",
        lambda: full_house(House.objects.published(), seen.pk),
        names=[of_house(seen.pk), AREAS],
        shown=lambda: map(of_user, people_of(seen.pk)),
    )


def full_house(homes: HouseQuerySet, house_id: int) -> dict:
    """Return one of some homes in full. Raises HouseNotFound."""
    house = homes.with_page().filter(pk=house_id).first()
    if house is None:
        raise HouseNotFound
    return FullHouseSerializer(house).data


def people_of(house_id: int) -> set[int]:
    """Return whose names a home in full shows: its host's, and those of its newest reviews' authors."""
    hosts = House.objects.filter(pk=house_id).values_list("host", flat=True)
    authors = Review.objects.visible().filter(house=house_id).values_list("author", flat=True)
    return {*hosts, *authors[:REVIEWS_SHOWN]}
