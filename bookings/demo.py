"""A living example of a site: people, homes with photos, stays that were and stays to come. Made by `load_demo`.

The same day gives the same rows: every choice comes from one seeded generator. What people say and write stands in
demo/*.json; here it is only put together.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.identity import CONSENT_VERSION
from accounts.mobiles import parse_mobile
from accounts.models import Identity, User
from accounts.numbers import fictitious_number
from accounts.seals import digest_number, seal_number
from bookings.demo_queues import SUBMITTED, add_missed_searches, add_reports, submit_homes, submit_identities
from bookings.demo_stays import Chance, StayMaker
from ihome_project.cache import AREAS, FACILITIES, forget_on_commit
from listings.freshness import SLIDESHOW
from listings.models import Area, Facility, House, HouseFacility, HouseImage, NightPrice, mask_of
from listings.photos import SIZES, encode_sizes, photo_name, store_sizes

PASSWORD = "ihome-demo-2026"  # noqa: S105 — printed by `make run`
SEED = 2026
FIRST_MOBILE = 13800138010
FIRST_BIRTH = date(1975, 3, 7)
HOMES_OF_THE_HOST = 8
TWO_YEARS = 730
FEN = 100
Progress = Callable[[Iterable, str, int], Iterable]


def read(name: str) -> list | dict:
    """Return a file of demo/ as data."""
    return json.loads((Path(settings.DEMO_DIR) / name).read_text(encoding="utf-8"))


def store_photos(progress: Progress) -> None:
    """Store every illustration in all its sizes, two at a time, leaving out those that are there."""

    def encode(path: Path) -> tuple[str, dict[int, bytes]]:
        return photo_key(path.name), encode_sizes(str(path))[2]

    pictures = sorted((Path(settings.DEMO_DIR) / "photos").glob("*.webp"))
    missing = [
        path
        for path in pictures
        if not all(default_storage.exists(photo_name(photo_key(path.name), size)) for size in SIZES)
    ]
    with ThreadPoolExecutor(2) as pool:
        for key, encoded in progress(pool.map(encode, missing), "photos", len(missing)):
            store_sizes(key, encoded)


def photo_key(file_name: str) -> str:
    """Return the key in the store of an illustration; the five homes of a set share it."""
    return f"demo/{file_name.removesuffix('.webp')}"


@dataclass
class DemoSite:
    """Builds the rows of the example, in one transaction."""

    today: date = field(default_factory=timezone.localdate)
    chance: Chance = field(default_factory=lambda: Chance(SEED))

    @cached_property
    def people(self) -> dict:
        """Names and words of the people."""
        return read("people.json")

    def load(self, progress: Progress) -> None:
        """Write people, homes, stays and what waits for staff."""
        with transaction.atomic():
            forget_on_commit(AREAS, FACILITIES, SLIDESHOW)
            users = self.add_people()
            houses = self.add_houses(users)
            [guest], [host], stays = (
                users["guest"],
                users["host"],
                StayMaker(self.today, self.chance, read("reviews.json")),
            )
            visited = houses[:-SUBMITTED]
            stays.add_stays(progress(visited, "stays", len(visited)), guests=users["guests"], guest=guest)
            add_reports(visited, stays.reviews, guest=guest, host=host, now=timezone.now())
            add_missed_searches(self.today)

    def add_people(self) -> dict[str, list[User]]:
        """Write the users and the identities; return them by role. All share one password hash: hashing is slow."""
        password = make_password(PASSWORD)
        roles: dict[str, list[User]] = defaultdict(list)
        for person in self.people["personas"]:
            roles[person["role"]].append(self.person(password, person["name"], person["mobile"], person["about"]))
        mobiles = iter(range(FIRST_MOBILE, FIRST_MOBILE + 100))
        for person in self.people["hosts"]:
            roles["hosts"].append(self.person(password, person["name"], str(next(mobiles)), person["about"]))
        for name in self.people["guests"]:
            roles["guests"].append(self.person(password, name, str(next(mobiles))))
        roles["staff"][0].is_staff = roles["staff"][0].is_superuser = True
        User.objects.bulk_create([user for users in roles.values() for user in users])
        verified = [*roles["host"], *roles["guest"], *roles["hosts"], *roles["guests"][::2]]
        submitted = roles["guests"][1::2][:SUBMITTED]
        identities = [self.identity(user, number) for number, user in enumerate([*verified, *submitted])]
        submit_identities(identities[-SUBMITTED:], timezone.now())
        Identity.objects.bulk_create(identities)
        return roles

    def identity(self, user: User, number: int) -> Identity:
        """Return the verified identity of a person who does not exist, under a number that nobody has."""
        id_number = fictitious_number(FIRST_BIRTH + timedelta(days=97 * number))
        seal_key, sealed = seal_number(id_number, user_id=user.pk)
        return Identity(
            user=user,
            status=Identity.Status.VERIFIED,
            real_name=user.name,
            seal_key=seal_key,
            sealed_number=sealed,
            number_digest=digest_number(id_number),
            consent_version=CONSENT_VERSION,
            consent_way=Identity.Way.PAGE,
            submitted_at=user.created_at,
            decided_at=user.created_at,
        )

    def person(self, password: str, name: str, mobile: str, about: str = "") -> User:
        """Return a user who joined in the last years."""
        joined = self.moment(-self.chance.randint(TWO_YEARS, 2 * TWO_YEARS))
        return User(mobile=parse_mobile(mobile), name=name, about=about, password=password, created_at=joined)

    def moment(self, days: int) -> datetime:
        """Return some instant of a day, `days` from today."""
        clock = time(self.chance.randint(8, 22), self.chance.randint(0, 59), self.chance.randint(0, 59))
        return timezone.make_aware(datetime.combine(self.today + timedelta(days=days), clock))

    def add_houses(self, users: dict[str, list[User]]) -> list[House]:
        """Write areas, homes, photos and special prices; the demo host owns the first few homes of 北京."""
        areas = self.add_areas()
        homes: list[tuple[House, dict]] = []
        for city in read("areas.json"):
            hosts = [
                host
                for host, person in zip(users["hosts"], self.people["hosts"], strict=True)
                if person["city"] == city["city"]
            ]
            for number, tale in enumerate(self.homes_of(city)):
                area = areas[city["city"], tale["district"]]
                if city["city"] == "北京" and number < HOMES_OF_THE_HOST:
                    house = self.house(tale, host=users["host"][0], area=area)
                    house.instant_book, house.verified_guests_only = number % 2 == 0, False
                else:
                    house = self.house(tale, host=self.chance.choice(hosts), area=area)
                homes.append((house, tale))
        self.chance.shuffle(homes)
        for (house, _), made in zip(homes, sorted(self.births(len(homes))), strict=True):
            house.created_at = house.published_at = made
        submit_homes((house for house, _ in homes[-SUBMITTED:]), timezone.now())
        houses = House.objects.bulk_create([house for house, _ in homes])
        self.add_what_belongs(homes)
        return houses

    def homes_of(self, city: dict) -> list[dict]:
        """Return the homes of a city in an order in which neighbours in the file stand apart."""
        homes = read(f"houses/{city['city_en'].lower()}.json")
        return self.chance.sample(homes, len(homes))

    def births(self, count: int) -> Iterator[datetime]:
        """Yield when homes were published: over two years."""
        for _ in range(count):
            yield self.moment(-self.chance.randint(3, TWO_YEARS))

    def add_areas(self) -> dict[tuple[str, str], Area]:
        """Write the areas; return them by city and name."""
        areas = {}
        for city in read("areas.json"):
            for name, name_en in city["areas"].items():
                areas[city["city"], name] = Area(
                    city=city["city"], city_en=city["city_en"], name=name, name_en=name_en, position=len(areas)
                )
        Area.objects.bulk_create(areas.values())
        return areas

    def house(self, tale: dict, *, host: User, area: Area) -> House:
        """Return a home as its tale tells it, with house rules of the calendar that the tale leaves open."""
        chance, price = self.chance, tale["price"] * FEN
        words = ("title", "address", "kind", "unit", "room_count", "acreage", "capacity", "beds", "description")
        return House(
            **{word: tale[word] for word in (*words, "house_rules", "directions")},
            host=host,
            area=area,
            status=House.Status.PUBLISHED,
            price_fen=price,
            weekend_price_fen=(price * 115 // 100 // 1000 * 1000) if chance.happens(500) else None,
            cleaning_fee_fen=tale["cleaning_fee"] * FEN,
            deposit_fen=tale["deposit"] * FEN,
            weekly_discount=chance.choice((0, 0, 5, 8, 10)),
            monthly_discount=chance.choice((0, 0, 15, 20)),
            min_nights=tale["min_days"],
            max_nights=tale["max_days"],
            instant_book=chance.happens(600),
            same_day_turnover=chance.happens(300),
            verified_guests_only=chance.happens(80),
            cancellation_policy=chance.choice(House.CancellationPolicy.values),
            check_in_time=time(chance.choice((14, 14, 15, 15, 16))),
            check_out_time=time(chance.choice((11, 12, 12))),
            facility_mask=mask_of(tale["facilities"]),
        )

    def add_what_belongs(self, homes: list[tuple[House, dict]]) -> None:
        """Write the homes' facilities, photos (the tale's main one first) and prices for the turn of the year."""
        sets = {each["home"]: each["photos"] for each in read("photos/manifest.json")}
        captions = self.people["captions"]
        has_facility, images, prices = [], [], []
        new_year = date(self.today.year, 12, 31)
        known = set(Facility.objects.values_list("pk", flat=True))
        for house, tale in homes:
            has_facility += [HouseFacility(house=house, facility_id=pk) for pk in tale["facilities"] if pk in known]
            names = sets[tale["set"]]
            others = [name for name in names if name != names[tale["main"]]]
            shown = [names[tale["main"]], *others[: self.chance.choice((2, 3, 4, 4, 4))]]
            images += [
                HouseImage(
                    house=house,
                    key=photo_key(name),
                    caption=captions[name.split("-")[2].removesuffix(".webp")],
                    width=1440,
                    height=960,
                    position=position,
                )
                for position, name in enumerate(shown)
            ]
            prices += [
                NightPrice(house=house, night=new_year + timedelta(days=n), price_fen=house.price_fen * 3 // 2)
                for n in (0, 1)
                if self.chance.happens(600)
            ]
        HouseFacility.objects.bulk_create(has_facility)
        HouseImage.objects.bulk_create(images)
        NightPrice.objects.bulk_create(prices)
