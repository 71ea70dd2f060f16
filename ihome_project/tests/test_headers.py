"""What browsers are told with every answer, be it of a page, of the API, of the admin, or an error of any kind."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings as site
from django.db import OperationalError
from django.test import Client

from accounts.factories import enter_as_staff
from ihome_project.tests.world import READERS, addresses, make_world

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Alike for everybody: these never ask who reads.
FOR_ALL = ("/media/", "/healthz", "/robots.txt", "/sitemap", "/api/", "/sandbox/", "/language", "/admin/nowhere")
BROWSER = {"raise_request_exception": False}


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def paths(world):
    return list(addresses(world.things))


def browser(world, reader: str) -> Client:
    client = Client(**BROWSER)
    if reader == "staff":
        return enter_as_staff(client, world.people["staff"])
    if reader in world.people:
        client.force_login(world.people[reader])
    return client


def policy_of(answer) -> dict[str, str]:
    parts = (part.partition(" ") for part in answer["Content-Security-Policy"].split("; "))
    return {name: sources for name, _, sources in parts}


def whole(answer):
    """An answer that has been read to its end, which closes what it streams."""
    if answer.streaming:
        list(answer)
    return answer


def check_headers(answer) -> None:
    """Nothing is missing, and no script runs but those that the page names with its nonce."""
    path = answer.wsgi_request.path
    said = {name: answer.get(name) for name in HEADERS}
    assert said == HEADERS, path
    assert "camera=()" in answer["Permissions-Policy"], path
    assert re.fullmatch(r"[0-9a-zA-Z-]{8,64}", answer["X-Request-ID"]), path
    policy = policy_of(answer)
    assert {name: policy.get(name) for name in POLICY} == POLICY, path
    assert "unsafe" not in answer["Content-Security-Policy"], path
    own = r"('nonce-[\w+/=]+' )?'self'" if path.startswith("/admin/") else r"('nonce-[\w+/=]+')?"
    assert re.fullmatch(own, policy["script-src"]), path


@pytest.mark.parametrize("reader", ["anonymous", "host", "staff"])
def test_every_answer_of_every_route_has_all_headers(world, paths, reader):
    client = browser(world, reader)
    assert len(paths) > 180
    for path in paths:
        for answer in (whole(client.get(path)), client.options(path)):
            check_headers(answer)
        if reader in world.people:
            client.force_login(world.people[reader])  # an address may have logged out


@pytest.mark.parametrize("reader", READERS[1:])
def test_nobody_keeps_what_was_made_for_somebody(world, paths, reader):
    client = browser(world, reader)
    for path in paths:
        if not path.startswith(FOR_ALL):
            assert "no-store" in whole(client.get(path))["Cache-Control"], path


def test_the_api_lets_nobody_keep_what_depends_on_who_reads(world, paths):
    for path in paths:
        answers = [browser(world, reader).get(path) for reader in READERS] if path.startswith("/api/v1.0") else []
        kept = [each for each in answers if "Cache-Control" not in each or "public" in each["Cache-Control"]]
        assert len({each.content for each in kept if each.status_code == HTTPStatus.OK}) <= 1, path
        assert len({each.status_code for each in kept} - {401, 403, 404, 405}) <= 1, path


def test_a_page_for_nobody_is_kept_by_the_visitors_browser_only(client):
    assert client.get("/")["Cache-Control"] == "private"  # a nonce in it holds once


def test_each_answer_has_a_nonce_of_its_own(client):
    nonces = [re.search(r"script-src 'nonce-([^']+)'", client.get("/")["Content-Security-Policy"])[1] for _ in "ab"]
    assert len(set(nonces)) == 2
    page = client.get("/")
    nonce = policy_of(page)["script-src"].split("'nonce-")[1].rstrip("'")
    scripts = re.findall(r"<script(?! type=\"application/ld)[^>]*>", page.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)


def test_every_script_of_a_template_has_the_nonce_and_none_is_written_into_a_page():
    for path in (site.BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text()
        for script in re.findall(r"<script[^>]*>[^<]*", text) if "admin" not in path.parts else ():
            assert 'nonce="{{ request.csp_nonce }}"' in script, path
            assert script.endswith(">"), path
        assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", text), path


def break_sessions(monkeypatch):
    def away(*args):
        raise OperationalError

    monkeypatch.setattr("accounts.sessions.SessionStore.__init__", away)


def too_large(client):
    return client.post("/login", {"name": "x" * (site.DATA_UPLOAD_MAX_MEMORY_SIZE + 9)})


WRONG = {
    "a host that is not ours": (400, lambda client: client.get("/", headers={"Host": "evil.example"})),
    "no token": (403, lambda client: client.post("/language")),
    "not for this person": (403, lambda client: client.get("/admin/login/")),
    "nothing there": (404, lambda client: client.get("/nowhere")),
    "nothing in the API": (404, lambda client: client.get("/api/v1.0/nowhere")),
    "no such home": (404, lambda client: client.get("/houses/999999999")),
    "not by this method": (405, lambda client: client.post("/healthz")),
    "too large": (413, too_large),
    "too large for the API": (
        413,
        lambda client: client.post("/api/v1.0/sessions", "x" * 3_000_000, "application/json"),
    ),
}
PAGES = ("a host that is not ours", "no token", "not for this person", "nothing there", "no such home", "too large")


def ask_wrongly(stranger, what: str):
    client = Client(enforce_csrf_checks=what == "no token", **BROWSER)
    client.force_login(stranger)
    return WRONG[what][1](client)


@pytest.mark.parametrize("what", WRONG)
def test_every_error_has_all_headers(stranger, what):
    answer = ask_wrongly(stranger, what)
    assert answer.status_code == WRONG[what][0]
    check_headers(answer)


@pytest.mark.parametrize("what", PAGES)
def test_an_error_page_shows_the_id_of_its_request(stranger, what):
    answer = ask_wrongly(stranger, what)
    assert f" {answer['X-Request-ID']}</p>" in answer.text


@pytest.mark.parametrize("path", ["/", "/api/v1.0/houses/index"])
@pytest.mark.parametrize("where", ["ihome_project.middleware.LanguageMiddleware.__call__", "sessions", "view"])
def test_what_breaks_is_told_with_all_headers_and_the_id_of_its_request(monkeypatch, where, path):
    def broken(*args, **kwargs):
        raise ValueError("broken")

    if where == "sessions":
        break_sessions(monkeypatch)
    else:
        view = "ihome_project.middleware.DomainErrorMiddleware.__call__"
        monkeypatch.setattr(view if where == "view" else where, broken)
    answer = Client(**BROWSER).get(path)
    assert answer.status_code == 500
    check_headers(answer)
    assert answer["X-Request-ID"] in answer.text


def test_no_answer_of_a_whole_page_is_kept_by_the_site():
    names = re.compile(r"cache_page|UpdateCacheMiddleware|FetchFromCacheMiddleware")
    here = [path for path in site.BASE_DIR.glob("*/**/*.py") if ".venv" not in path.parts]
    assert [path for path in here if "tests" not in path.parts and names.search(path.read_text())] == []
    assert not [name for name in site.MIDDLEWARE if names.search(name)]
