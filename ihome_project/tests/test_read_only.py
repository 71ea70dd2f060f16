"""Who writes over the API writes what the operation takes: every other name there is changes nothing."""

import pytest
import time_machine
import yaml
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Identity, User
from accounts.tests.test_api_accounts import picture
from ihome_project.tests.test_matrix import A_HOUSE, A_MOBILE, A_STAY, API, LOG_IN, REAL, REGISTER
from ihome_project.tests.world import World, make_world

pytestmark = pytest.mark.django_db
DESCRIBED = yaml.safe_load((settings.BASE_DIR / "docs/openapi.yaml").read_text())
APPS = ("accounts", "listings", "bookings")
# What differs whenever a thing is written: drawn by chance, made of it, or naming an id.
BY_CHANCE = {"avatar", "change_key", "digest", "expire_date", "key", "number", "path", "request_key"}
BY_CHANCE |= {"sealed_number", "session_data", "session_key"}
PEOPLE = {"author", "guest", "host", "user"}
# Operation, who does it, address, body.
WRITES = [
    ("POST /users", "anonymous", "/users", {}),
    ("POST /sessions", "anonymous", "/sessions", LOG_IN),
    ("PUT /user/name", "guest", "/user/name", {"name": "别名"}),
    ("POST /user/avatar", "guest", "/user/avatar", {"avatar": "picture"}),
    ("POST /user/auth", "other_guest", "/user/auth", REAL),
    ("POST /houses/info", "host", "/houses/info", A_HOUSE),
    ("PUT /houses/{id}", "host", "/houses/{house}", A_HOUSE),
    ("PATCH /houses/{id}", "host", "/houses/{house}", {"price": "1"}),
    ("PUT /houses/{id}/status", "host", "/houses/{house}/status", {"action": "offline"}),
    ("PUT /houses/{id}/images", "host", "/houses/{house}/images", {"order": ["#second_image", "#image"]}),
    ("POST /houses/images", "host", "/houses/images", {"house_image": "picture", "house_id": "#house"}),
    ("POST /orders", "guest", "/orders", A_STAY),
    ("PUT /orders/{id}/status", "host", "/orders/{asked}/status", {"action": "accept"}),
    ("POST /orders/{id}/payment", "guest", "/orders/{unpaid}/payment", {}),
    ("PUT /orders/{id}/comment", "guest", "/orders/{stayed}/comment", {"comment": "好"}),
    ("POST /orders/payment", "anonymous", "/orders/payment", {"sign": "x"}),
    ("PUT /orders/payment", "anonymous", "/orders/payment", {"sign": "x"}),
]


def schema_of(operation: str) -> dict:
    """What the schema says that an operation takes."""
    method, path = operation.split()
    media = DESCRIBED["paths"][API + path][method.lower()].get("requestBody", {"content": {}})["content"]
    schema = next(iter(media.values()), {}).get("schema", {})
    return DESCRIBED["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)


def wished(field: models.Field, world: World) -> object:
    """What somebody would like a field to be."""
    if field.choices:
        return field.choices[-1][0]
    if field.is_relation:
        return world.people["staff"].pk
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField | models.DateField):
        return "2031-01-01"
    return 1 if isinstance(field, models.IntegerField) else "wished"


def every_other_name(operation: str, world: World) -> dict:
    """Every field of every model and of every answer, but what the operation takes."""
    names = {
        name: "wished"
        for schema in DESCRIBED["components"]["schemas"].values()
        for name in schema.get("properties", {})
    }
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            names |= {field.attname: wished(field, world) for field in model._meta.concrete_fields}
            names |= {field.name: wished(field, world) for field in model._meta.concrete_fields}
    taken = set(schema_of(operation).get("properties", {}))
    return {name: value for name, value in names.items() if name not in taken}


def stored() -> dict[str, object]:
    """All that the database holds, but what differs every time; and how often it holds the wish."""
    held = {}
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            fields = [field for field in model._meta.concrete_fields if is_steady(field)]
            rows = QuerySet(model).values_list(*(field.attname for field in fields))
            held[model.__name__] = sorted(map(repr, rows))
            held["wishes"] = held.get("wishes", 0) + repr(list(QuerySet(model).values())).count("wished")
    return held


def is_steady(field: models.Field) -> bool:
    """Whether a field is the same when a thing is made again; ids are not where a database has counted on."""
    return not (field.primary_key or field.name in BY_CHANCE or (field.is_relation and field.name not in PEOPLE))


def after(world: World, reader: str, operation: str, path: str, body: dict) -> tuple[int, dict]:
    """The status of a call and all that is stored after it, before it is taken back."""
    with transaction.atomic():
        answer = world.call(world.client(reader, "session"), operation.split(maxsplit=1)[0], API + path, body)
        held = stored()
        transaction.set_rollback(True)
    return answer.status_code, held


@pytest.mark.parametrize(("operation", "reader", "path", "body"), WRITES, ids=[operation for operation, *_ in WRITES])
def test_what_an_operation_does_not_take_changes_nothing(operation, reader, path, body):
    with time_machine.travel(timezone.now(), tick=False):
        world = make_world()
        status, plainly = after(world, reader, operation, path, body)
        more = every_other_name(operation, world)
        assert len(more) > 150
        assert after(world, reader, operation, path, more | body) == (status, plainly)


def test_who_registers_becomes_nothing_more_than_a_user(client, sms):
    client.get(f"{API}/sms_codes/{A_MOBILE}", picture(client))
    body = every_other_name("POST /users", make_world()) | REGISTER | {"sms_code": sms()[-1]["code"]}
    answer = client.post(f"{API}/users", body, "application/json")
    user = User.objects.get(pk=answer.json()["data"]["user_id"])
    assert (user.is_staff, user.is_superuser, user.is_active, user.closed_at) == (False, False, True, None)
    assert "wished" not in (user.name, user.avatar, user.about)
    assert not Identity.objects.filter(user=user).exists()


def test_every_operation_with_a_body_is_tried():
    tried = {operation for operation, *_ in WRITES}
    assert tried == {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, methods in DESCRIBED["paths"].items()
        for method in methods
        if method in {"post", "put", "patch"}
    }
