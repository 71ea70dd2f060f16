"""What browsers keep of the site, who may read it, and over which lines it travels."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as site

from accounts.factories import PASSWORD

pytestmark = pytest.mark.django_db
READ = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
names = (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "HAS_SANDBOX", "DEBUG", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
)
told = {name: getattr(settings, name) for name in names}
plain = Client().get("/robots.txt", headers={"Host": "ihome.example"})
told["plain"] = [plain.status_code, plain.get("Location")]
safe = Client().get("/robots.txt", headers={"Host": "ihome.example", "X-Forwarded-Proto": "https"})
told["safe"] = [safe.status_code, safe.get("Strict-Transport-Security")]
evil = {"Host": "evil.example", "X-Forwarded-Proto": "https"}
page = Client(raise_request_exception=False).get("/nowhere", headers=evil)
policy = page.get("Content-Security-Policy", "")
told["foreign"] = [page.status_code, page.get("X-Frame-Options"), "frame-ancestors 'none'" in policy]
plain_foreign = Client(raise_request_exception=False).get("/", headers={"Host": "evil.example"})
told["plain_foreign"] = [plain_foreign.status_code, plain_foreign.get("Location")]
print(json.dumps(told))
"""


def site_with(folder, **chosen: str) -> dict:
    """What a process with other settings has, and how it answers."""
    others = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    place = {"IHOME_VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "ihome_project.settings", "REDIS_URL": ""}
    told = others | place | {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"} | chosen
    ran = subprocess.run(  # noqa: S603 — ours
        [sys.executable, "-c", READ], cwd=site.BASE_DIR, env=told, capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)


def test_a_site_of_https_sends_nothing_over_an_open_line(tmp_path):
    behind = {"BEHIND_TLS_PROXY": "1", "ALLOWED_HOSTS": "ihome.example", "HSTS_WHOLE_DOMAIN": "1"}
    told = site_with(tmp_path, SITE_URL="https://ihome.example", **behind)
    assert told["SESSION_COOKIE_SECURE"] is told["CSRF_COOKIE_SECURE"] is told["SECURE_SSL_REDIRECT"] is True
    assert (told["HAS_SANDBOX"], told["DEBUG"]) == (False, False)
    assert told["plain"] == [301, "https://ihome.example/robots.txt"]
    assert told["safe"] == [200, "max-age=31536000; includeSubDomains; preload"]
    assert told["foreign"] == [400, "DENY", True]
    assert told["plain_foreign"] == [400, None]


def test_a_site_of_http_promises_no_https(tmp_path):
    told = site_with(tmp_path, SITE_URL="http://ihome.example", ALLOWED_HOSTS="ihome.example")
    assert told["SESSION_COOKIE_SECURE"] is told["SECURE_SSL_REDIRECT"] is False
    assert told["safe"] == [200, None]  # and whoever sends X-Forwarded-Proto is not believed
    assert told["foreign"][0] == 400


def test_scripts_read_the_csrf_token_and_no_other_cookie_that_opens_something(client, guest):
    said = {"by": "password", "mobile": "13800138002", "password": PASSWORD}
    client.get("/login")
    cookies = client.post("/login", said).cookies
    session, token = cookies["sessionid"], cookies["csrf_token"]
    assert (bool(session["httponly"]), session["samesite"], session["path"]) == (True, "Lax", "/")
    assert (bool(token["httponly"]), token["samesite"]) == (False, "Lax")
    assert [session["domain"], token["domain"]] == ["", ""]  # no other host of the domain gets them


def test_a_session_that_somebody_has_planted_is_not_the_one_that_logs_in(client, guest):
    client.cookies["sessionid"] = "planted0planted0planted0planted0"
    client.post("/login", {"by": "password", "mobile": "13800138002", "password": PASSWORD})
    assert client.session.session_key != "planted0planted0planted0planted0"
    before = client.session.session_key
    client.post("/logout")
    client.cookies["sessionid"] = before
    assert client.get("/account").status_code == 302  # what was logged out opens nothing
