"""A small site in which everybody has something, those who read it, and every address of the API."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.admindocs.views import simplify_regex
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from PIL import Image

from accounts.factories import PASSWORD, IdentityFactory, MessageFactory, UserFactory, enter_as_staff
from accounts.models import User
from accounts.services import make_key
from bookings.factories import make_booking
from bookings.models import Booking
from listings.factories import AreaFactory, FacilityFactory, HouseFactory, HouseImageFactory, ReviewFactory

API = "/api/v1.0"
READERS = ("anonymous", "guest", "other_guest", "host", "other_host", "staff")
CSRF = "a" * 32
DIRECTIONS, REASON = "钥匙在门垫下", "那几天要修屋顶"
Status = Booking.Status


def routes() -> set[str]:
    """Every method and address of the API, as the URLconf has them: `PUT /api/v1.0/houses/<pk>`."""
    return {
        f"{method} {simplify_regex(regex)}"
        for regex, pattern in walk(get_resolver().url_patterns)
        if regex.startswith("api/")
        for method in methods(pattern.callback)
    }


def walk(patterns: list, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        regex = before + str(pattern.pattern).removeprefix("^").removesuffix("\\Z").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, regex)
        else:
            yield regex, pattern


def addresses(things: dict[str, Model]) -> Iterator[str]:
    """One address for each route of the whole site, that of a thing where the route names one."""
    for regex, _ in walk(get_resolver().url_patterns):
        route = simplify_regex(regex)
        known = ids_in(route, things)
        yield re.sub(r"<(?:\w+:)?(\w+)>", lambda named, known=known: str(known[named[1]]), route)


def ids_in(route: str, things: dict[str, Model]) -> dict[str, Any]:
    """What a route may name. In the admin it is the first row of the model, if there is one."""
    known = {name: things[name].pk for name in ("house", "image")}
    booking, message = things["paid"].pk, MessageFactory(user=things["paid"].guest).pk
    row = 0
    models = {f"/admin/{model._meta.app_label}/{model._meta.model_name}/": model for model in apps.get_models()}
    if of_admin := re.match(r"/admin/\w+/\w+/", route):
        first = models[of_admin[0]].objects.first() if of_admin[0] in models else None
        row = first.pk if first else 0
    else:
        known |= {"house_id": known["house"], "booking_id": booking, "message_id": message}
    begins = {"/api/v1.0/houses": known["house"], "/api/v1.0/orders": booking, "/api/v1.0/image": SOME_UUID}
    pk = next((value for begin, value in begins.items() if route.startswith(begin)), row)
    words = {"name": "houses/none.webp", "section": "houses", "step": "price", "act": "approve", "url": "nowhere"}
    rows = dict.fromkeys(re.findall(r"<(?:\w+:)?(\w*id)>", route), row)
    return rows | known | words | {"pk": pk, "image_id": known["image"], "mobile": A_MOBILE, "app_label": "accounts"}


def methods(view: Any) -> list[str]:
    """What a view answers, OPTIONS and HEAD apart."""
    if hasattr(view, "actions"):
        return [method.upper() for method in view.actions if method != "head"]
    known = view.cls if hasattr(view, "cls") else view.view_class
    return [method.upper() for method in known.http_method_names if hasattr(known, method) and method != "options"]


@dataclass
class World:
    """People and things by name, and clients that act as each of the people."""

    people: dict[str, User]
    things: dict[str, Model]
    keys: dict[str, str] = field(default_factory=dict)

    def client(self, reader: str, way: str) -> Client:
        """A program with somebody's key, or a browser with their session and the CSRF token."""
        if way == "key":
            return Client(raise_request_exception=False, headers={"Authorization": f"Token {self.keys[reader]}"})
        client = Client(enforce_csrf_checks=True, raise_request_exception=False, headers={"X-CSRFToken": CSRF})
        if reader in self.people:
            person = self.people[reader]
            enter_as_staff(client, person) if person.is_staff else client.force_login(person)
        client.cookies["csrf_token"] = CSRF
        return client

    def call(self, client: Client, method: str, path: str, body: dict | None) -> HttpResponse:
        """Call with JSON, or with a form when there is a picture in it.

        In a path `{house}`, in a body `#house` stands for the id of a thing.
        """
        ids = {name: thing.pk for name, thing in self.things.items()}
        filled = with_ids(body or {}, ids)
        content, kind = json.dumps(filled, default=str), "application/json"
        if "picture" in filled.values():
            named = {name: picture() if value == "picture" else value for name, value in filled.items()}
            content, kind = encode_multipart(BOUNDARY, named), MULTIPART_CONTENT
        sent = {} if method == "GET" else {"data": content, "content_type": kind}
        return client.generic(method, path.format(**ids), **sent)


