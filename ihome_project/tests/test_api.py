"""What every answer of the API has in common."""

import pytest
from django.db import OperationalError

from accounts.factories import PASSWORD
from accounts.models import ApiKey, User
from ihome_project.api import field_errors, positive_number

pytestmark = pytest.mark.django_db
LOG_IN = {"mobile": "13800138002", "password": PASSWORD}


@pytest.mark.parametrize(
    ("method", "path", "status", "errcode"),
    [
        ("get", "/api/v1.0/nothing", 404, "4002"),
        ("get", "/api/nothing", 404, "4002"),
        ("get", "/api/v1.0/houses/9", 404, "4002"),
        ("get", "/api/v1.0/houses/99999999999999999999", 404, "4002"),
        ("get", "/api/v1.0/user", 401, "4101"),
        ("get", "/api/v1.0/session", 401, "4101"),
        ("get", "/api/v1.0/orders/1", 401, "4101"),
        ("get", "/api/v1.0/sessions", 405, "4201"),
        ("post", "/api/v1.0/houses", 403, "4105"),
        ("post", "/api/v1.0/sessions", 403, "4105"),
        ("post", "/api/v1.0/orders", 403, "4105"),
        ("delete", "/api/v1.0/session", 403, "4105"),
        ("get", "/api/v1.0/houses?p=0", 400, "4103"),
        ("get", "/api/v1.0/houses?p=x", 400, "4103"),
        ("get", "/api/v1.0/houses?aid=99", 400, "4103"),
    ],
)
def test_a_refusal_has_the_envelope_and_a_true_status(api, method, path, status, errcode):
    answer = getattr(api, method)(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (status, "application/json")
    assert answer.json()["errcode"] == errcode
    assert set(answer.json()) == {"errcode", "errmsg", "data"}
    assert answer.json()["errmsg"].isascii()


def test_older_clients_get_200_and_read_the_errcode(api):
    for path in ("/api/v1.0/user", "/api/v1.0/houses/9", "/api/v1.0/nothing"):
        answer = api.get(path, headers={"X-Requested-With": "XMLHttpRequest"})
        assert answer.status_code == 200
        assert answer.json()["errcode"] != "0"


def test_a_success_is_wrapped(api):
    assert api.get("/api/v1.0/area_info").json() == {"errcode": "0", "errmsg": "OK", "data": {"areas": []}}


def test_programs_are_answered_in_english_whatever_the_visitor_speaks(api):
    api.cookies["django_language"] = "zh-hans"
    answer = api.get("/api/v1.0/houses?sd=2026-02-30")
    assert answer.json()["data"]["fields"]["sd"] == ["There is no such day. Choose your dates once more."]


def test_an_error_nobody_foresaw_is_enveloped_with_its_request_id(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("listings.api.AreaViewSet.queryset", None)
    answer = client.get("/api/v1.0/area_info")
    assert (answer.status_code, answer.json()["errcode"]) == (500, "4500")
    assert answer.json()["data"] == {"request_id": answer["X-Request-ID"]}


def test_a_database_that_is_away_is_said(client, monkeypatch, caplog):
    def away(*args):
        raise OperationalError(2002, "Can't connect")

    monkeypatch.setattr("listings.api.AreaViewSet.get_queryset", away)
    answer = client.get("/api/v1.0/area_info")
    assert (answer.status_code, answer.json()["errcode"]) == (503, "4001")
    assert "database.unavailable" in caplog.text
    assert "2002" not in answer.content.decode()


def test_log_in_needs_the_csrf_token_though_nobody_is_logged_in(api, guest):
    api.get("/api/v1.0/session")
    assert api.post("/api/v1.0/sessions", LOG_IN, format="json").json()["errcode"] == "4105"
    token = api.cookies["csrf_token"].value
    answer = api.post("/api/v1.0/sessions", LOG_IN, format="json", headers={"X-CSRFToken": token})
    assert answer.json() == {"errcode": "0", "errmsg": "OK", "data": {"user_id": guest.pk, "name": "王小明"}}


def test_a_key_needs_no_csrf_token(api, guest):
    _, key = ApiKey.objects.create(user=guest, name="script")
    answer = api.get("/api/v1.0/user", headers={"Authorization": f"Token {key}"})
    assert answer.json()["data"]["mobile"] == "13800138002"
    assert api.delete("/api/v1.0/session", headers={"Authorization": f"Token {key}"}).status_code == 200


@pytest.mark.parametrize("header", ["Token", "Token x", "Token x y", "Token \xff\xfe"])
def test_a_key_that_is_none_is_401(api, header):
    assert api.get("/api/v1.0/area_info", HTTP_AUTHORIZATION=header).json()["errcode"] == "4101"


def test_the_key_of_a_closed_account_is_4104(api, guest):
    _, key = ApiKey.objects.create(user=guest, name="script")
    User.objects.update(is_active=False)
    answer = api.get("/api/v1.0/user", headers={"Authorization": f"Token {key}"})
    assert (answer.status_code, answer.json()["errcode"]) == (403, "4104")


def test_another_scheme_does_not_get_around_the_csrf_token(api, guest):
    api.force_login(guest)
    assert api.delete("/api/v1.0/session", headers={"Authorization": "Basic eDp5"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "application/json"),
        ("a,b", "text/csv"),
        ("[]", "application/json"),
        ("[" * 200_000, "application/json"),
        (r'{"house_id": "\ud800"}', "application/json"),
        (b"\xff\xfe", "application/json"),
    ],
)
def test_what_cannot_be_read_is_4103(client, guest, body, kind):
    client.force_login(guest)
    answer = client.post("/api/v1.0/orders", body, content_type=kind)
    assert (answer.status_code in {400, 415}, answer.json()["errcode"]) == (True, "4103")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "１", "1" * 30, "51"])
def test_a_page_is_a_positive_whole_number(text):
    with pytest.raises(Exception, match="whole number"):
        positive_number(text, name="p", default=1, most=50)


def test_too_large_a_body_is_413(client, guest):
    client.force_login(guest)
    answer = client.post("/api/v1.0/orders", " " * 3_000_000, content_type="application/json")
    assert (answer.status_code, answer.json()["errcode"]) == (413, "4103")


def test_an_answer_that_has_not_changed_is_304(client):
    first = client.get("/api/v1.0/area_info")
    again = client.get("/api/v1.0/area_info", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    old = {"If-None-Match": first["ETag"], "X-Requested-With": "XMLHttpRequest"}
    assert client.get("/api/v1.0/area_info", headers=old).status_code == 200


def test_an_older_clients_error_is_still_logged_as_one(client, monkeypatch, caplog):
    client.raise_request_exception = False
    monkeypatch.setattr("listings.api.AreaViewSet.queryset", None)
    answer = client.get("/api/v1.0/area_info", headers={"X-Requested-With": "XMLHttpRequest"})
    assert (answer.status_code, answer.json()["errcode"]) == (200, "4500")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_errors_without_a_field_have_a_name():
    assert field_errors(["wrong"]) == {"non_field_errors": ["wrong"]}


def test_what_is_wrong_with_items_of_a_list_is_said_of_the_list_once():
    said = {"facility": {0: ["A valid integer is required."], 8: ["A valid integer is required.", "Too many."]}}
    assert field_errors(said) == {"facility": ["A valid integer is required.", "Too many."]}


def test_docs_and_schema_come_from_the_site_itself(client):
    page = client.get("/api/docs").content.decode()
    assert "https://" not in page
    assert "openapi: 3.1" in client.get("/api/schema").content.decode()
