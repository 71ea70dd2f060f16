"""Every field of every model holds a value of its own; which of them each reader finds in the API is written down."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.factories import MessageFactory
from accounts.mobiles import national_mobile
from accounts.models import ApiKey, Counter, Identity, KeptAnswer, OneTimeCode, Session, StaffAct
from bookings.models import BookingEvent, HostDue, Payment, Payout, Refund, Settlement, StrayNotice
from ihome_project.tests.world import API, READERS, SOME_UUID, World, make_world, next_monday, routes
from listings.factories import NightPriceFactory, ReportFactory, ReviewFactory, block_nights
from listings.models import MissedSearch

pytestmark = pytest.mark.django_db
APPS = ("accounts", "listings", "bookings")
MONDAY = next_monday(20)
# What has too few values to be told apart, or must stay what it is for the thing to be found at all.
LEFT = {
    "apikey.digest": "its primary key", "booking.check_in": "tells where its nights are",
    "booking.check_out": "the same",
    "booking.expires_at": "of a request that waits", "booking.open_slot": "the same",
    "facility.id": "fixed by the contract",
    "heldnight.expires_at": "of a request that waits", "heldnight.night": "the day of a stay",
    "house.facility_mask": "bits", "house.capacity": "decides whether a stay is quoted",
    "house.max_nights": "the same", "house.min_nights": "the same", "house.monthly_discount": "less than 100",
    "house.weekly_discount": "less than 100", "identity.number_digest": "made of the number",
    "identity.seal_key": "names a key", "identity.sealed_number": "made of the number",
    "keptanswer.leased_until": "of one that is not answered", "message.due_at": "to be delivered",
    "missedsearch.day": "a day of the site", "missedsearch.position": "at most 200 a day",
    "message.path": "an address of the site", "nightprice.night": "the day of a stay",
    "refund.try_at": "of one not done", "report.open_slot": "of an open one",
    "review.rating": "one to five", "session.session_key": "its primary key", "trade.ask_at": "of an open one",
    "user.closed_at": "of a closed account", "user.mobile": "has a value of its own already",
}  # fmt: skip
CARD = (
    "house.title house.price_fen area.name image.key house.room_count house.booking_count house.address host.avatar "
    "house.created_at house.rating house.review_count house.unit"
)
OWN_CARDS = CARD + (
    " draft.title draft.price_fen draft.room_count draft.booking_count draft.address draft.created_at draft.rating"
    " draft.review_count draft.unit"
)
SHOWN_HOUSES = CARD + " other_host.avatar"
FULL = CARD.replace("house.created_at", "") + (
    " host.name house.acreage house.beds house.deposit_fen house.cleaning_fee_fen house.check_in_time"
    " house.check_out_time second_image.key review.comment review.created_at guest.name"
)
ORDER = (
    "house.title image.key booking.amount_fen booking.deposit_fen booking.reason booking.created_at "
    "guest.name host.name booking.guests booking.refunded_fen review.comment"
)
ORDERS = ORDER + (
    " rejected.amount_fen rejected.deposit_fen rejected.reason rejected.created_at rejected.guests"
    " rejected.refunded_fen"
)
EVERYBODY = " ".join(READERS)
USERS = READERS[1:]
# Route, address, and which fields whose readers find there. Nobody finds anything else.
SEEN = [
    ("GET area_info", "/area_info", {EVERYBODY: "area.name area.city"}),
    ("GET facilities", "/facilities", {EVERYBODY: "facility.name facility.icon"}),
    ("GET houses", "/houses", {EVERYBODY: SHOWN_HOUSES}),
    ("GET houses/index", "/houses/index", {EVERYBODY: CARD}),
    ("GET houses/<pk>", "/houses/{house}", {EVERYBODY: FULL}),
    ("GET houses/<pk>/calendar", f"/houses/{{house}}/calendar?from={MONDAY}", {
        EVERYBODY: "house.price_fen house.weekend_price_fen night_price.price_fen"}),
    ("GET houses/<pk>/quote", f"/houses/{{house}}/quote?sd={MONDAY}&ed={MONDAY + timedelta(days=1)}", {
        EVERYBODY: "house.price_fen house.cleaning_fee_fen house.deposit_fen"}),
    ("GET image_codes/<pk>", f"/image_codes/{SOME_UUID}", {}),
    ("GET sms_codes/<mobile>", "/sms_codes/13911110001", {}),
    ("GET orders/<pk>", "/orders/{reviewed}", {"guest host": ORDER}),
    ("GET session", "/session", {reader: f"{reader}.name" for reader in USERS}),
    ("GET user", "/user", {
        reader: f"{reader}.name {reader}.mobile {reader}.avatar {reader}.created_at" for reader in USERS}),
    ("GET user/auth", "/user/auth", {
        "guest": "identity.real_name", "host": "", "other_host": ""}),
    ("GET user/houses", "/user/houses", {"host": OWN_CARDS, "other_host": "area.name other_host.avatar"}),
    ("GET user/orders", "/user/orders", {"guest": ORDERS}),
    ("GET user/orders", "/user/orders?role=landlord", {"host": ORDERS}),
]  # fmt: skip


def more_things(world: World) -> dict[str, Model]:
    """One row of every table, by name."""
    guest, host, house = world.people["guest"], world.people["host"], world.things["house"]
    booking, now = world.things["reviewed"], timezone.now()
    due = HostDue.objects.filter(booking=booking).first()
    names = ("area", "facility", "house", "draft", "image", "second_image", "review", "rejected")
    return {name: world.things[name] for name in names} | world.people | {
        "booking": booking,
        "booking_event": BookingEvent.objects.filter(booking=booking).last(),
        "trade": booking.trade,
        "payment": Payment.objects.get(trade=booking.trade),
        "refund": Refund.objects.create(booking=booking, number="1", amount_fen=1, state="done", done_at=now),
        "stray_notice": (stray := StrayNotice.objects.create(provider="sandbox", why="", facts={}, digest="1")),
        "settlement": Settlement.objects.create(notice=stray, reason="1", actor=world.people["staff"]),
        "host_due": due,
        "payout": Payout.objects.create(due=due, bank_reference="1", actor=host),
        "identity": Identity.objects.get(user=guest),
        "api_key": ApiKey.objects.create(user=guest, name="canary")[0],
        "session": Session.objects.create(session_key="canary", user=guest, expire_date=now),
        "message": MessageFactory(user=guest),
        "staff_act": StaffAct.objects.create(actor=world.people["staff"], act="read_number", subject=guest),
        "one_time_code": OneTimeCode.objects.create(purpose="login", subject="1", digest="1", expires_at=now),
        "counter": Counter.objects.create(purpose="send", subject="1"),
        "kept_answer": KeptAnswer.objects.create(user=guest, subject="1", status=200),
        "night_price": NightPriceFactory(house=house, night=MONDAY + timedelta(days=2)),
        "hold": (hold := block_nights(house, MONDAY + timedelta(days=9), MONDAY + timedelta(days=10))),
        "held_night": hold.nights.get(),
        "missed_search": MissedSearch.objects.create(day=MONDAY, query="q=1", position=1),
        "hidden_review": ReviewFactory(house=house, author=guest, is_visible=False),
        "report": ReportFactory(reporter=guest, house=house, state="upheld", outcome="1", decided_by=host),
    }  # fmt: skip


def is_told_apart(field: models.Field) -> bool:
    """Whether a field can hold a value that nothing else has."""
    return not (field.is_relation or field.choices or isinstance(field, models.BooleanField | models.AutoField))


def a_value(field: models.Field, number: int) -> tuple[object, object]:
    """A value for a field that no other has, and how an answer would show it."""
    token, day = f"zq{number}", datetime(2001, 1, 1, 4, tzinfo=UTC) + timedelta(days=number - 20_000)
    if isinstance(field, models.DateTimeField):
        return day, f"{day:%Y-%m-%d}"
    if isinstance(field, models.TimeField):
        return (at := time(number // 60 % 24, number % 60)), f"{at:%H:%M}"
    if isinstance(field, models.IntegerField):
        return number, number
    return ([{"label": token}] if isinstance(field, models.JSONField) else token), token


def sums(label: str, values: dict[str, object]) -> dict[str, object]:
    """What the constraints of a table derive from its other fields."""
    if "rating_sum" in values:
        stars = 3 if label == "house" else 4  # and a half
        return {"rating_sum": values["review_count"] * stars + values["room_count"] // 2}
    if label in {"booking", "rejected"}:
        amount = values["nights_fen"] + values["cleaning_fee_fen"]
        return {"amount_fen": amount, "captured_fen": amount + 7_001}
    if label == "host_due":
        return {"amount_fen": values["paid_fen"] - values["refunded_fen"] - values["commission_fen"]}
    return {}


def fill(things: dict[str, Model]) -> dict[str, object]:
    """Give every field a value of its own; return how each would show, by `thing.field`."""
    shown, numbers = {}, count(20_003)
    for label, thing in things.items():
        model = thing._meta.model_name
        named = {field.name: a_value(field, next(numbers)) for field in thing._meta.concrete_fields
                 if is_told_apart(field) and f"{model}.{field.name}" not in LEFT}  # fmt: skip
        derived = sums(label, {name: value for name, (value, _) in named.items()})
        QuerySet(type(thing)).filter(pk=thing.pk).update(
            **{name: value for name, (value, _) in named.items()} | derived
        )
        thing.refresh_from_db()
        shown |= {f"{label}.{name}": derived.get(name, text) for name, (_, text) in named.items()}
        if hasattr(thing, "rating_sum"):
            shown[f"{label}.rating"] = thing.rating
        if hasattr(thing, "mobile"):
            shown[f"{label}.mobile"] = national_mobile(thing.mobile)
    return shown


def leaves(data: object) -> Iterator[object]:
    """Every text and number of an answer."""
    if isinstance(data, dict | list):
        for inner in data.values() if isinstance(data, dict) else data:
            yield from leaves(inner)
    else:
        yield data


def found_in(answer, shown: dict[str, object]) -> set[str]:
    """The fields whose values an answer holds."""
    if not answer["Content-Type"].startswith("application/json"):
        return set()
    said = list(leaves(json.loads(answer.content)))
    texts = [text for text in said if isinstance(text, str)]
    return {
        name
        for name, value in shown.items()
        if (any(value in text for text in texts) if isinstance(value, str) else value in said)
    }


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def things(world) -> dict[str, Model]:
    return more_things(world)


@pytest.fixture
def shown(things) -> dict[str, object]:
    return fill(things)


def test_every_field_has_a_value_of_its_own_or_a_reason_to_have_none(things, shown):
    models_of = {label: type(thing)._meta.model_name for label, thing in things.items()}
    filled = {f"{models_of[label]}.{name}" for label, _, name in (known.partition(".") for known in shown)}
    there = {
        f"{model._meta.model_name}.{field.name}"
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if is_told_apart(field)
    }
    assert there - filled == set(LEFT) - {"user.mobile"}
    assert len(set(map(str, shown.values()))) == len(shown)


@pytest.mark.parametrize("way", ["session", "key"])
@pytest.mark.parametrize(("route", "path", "seen"), SEEN, ids=[path for _, path, _ in SEEN])
def test_a_reader_finds_what_the_table_says_and_nothing_else(world, shown, route, path, seen, way):
    expected = {reader: set(fields.split()) for group, fields in seen.items() for reader in group.split()}
    for reader in READERS[way == "key" :]:
        answer = world.call(world.client(reader, way), "GET", API + path, None)
        assert found_in(answer, shown) == expected.get(reader, set()), reader


def test_every_address_to_read_is_in_the_table():
    read = {f"GET {API}/{route.split()[1]}" for route, *_ in SEEN}
    assert {route for route in routes() if route.startswith("GET ")} == read | {"GET /api/schema", "GET /api/docs"}