def with_ids(value: Any, ids: dict[str, Any]) -> Any:
    """A body with the ids of things where their names stand."""
    if isinstance(value, dict):
        return {name: with_ids(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_ids(inner, ids) for inner in value]
    return ids[value[1:]] if isinstance(value, str) and value.startswith("#") else value


def picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (90, 60), "white").save(file, "JPEG")
    return SimpleUploadedFile("院子.jpg", file.getvalue(), "image/jpeg")


def next_monday(weeks: int) -> date:
    """A Monday some weeks ahead: the nights from it on are no weekend."""
    today = timezone.localdate()
    return today + timedelta(days=7 * weeks + (-today.weekday()) % 7)


def make_world() -> World:
    """Four homes' worth of bookings between a host and a guest, and three people who have nothing to do with them."""
    people = {
        "guest": IdentityFactory(user__mobile="+8613911110001", user__name="王小明").user,
        "other_guest": UserFactory(mobile="+8613911110002", name="赵路人"),
        "host": IdentityFactory(user__mobile="+8613911110003", user__name="林房东").user,
        "other_host": IdentityFactory(user__mobile="+8613911110004", user__name="陈房东").user,
        "staff": UserFactory(mobile="+8613911110005", name="管理员", is_staff=True, is_superuser=True),
    }
    guest, host = people["guest"], people["host"]
    area, facility = AreaFactory(), FacilityFactory()
    things = {"area": area, "facility": facility, "house": HouseFactory(host=host, area=area, directions=DIRECTIONS)}
    house = things["house"]
    house.facilities.add(facility)
    things |= {
        "image": HouseImageFactory(house=house),
        "second_image": HouseImageFactory(house=house),
        "draft": HouseFactory(host=host, status="draft", area=area),
        "other_house": HouseFactory(host=people["other_host"], area=area),
    }
    made = {
        "paid": Status.PAID,
        "asked": Status.WAIT_ACCEPT,
        "unpaid": Status.WAIT_PAYMENT,
        "rejected": Status.REJECTED,
    }
    for weeks, (name, status) in enumerate(made.items(), start=2):
        things[name] = make_booking(house, guest, next_monday(weeks), next_monday(weeks) + timedelta(days=1), status)
    long_ago = timezone.localdate() - timedelta(days=9)
    Booking.objects.filter(pk=things["rejected"].pk).update(reason=REASON)
    things["stayed"] = make_booking(house, guest, long_ago, long_ago + timedelta(days=1), Status.WAIT_COMMENT)
    earlier = long_ago - timedelta(days=30)
    things["review"] = ReviewFactory(house=house, author=guest)
    things["reviewed"] = make_booking(
        house, guest, earlier, earlier + timedelta(days=1), Status.COMPLETE, review=things["review"]
    )
    world = World(people, things)
    world.keys = {name: make_key(user=person, name="script") for name, person in people.items()}
    return world


A_HOUSE = {
    "title": "竹里馆", "price": "200.99", "area_id": "#area", "address": "辋川", "room_count": 2, "acreage": 68,
    "unit": "2室1厅1卫", "capacity": 4, "beds": "1.8米大床1张", "deposit": "500", "min_days": 1, "max_days": 0,
}  # fmt: skip
A_STAY = {
    "house_id": "#house",
    "start_date": str(next_monday(20)),
    "end_date": str(next_monday(20) + timedelta(days=2)),
}
SOME_UUID = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
A_MOBILE = "13911110009"
LOG_IN = {"mobile": "13911110001", "password": PASSWORD}
