"""What the site shows to everybody alike, kept for whoever asks next."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from ihome_project.api import enveloped, json_bytes, ready_answer
from ihome_project.cache import AREAS, FACILITIES, Kept, kept_answer, of_user, remember, remember_bytes
from listings.errors import HouseNotFound
from listings.freshness import SLIDESHOW, of_house
from listings.models import Area, Facility, House, Review
from listings.models.querysets import REVIEWS_SHOWN, HouseQuerySet
from listings.search import most_booked_homes, most_booked_with_photo
from listings.serializers import AreasSerializer, BasicHouseSerializer, FacilitiesSerializer, FullHouseSerializer

NOBODY = -1  # the reader's id when nobody is logged in
# The answers that are the same for everybody, and what each shows.
AREA_INFO, ALL_FACILITIES, INDEX = "area_info", "facilities", "houses/index"
LISTS: dict[str, tuple[str, ...]] = {AREA_INFO: (AREAS,), ALL_FACILITIES: (FACILITIES,), INDEX: (SLIDESHOW, AREAS)}
SLIDE_FIELDS = ("id", "title", "kind", "price_fen", "booking_count", "review_count", "rating_sum")
SLIDE_AREA_FIELDS = ("id", "name", "name_en", "city", "city_en")


def kept_list(key: str) -> Kept | None:
    """Return the whole answer of `area_info`, `facilities` or `houses/index` if it is kept."""
    return kept_answer(key, names=LISTS[key])


def areas_answer(areas: QuerySet[Area]) -> Kept:
    """Return all areas, in the envelope; `areas` reads them."""
    return remember_list(AREA_INFO, lambda: AreasSerializer({"areas": areas}).data)


def facilities_answer(facilities: QuerySet[Facility]) -> Kept:
    """Return what a home may have, in the envelope; `facilities` reads all of it."""
    return remember_list(ALL_FACILITIES, lambda: FacilitiesSerializer({"facilities": facilities}).data)


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


def most_booked_answer() -> Kept:
    """Return the five most booked homes that have a main image, in the envelope."""
    return remember_list(
        INDEX,
        lambda: BasicHouseSerializer(most_booked_with_photo(), many=True).data,
        shown=lambda: map(of_user, most_booked_homes().values_list("host", flat=True)),
    )


def remember_list(key: str, read: Callable[[], Any], **shown: Callable[[], Iterable[str]]) -> Kept:
    """Return a whole answer, reading it if it is not kept."""
    return remember_bytes(key, lambda: enveloped(json_bytes(read())), names=LISTS[key], **shown)


def kept_house(house_id: int) -> Kept | None:
    """Return the house part of a published home's answer if it is kept."""
    return kept_answer(f"houses/{house_id}", names=names_of(house_id))


def house_page(house: Kept, *, reader: int) -> HttpResponse:
    """Answer with the house part, and beside it the id of whoever reads."""
    body = enveloped(b'{"user_id":%d,"house":%b}' % (reader, house.body))
    answer = ready_answer(body, f"{house.word}.{reader}")
    answer["Cache-Control"] = "private"  # it holds the reader's id
    return answer


def house_answer(seen: House) -> Kept:
    """Return everything public about a home that its reader may see; only a published one is kept.

    `seen` is the home as the database has just shown it to the reader. Raises HouseNotFound when it has gone since.
    """
    if seen.status != House.Status.PUBLISHED:
        return Kept.of(json_bytes(full_house(House.objects.all(), seen.pk)))
    return remember_bytes(
        f"houses/{seen.pk}",
        lambda: json_bytes(full_house(House.objects.published(), seen.pk)),
        names=names_of(seen.pk),
        shown=lambda: map(of_user, people_of(seen.pk)),
    )


def names_of(house_id: int) -> tuple[str, ...]:
    """Return under which names a home is kept, without those of its people."""
    return (of_house(house_id), AREAS)


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
