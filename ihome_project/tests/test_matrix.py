"""Who gets what from every address of the API: one table, which a route that is not in it fails."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.mobiles import national_mobile
from ihome_project.tests.test_schema import DESCRIBED, responses
from ihome_project.tests.world import (
    A_HOUSE,
    A_MOBILE,
    A_STAY,
    API,
    DIRECTIONS,
    LOG_IN,
    READERS,
    REASON,
    SOME_UUID,
    make_world,
    next_monday,
    routes,
)

pytestmark = pytest.mark.django_db
NIGHTS = f"sd={next_monday(20)}&ed={next_monday(20) + timedelta(days=1)}"
ERRCODES = {200: "0", 201: "0", 400: "4103", 401: "4101", 403: "4105", 404: "4002", 409: "4201"}
ALL = "200 200 200 200 200 200"
USERS = "401 200 200 200 200 200"
HOSTS = "401 403 403 200 403 403"  # what everybody sees and its host alone changes
HIDDEN = "401 404 404 200 404 404"  # what nobody but its host sees
REGISTER = {"mobile": A_MOBILE, "sms_code": "000000", "password": "hutong-2026", "password2": "hutong-2026"}
REAL = {"real_name": "王维", "id_card": "110101199003072316"}
# Route, address, body, and what each of READERS gets: a status, with its errcode where it is not the usual one.
MATRIX = [
    ("GET area_info", "/area_info", None, ALL),
    ("GET facilities", "/facilities", None, ALL),
    ("GET houses", "/houses", None, ALL),
    ("GET houses/index", "/houses/index", None, ALL),
    ("GET houses/<pk>", "/houses/{house}", None, ALL),
    ("GET houses/<pk>", "/houses/{draft}", None, "404 404 404 200 404 404"),
    ("PUT houses/<pk>", "/houses/{house}", A_HOUSE, HOSTS),
    ("PUT houses/<pk>", "/houses/{draft}", A_HOUSE, HIDDEN),
    ("PATCH houses/<pk>", "/houses/{house}", {"price": "1"}, HOSTS),
    ("PATCH houses/<pk>", "/houses/{draft}", {"price": "1"}, HIDDEN),
    ("DELETE houses/<pk>", "/houses/{house}", None, HOSTS),
    ("DELETE houses/<pk>", "/houses/{draft}", None, HIDDEN),
    ("PUT houses/<pk>/status", "/houses/{house}/status", {"action": "offline"}, HOSTS),
    ("PUT houses/<pk>/status", "/houses/{draft}/status", {"action": "publish"}, "401 404 404 409 404 404"),
    ("GET houses/<pk>/calendar", "/houses/{house}/calendar", None, ALL),
    ("GET houses/<pk>/calendar", "/houses/{draft}/calendar", None, "404 404 404 200 404 404"),
    ("GET houses/<pk>/quote", f"/houses/{{house}}/quote?{NIGHTS}", None, ALL),
    ("GET houses/<pk>/quote", f"/houses/{{draft}}/quote?{NIGHTS}", None, "404 404 404 200 404 404"),
    ("PUT houses/<pk>/images", "/houses/{house}/images", {"order": ["#second_image", "#image"]}, HOSTS),
    ("PUT houses/<pk>/images", "/houses/{draft}/images", {"order": []}, HIDDEN),
    ("DELETE houses/<pk>/images/<image_id>", "/houses/{house}/images/{image}", None, HOSTS),
    ("DELETE houses/<pk>/images/<image_id>", "/houses/{draft}/images/{image}", None, "401 404 404 404 404 404"),
    ("DELETE houses/<pk>/images/<image_id>", "/houses/{other_house}/images/{image}", None, "401 403 403 403 404 403"),
    (
        "POST houses/images",
        "/houses/images",
        {"house_image": "picture", "house_id": "#house"},
        "401 403 403 201 403 403",
    ),
    (
        "POST houses/images",
        "/houses/images",
        {"house_image": "picture", "house_id": "#draft"},
        "401 404 404 201 404 404",
    ),
    ("POST houses/info", "/houses/info", A_HOUSE, "401 201 403 201 201 403"),
    ("GET image_codes/<pk>", f"/image_codes/{SOME_UUID}", None, ALL),
    (
        "GET sms_codes/<mobile>",
        f"/sms_codes/{A_MOBILE}?image_code=x&image_code_id={SOME_UUID}",
        None,
        " ".join(["400-4106"] * 6),
    ),
    ("POST orders", "/orders", A_STAY, "401 201 201 403 201 201"),
    ("POST orders", "/orders", A_STAY | {"house_id": "#draft"}, "401 404 404 403 404 404"),
    ("GET orders/<pk>", "/orders/{paid}", None, "401 200 404 200 404 404"),
    ("PUT orders/<pk>/status", "/orders/{asked}/status", {"action": "accept"}, "401 403 404 200 404 404"),
    (
        "PUT orders/<pk>/status",
        "/orders/{asked}/status",
        {"action": "reject", "reason": "修"},
        "401 403 404 200 404 404",
    ),
    (
        "PUT orders/<pk>/status",
        "/orders/{asked}/status",
        {"action": "cancel", "reason": "修"},
        "401 200 404 409 404 404",
    ),
    (
        "PUT orders/<pk>/status",
        "/orders/{paid}/status",
        {"action": "cancel", "reason": "修"},
        "401 200 404 200 404 404",
    ),
    ("POST orders/<pk>/payment", "/orders/{unpaid}/payment", None, "401 200 404 403 404 404"),
    ("PUT orders/<pk>/comment", "/orders/{stayed}/comment", {"comment": "好"}, "401 200 404 403 404 404"),
    ("POST orders/payment", "/orders/payment", {"sign": "x"}, "403 403 403 403 403 403"),
    ("PUT orders/payment", "/orders/payment", {"sign": "x"}, "403 403 403 403 403 403"),
    ("GET session", "/session", None, USERS),
    ("DELETE session", "/session", None, USERS),
    ("POST sessions", "/sessions", LOG_IN, ALL),
    ("POST sessions", "/sessions", LOG_IN | {"password": "no"}, " ".join(["401-4102"] * 6)),
    ("GET user", "/user", None, USERS),
    ("PUT user/name", "/user/name", {"name": "别名"}, USERS),
    ("POST user/avatar", "/user/avatar", {"avatar": "picture"}, USERS),
    ("GET user/auth", "/user/auth", None, USERS),
    ("POST user/auth", "/user/auth", REAL, "401 409-4003 200 409-4003 409-4003 200"),
    ("GET user/houses", "/user/houses", None, USERS),
    ("GET user/orders", "/user/orders", None, USERS),
    ("GET user/orders", "/user/orders?role=landlord", None, USERS),
    ("POST users", "/users", REGISTER, " ".join(["400-4106"] * 6)),
]
ROUTES = {f"{route.split()[0]} {API}/{route.split()[1]}" for route, *_ in MATRIX}
DOCUMENTS = {"GET /api/schema", "GET /api/docs"}


@pytest.fixture
def world():
    return make_world()


def said(answer) -> str:
    """The status, and the errcode where it is not the one that usually goes with it."""
    if not answer["Content-Type"].startswith("application/json"):
        return str(answer.status_code)
    errcode = answer.json()["errcode"]
    usual = errcode == ERRCODES.get(answer.status_code)
    return str(answer.status_code) if usual else f"{answer.status_code}-{errcode}"


def test_every_route_is_in_the_matrix():
    assert routes() == ROUTES | DOCUMENTS


def kept_from(world, reader: str) -> set[str]:
    """What an answer to somebody must not hold, whatever it says."""
    others = [name for name in world.people if name != reader]
    secret = {DIRECTIONS, *(national_mobile(world.people[name].mobile) for name in others), *world.keys.values()}
    return secret if reader in {"guest", "host"} else secret | {REASON}


def outcomes(world, route: str, path: str, body: dict | None, way: str) -> tuple[str, list[str]]:
    """What each reader gets, and what leaked. Nothing remains of what they did."""
    got, leaks = [], []
    for reader in READERS:
        if way == "key" and reader == "anonymous":
            continue
        with transaction.atomic():
            answer = world.call(world.client(reader, way), route.split(maxsplit=1)[0], API + path, body)
            got.append(said(answer))
            assert is_described(route, answer)
            text = json.dumps(answer.json(), ensure_ascii=False) if "json" in answer["Content-Type"] else ""
            leaks += [f"{reader}: {canary}" for canary in kept_from(world, reader) if canary in text]
            transaction.set_rollback(True)
    return " ".join(got), leaks


@pytest.mark.parametrize("way", ["session", "key"])
@pytest.mark.parametrize(("route", "path", "body", "expected"), MATRIX, ids=lambda value: str(value)[:40])
def test_everybody_gets_what_the_matrix_says_and_nothing_of_others(world, route, path, body, expected, way):
    got, leaks = outcomes(world, route, path, body, way)
    assert got == (expected if way == "session" else expected.split(maxsplit=1)[1])
    assert leaks == []


@pytest.mark.parametrize(("route", "path", "body", "expected"), MATRIX, ids=lambda value: str(value)[:40])
def test_a_key_that_is_none_opens_nothing(world, route, path, body, expected):
    world.keys["guest"] = "0" * 64
    answer = world.call(world.client("guest", "key"), route.split()[0], API + path, body)
    assert said(answer) == ("403" if "orders/payment" in path else "401")


@pytest.mark.parametrize(
    ("route", "path", "body"),
    [row[:3] for row in MATRIX if not row[0].startswith("GET") and "orders/payment" not in row[0]],
    ids=lambda value: str(value)[:40],
)
def test_nothing_changes_for_a_session_without_the_csrf_token(world, route, path, body):
    for reader in READERS:
        client = world.client(reader, "session")
        del client.cookies["csrf_token"]
        assert said(world.call(client, route.split()[0], API + path, body)) == "403", reader


def is_described(route: str, answer) -> bool:
    """Whether the schema knows the status of an answer, and with it the errcode."""
    method, path = route.split()
    for name, wire in (("<pk>", "{id}"), ("<image_id>", "{image_id}"), ("<mobile>", "{mobile}")):
        path = path.replace(name, wire)
    known = responses(DESCRIBED["paths"][f"{API}/{path}"][method.lower()]).get(str(answer.status_code))
    if known is None or "application/json" not in known["content"]:
        return known is not None
    errcode = known["content"]["application/json"]["schema"]["properties"]["errcode"]
    return answer.json()["errcode"] in errcode.get("enum", [errcode.get("const")])


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_anybody_reads_the_documents(client, path):
    assert client.get(path).status_code == 200
