"""How tests of homes call the API, and what they read in the answers."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from listings.factories import AreaFactory

API = "/api/v1.0"


def a_home() -> dict:
    """A home as a client of the first contract sends it: numbers as strings."""
    return {
        "title": "柿子树下的胡同小院", "price": "200.99", "area_id": str(AreaFactory().pk), "address": "五道营胡同",
        "room_count": "2", "acreage": "68", "unit": "2室1厅1卫", "capacity": "4", "beds": "1.8米大床1张",
        "deposit": "500", "min_days": "1", "max_days": "0",
    }  # fmt: skip


def send(client: Client, method: str, path: str, body: dict | None = None, **more: Any) -> HttpResponse:
    """Call the API with JSON."""
    return getattr(client, method)(f"{API}{path}", body, content_type="application/json", **more)


def data(answer: HttpResponse) -> Any:
    """The data of a success."""
    assert answer.json()["errcode"] == "0", answer.json()
    return answer.json()["data"]


def refusal(answer: HttpResponse) -> tuple[int, str]:
    """Status and errcode."""
    return answer.status_code, answer.json()["errcode"]


def fields(answer: HttpResponse) -> list[str]:
    """The fields that a 4103 is about."""
    assert refusal(answer) == (400, "4103"), answer.json()
    return list(answer.json()["data"]["fields"])
