"""Accounts over the API."""

import pytest

from accounts.factories import PASSWORD
from accounts.models import User

pytestmark = pytest.mark.django_db


def log_in(client, **body):
    return client.post("/api/v1.0/sessions", body, content_type="application/json")


@pytest.mark.parametrize("mobile", ["13800138002", "+86 138 0013 8002", "138-0013-8002"])
def test_log_in_with_mobile_and_password(client, guest, mobile):
    assert log_in(client, mobile=mobile, password=PASSWORD).json()["data"] == {"user_id": guest.pk, "name": "王小明"}
    assert client.get("/api/v1.0/session").json()["data"]["name"] == "王小明"


@pytest.mark.parametrize("mobile", ["13800138002", "13800138009"])
def test_a_wrong_password_and_an_unknown_number_get_the_same_answer(client, guest, mobile):
    answer = log_in(client, mobile=mobile, password="no")
    assert (answer.status_code, answer.json()["errcode"]) == (401, "4102")
    assert answer.json()["errmsg"] == "Wrong mobile number or password."


def test_a_closed_account_is_4104(client, guest):
    User.objects.update(is_active=False)
    answer = log_in(client, mobile="13800138002", password=PASSWORD)
    assert (answer.status_code, answer.json()["errcode"]) == (403, "4104")


@pytest.mark.parametrize("body", [{}, {"mobile": "13800138002"}, {"mobile": "01088888888", "password": "x"}])
def test_what_is_no_log_in_is_4103(client, body):
    assert log_in(client, **body).json()["errcode"] == "4103"


def test_log_out_ends_the_session_on_the_server(client, guest):
    client.force_login(guest)
    stolen = client.cookies["sessionid"].value
    assert client.delete("/api/v1.0/session").json()["errcode"] == "0"
    client.cookies["sessionid"] = stolen
    assert client.get("/api/v1.0/session").status_code == 401


def test_one_reads_ones_own_account(client, guest, django_assert_max_num_queries):
    client.force_login(guest)
    with django_assert_max_num_queries(2):
        data = client.get("/api/v1.0/user").json()["data"]
    assert set(data) == {"user_id", "name", "mobile", "avatar", "create_time"}
    assert (data["mobile"], data["avatar"]) == ("13800138002", "")
    assert data["create_time"].endswith("+08:00")


def test_private_answers_are_not_stored(client, guest):
    client.force_login(guest)
    assert "no-store" in client.get("/api/v1.0/user")["Cache-Control"]
