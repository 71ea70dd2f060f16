"""Twenty readers of kept answers and others at once: nobody is shown what is another's, or told to have it already."""

import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import ApiKey, User
from bookings.factories import make_booking
from listings.factories import FacilityFactory, HouseFactory, HouseImageFactory, ReviewFactory
from listings.models import House

pytestmark = pytest.mark.usefixtures("keeping")
READERS, HOMES = 20, 12
API = "/api/v1.0"
PUBLIC = tuple(f"{API}/{path}" for path in ("area_info", "facilities", "houses/index"))
OWN = tuple(f"{API}/{path}" for path in ("session", "user", "user/auth", "user/houses", "user/orders", "orders/{own}"))
DETAIL = re.compile(rf"{API}/houses/\d+")


@dataclass
class Reader:
    """Somebody with a name, a number, a draft and a booking that nobody else may see, by session or by key."""

    user: User
    canaries: tuple[str, ...]
    booking_id: int
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=Client)
    etags: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Ask for something."""
        return self.client.get(path, headers=self.headers | headers)


def new_reader(n: int, home: House) -> Reader:
    """Make a reader; every other one is a program with a key."""
    number = f"1371234{n:04d}"
    user = UserFactory(name=f"金丝雀{n:02}号", mobile=f"+86{number}")
    HouseFactory(host=user, status="draft", title=f"草稿{n:02}号")
    check_in = timezone.localdate() + timedelta(days=10 + 3 * n)
    booking = make_booking(home, user, check_in, check_in + timedelta(days=2))
    reader = Reader(user, (f"金丝雀{n:02}号", number, f"草稿{n:02}号"), booking.pk)
    if n % 2:
        reader.headers["Authorization"] = f"Token {ApiKey.objects.create(user=user, name='script')[1]}"
    else:
        reader.client.force_login(user)
    return reader


@pytest.fixture
def homes(keeping, host) -> list[House]:
    FacilityFactory()
    homes = [HouseImageFactory(house__host=host).house for _ in range(HOMES)]
    ReviewFactory(house=homes[0])
    return homes


@pytest.fixture
def readers(homes) -> list[Reader]:
    return [new_reader(n, homes[0]) for n in range(READERS)]


@pytest.fixture
def routes(homes) -> list[str]:
    """Fifty addresses: kept answers and others, anybody's and one's own, of the API and of pages."""
    homes_of_api = [f"{API}/houses/{home.pk}" for home in homes]
    nights = [f"{path}/calendar" for path in homes_of_api[:6]]
    lists = [f"{API}/houses?{query}" for query in ("", "p=2", "page_size=3", "sk=booking", "guests=2", "q=小院")]
    others = (
        f"{API}/user/orders?role=landlord",
        f"{API}/orders/{{other}}",
        f"{API}/nothing",
        "/bookings/{other}",
        "/host/earnings",
    )
    pages = ("/", "/search", "/bookings", "/bookings/{own}", "/account", "/messages", "/host")
    homes_of_pages = [f"/houses/{home.pk}" for home in homes[:5]]
    routes = [*PUBLIC, *homes_of_api, *nights, *lists, *OWN, *others, *pages]
    assert len(routes) + len(homes_of_pages) == 50
    return routes + homes_of_pages


@pytest.fixture
def visit(readers, routes) -> Callable[[int], list[str]]:
    """Have one reader ask for everything in an order of their own, half the time as if they had another's answer."""

    def check(reader: Reader, route: str, answer: HttpResponse) -> list[str]:
        others = [word for somebody in readers if somebody is not reader for word in somebody.canaries]
        found = [f"{route} shows {word}" for word in others if word in answer.text]
        if answer.status_code == 304 and (DETAIL.fullmatch(route) or route in OWN):
            found.append(f"{route} is 304 by another's ETag")
        elif DETAIL.fullmatch(route) and answer.json()["data"]["user_id"] != reader.user.pk:
            found.append(f"{route} is for another reader")
        return found

    def visit(n: int) -> list[str]:
        reader, chance, found = readers[n], random.Random(n), []
        try:
            for route in chance.sample(routes, len(routes)):
                other = readers[chance.randrange(READERS)]
                path = route.format(own=reader.booking_id, other=readers[n - 1].booking_id)
                theirs = {"If-None-Match": other.etags[route]} if route in other.etags and chance.random() < 0.5 else {}
                answer = reader.get(path, **theirs)
                reader.etags.setdefault(route, answer.headers.get("ETag", ""))
                found += check(reader, route, answer)
        finally:
            connection.close()
        return found

    return visit


def test_nobody_is_shown_what_is_anothers(readers, visit):
    with ThreadPoolExecutor(READERS) as pool:
        assert [wrong for found in pool.map(visit, range(READERS)) for wrong in found] == []


def test_everybody_is_shown_what_is_theirs_between_the_others(readers, homes):
    for reader in readers:
        name, number, draft = reader.canaries
        assert number in reader.get(f"{API}/user").text
        assert name in reader.get(f"{API}/orders/{reader.booking_id}").text
        assert draft in reader.get(f"{API}/user/houses").text


def test_one_readers_etag_says_nothing_of_anothers_answer(readers, homes):
    path = f"{API}/houses/{homes[0].pk}"
    etags = [reader.get(path)["ETag"] for reader in readers]
    assert len(set(etags)) == READERS
    for reader, own, other in zip(readers, etags, etags[1:] + etags[:1], strict=True):
        assert reader.get(path, **{"If-None-Match": other}).status_code == 200
        assert reader.get(path, **{"If-None-Match": own}).status_code == 304
