"""Whatever changes something is refused without the CSRF token, and from a page of another site even with it."""

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import Resolver404, resolve

from accounts.factories import enter_as_staff
from ihome_project.tests.world import CSRF, SOME_UUID, World, addresses, make_world, methods

pytestmark = pytest.mark.django_db
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# The provider's signature is the proof: no cookie counts there, and no token.
SIGNED = ("/api/v1.0/orders/payment", "/sandbox/gateway.do")
READ_ONLY = ("/api/schema", "/api/docs")  # the framework's own views, which take no unsafe method at all
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://testserver"},  # of this site, but not over https
    {"Referer": "https://evil.example/testserver"},
    {},  # over https somebody has to say where a form was
]


@pytest.fixture
def world() -> World:
    return make_world()


def unsafe_routes(world: World) -> list[tuple[str, str]]:
    """Every unsafe method of every address: those that an API view has, and two of a page (the check comes first)."""
    found = []
    for path in addresses(world.things):
        view = resolve(path).func
        if path not in (*SIGNED, *READ_ONLY):
            known = methods(view) if path.startswith("/api/") else ("POST", "DELETE")
            found += [(method, path) for method in known if method in UNSAFE]
    return found


def visitor(world: World, reader: str, **headers: str) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False, headers=headers)
    if reader == "staff":
        enter_as_staff(client, world.people["staff"])
    elif reader in world.people:
        client.force_login(world.people[reader])
    client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
    return client


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


def check_all_refused(world: World, client: Client, *, secure: bool) -> None:
    before = rows()
    for method, path in unsafe_routes(world):
        answer = client.generic(method, path, "{}", "application/json", secure=secure)
        if answer.status_code == 415:  # it takes a picture, and would look for the token in a form
            answer = client.generic(method, path, encode_multipart(BOUNDARY, {}), MULTIPART_CONTENT, secure=secure)
        assert answer.status_code == 403, (method, path)
    assert rows() == before | {"accounts.Message": rows()["accounts.Message"]}  # the addresses name one of them


@pytest.mark.parametrize("reader", ["anonymous", "guest", "host", "staff"])
def test_nothing_is_changed_without_the_token(world, reader):
    assert len(unsafe_routes(world)) > 300
    check_all_refused(world, visitor(world, reader), secure=False)


@pytest.mark.parametrize("reader", ["anonymous", "staff"])
@pytest.mark.parametrize("came_from", FOREIGN, ids=str)
def test_nothing_is_changed_from_elsewhere_even_with_the_token(world, reader, came_from):
    check_all_refused(world, visitor(world, reader, **{"X-CSRFToken": CSRF, **came_from}), secure=True)


def test_with_the_token_and_from_here_it_is_changed(world):
    client = visitor(world, "guest", **{"X-CSRFToken": CSRF, "Origin": "https://testserver"})
    told = client.put("/api/v1.0/user/name", {"name": "王大明"}, "application/json", secure=True)
    assert told.json()["errcode"] == "0"
    assert client.post("/account/profile", {"name": "王小明"}, secure=True).status_code == 303


def test_a_token_in_the_address_is_none(world):
    client = visitor(world, "guest")
    assert client.post(f"/logout?csrfmiddlewaretoken={CSRF}").status_code == 403


def test_a_key_needs_no_token_and_a_wrong_one_is_no_way_around_it(world):
    client = world.client("guest", "key")
    assert client.put("/api/v1.0/user/name", {"name": "王大明"}, "application/json").status_code == 200
    for sent in ("Token x1", f"Bearer {world.keys['guest']}", "Token", "Basic Og=="):
        browser = visitor(world, "guest", Authorization=sent)
        answer = browser.put("/api/v1.0/user/name", {"name": "赵路人"}, "application/json")
        assert answer.status_code in (401, 403), sent
    world.people["guest"].refresh_from_db()
    assert world.people["guest"].name == "王大明"


@pytest.mark.parametrize("path", SIGNED)
def test_what_needs_no_token_needs_a_signature(world, path):
    try:
        resolve(path)
    except Resolver404:
        pytest.skip("a site of https has no sandbox")
    before = rows()
    paid = {"out_trade_no": str(SOME_UUID), "trade_status": "TRADE_SUCCESS", "sign": "x", "sign_type": "RSA2"}
    for body in ({}, paid):
        answer = Client(enforce_csrf_checks=True).post(path, body)
        assert b"success" not in answer.content.lower()
        assert b'"10000"' not in answer.content
    assert rows() == before
