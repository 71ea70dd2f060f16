"""Is it alive, and what a visitor sees when something is wrong."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.test import Client

pytestmark = pytest.mark.django_db


def test_healthz_reads_a_real_table(client, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert client.get("/healthz").json() == {"status": "ok"}
    assert "accounts_user" in queries[0]["sql"]


def test_healthz_is_not_well_without_its_table(client, monkeypatch):
    def away(*args):
        raise OperationalError

    client.raise_request_exception = False
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", away)
    assert client.get("/healthz").status_code == 500


def test_the_site_speaks_chinese_until_asked(client):
    page = client.get("/nowhere", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="zh-CN">' in page
    assert "这里什么也没有" in page


def test_the_visitors_choice_of_language_is_kept(client):
    client.post("/language", {"language": "en", "next": "/"})
    assert "Nothing here" in client.get("/nowhere").content.decode()


def test_a_change_of_language_leads_nowhere_else(client):
    assert client.post("/language", {"language": "en", "next": "https://evil.example/"}).url == "/"


def test_a_missing_csrf_token_has_a_page_of_its_own(db):
    answer = Client(enforce_csrf_checks=True).post("/login", {"mobile": "13800138002"})
    assert answer.status_code == 403
    assert "请返回" in answer.content.decode()


def test_every_answer_has_a_request_id_and_a_strict_policy(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "abcdefgh-1"})
    assert answer["X-Request-ID"] == "abcdefgh-1"
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("given", ["short", "a\nb" * 9, "x" * 99])
def test_an_odd_request_id_is_replaced(client, given):
    assert client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] != given


def test_a_stored_photo_is_an_image_whatever_it_holds(client):
    default_storage.save("houses/abc-400.webp", ContentFile(b"<script>"))
    answer = client.get("/media/houses/abc-400.webp")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert b"".join(answer) == b"<script>"


@pytest.mark.parametrize("name", ["../db.sqlite3", "houses/../../secret_key", "houses/abc.html", "houses/none.webp"])
def test_nothing_else_is_served_from_the_store(client, name):
    assert client.get(f"/media/{name}").status_code == 404
