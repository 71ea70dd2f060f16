"""Log lines tell what happened, and nothing about anybody."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bookings.clock import run_due
from ihome_project.logs import redact, redact_text

MOBILE, ID_NUMBER, KEY = "13800138000", "11010119900307123X", "4f" * 32


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What the site's own formatter makes of everything that is logged."""
    root, handler = logging.getLogger(), logging.StreamHandler(StringIO())
    formatters = [configured.formatter for configured in root.handlers]  # by Django, from settings.LOGGING
    handler.setFormatter(next(each for each in formatters if isinstance(each, structlog.stdlib.ProcessorFormatter)))
    root.addHandler(handler)
    yield handler.stream
    root.removeHandler(handler)


def tells(text: str) -> list[str]:
    """Return the secrets that a text tells."""
    return [secret for secret in (MOBILE, "0013", ID_NUMBER, "19900307", KEY, "493817") if secret in text]


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+8613800138000",
        "8613800138000",
        "008613800138000",
        "+86 138 0013 8000",
        "0086-138-0013-8000",
        "138\xa00013\xa08000",
        "%2B8613800138000",
        "%2b86%20138%200013%208000",
        "%2013800138000",
        "138+0013+8000",
        "１３８００１３８０００",
        "手机13800138000号",
        "tel:13800138000,",
        "Duplicate entry '+8613800138000' for key 'mobile'",
        "13800138000\n13800138000",
    ],
)
def test_a_mobile_number_is_masked_however_it_is_written(text):
    said = redact_text(text)
    assert not tells(said)
    assert "138****8000" in said or "１３８****８０００" in said


@pytest.mark.parametrize(
    "text", ["11010119900307123X", "11010119900307123x", "110101199003071233", "110101 19900307 1233"]
)
def test_an_id_number_is_hidden_whole(text):
    assert redact_text(f"身份证{text}号 ({text})") == f"身份证{'*' * 18}号 ({'*' * 18})"


@pytest.mark.parametrize(
    "text",
    [
        "a13800138000bcd",
        "5f3a13800138000e9b1c2d3e4f5a6b7c",
        "138001380001",
        "1753000000",
        "1753000000123",
        "2026-10-05T13:00:13.800138Z",
        "20261005130013",
        "192.168.100.200:13800",
        "12345678901",
        "1101011990030712331",
        "010-64001234",
        "Token has expired",
        "an unexpected token",
        "GET /houses?aid=3&sd=2026-10-05 200",
    ],
)
def test_other_numbers_and_words_stay_as_they_are(text):
    assert redact_text(text) == text


@given(st.uuids())
def test_the_id_of_a_request_stays_as_it_is(request_id):
    assert redact_text(request_id.hex) == request_id.hex
    assert redact_text(str(request_id)) == str(request_id)


@pytest.mark.parametrize("text", [f"Token {KEY}", f"authorization: token {KEY}", f"'Bearer {KEY}'", f"Token%20{KEY}"])
def test_a_key_is_hidden_wherever_it_stands(text):
    assert redact_text(text) == text.replace(KEY, "***")


@pytest.mark.parametrize("colon", [":", "%3A", "%3a"])
def test_what_sets_an_authenticator_up_is_hidden(colon):
    text = redact_text(f"GET /x?url=otpauth{colon}//totp/ihome%3Ax?secret=JBSWY3DPEHPK3PXP HTTP/1.1")
    assert text == f"GET /x?url=otpauth{colon}*** HTTP/1.1"


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password", "code", "sms_code", "token", "csrf_token", "SECRET_KEY", "Authorization"),
        *("id_card", "second_factor_code", "backup_codes", "otp", "otp_secret"),
    ],
)
def test_what_is_a_secret_by_its_name_is_hidden(name):
    assert redact(None, "", {name: "493817", "asked": {"by": [{name: b"493817"}]}}) == {
        name: "***",
        "asked": {"by": [{name: "***"}]},
    }


def test_a_status_is_no_secret():
    facts = {"status_code": 404, "errcode": "4103", "footprint": 3, "seconds": 0.25, "is_new": True, "user": None}
    assert redact(None, "", dict(facts)) == facts


def test_a_value_of_any_type_is_looked_into():
    loop: list = [MOBILE]
    loop.append(loop)
    values = {
        "set": {MOBILE},
        "number": int(MOBILE),
        "bytes": MOBILE.encode(),
        "error": ValueError(MOBILE),
        "loop": loop,
    }
    assert not tells(str(redact(None, "", values | {MOBILE: "name", "deep": {MOBILE: (MOBILE, [ID_NUMBER])}})))


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.dictionaries(st.text(), inner))
)
def test_nothing_that_is_logged_is_an_error(value):
    redact(None, "", {"event": "test", "value": value})


@pytest.mark.parametrize(
    "written",
    ["13800138000", "13800 138000", "138.0013.8000", "a13800138000b", "138–0013–8000", "(138)00138000", "١٣٨٠٠١٣٨٠٠٠"],
)
def test_the_address_that_sends_a_code_is_logged_without_its_number(written):
    line = redact_text(f"Bad Request: /api/v1.0/sms_codes/{written}?image_code_id=1")
    assert line == "Bad Request: /api/v1.0/sms_codes/***?image_code_id=1"


def test_no_line_tells_a_number_or_a_code(logged):
    logging.getLogger("django.request").warning("Bad Request: %s", f"/api/v1.0/sms_codes/{MOBILE}")
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/login?mobile=%2B86{MOBILE}")
    structlog.get_logger("test").warning(
        "sent", mobile=f"+86{MOBILE}", sms_code="493817", of=[ID_NUMBER, f"Token {KEY}"]
    )
    assert not tells(logged.getvalue())
    assert logged.getvalue().count("138****8000") == 2
    assert "***" in logged.getvalue()


@pytest.mark.parametrize("log", [logging.getLogger("test"), structlog.get_logger("test")], ids=["stdlib", "structlog"])
def test_no_traceback_tells_a_number(logged, log):
    def fail():
        raise ValueError(f"{MOBILE} and {ID_NUMBER}") from KeyError(f"Token {KEY}")

    try:
        fail()
    except ValueError:
        log.exception("failed", stack_info=True)
    assert not tells(logged.getvalue())
    assert "ValueError: 138****8000 and ******************" in logged.getvalue()


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_is_logged_without_its_number(client, logged):
    answer = client.get(f"/api/v1.0/nothing/+86%20138%200013%208000/{ID_NUMBER}")
    assert answer.status_code == 404
    assert "Not Found: /api/v1.0/nothing/138****8000/******************" in logged.getvalue()
    assert answer["X-Request-ID"] in logged.getvalue()
    assert not tells(logged.getvalue())


def test_pythons_own_lines_go_the_same_way():
    program = f"import django, warnings; django.setup(); warnings.warn('{MOBILE}')"
    set_up = {"DJANGO_SETTINGS_MODULE": "ihome_project.settings"}
    command = [sys.executable, "-W", "always", "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | set_up)  # noqa: S603 — ours
    assert "138****8000" in ran.stderr
    assert not tells(ran.stderr)


# --- of which request a line tells ------------------------------------------------------------------------------------
def lines(logged: StringIO) -> list[dict]:
    """Each line as a machine reads it."""
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def failing(*args, **kwargs):
    logging.getLogger("test").warning("from the standard library")
    structlog.get_logger("test").warning("from structlog")
    raise ValueError


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/admin/login/", 403), ("/healthz?x", 500), ("/api/v1.0/facilities", 500), ("/host", 405)],
)
def test_every_line_has_the_id_of_its_request(stranger, logged, monkeypatch, path, status):
    client = Client(raise_request_exception=False)
    client.force_login(stranger)
    if status == 500:
        monkeypatch.setattr("ihome_project.middleware.DomainErrorMiddleware.__call__", failing)
    answer = client.delete(path) if status == 405 else client.get(path)
    assert answer.status_code == status
    told = lines(logged)
    assert told
    assert {line["request_id"] for line in told} == {answer["X-Request-ID"]}
    assert len(told) == (3 if status == 500 else 1)
    assert all({"event", "level", "logger", "timestamp"} <= line.keys() for line in told)


def test_what_one_request_has_bound_is_not_in_the_lines_after_it(client, db, logged):
    client.get("/healthz")
    structlog.get_logger("test").warning("after it")
    assert "request_id" not in lines(logged)[-1]


@pytest.mark.django_db(transaction=True)
def test_every_line_of_a_run_of_the_worker_has_the_same_id_and_another_run_another(logged, monkeypatch):
    monkeypatch.setattr("bookings.clock.deliver_messages", failing)
    for _ in "ab":
        run_due()
    told = lines(logged)
    ids = [line["run_id"] for line in told]
    assert len(told) == 6
    assert (len(set(ids)), len(set(ids[:3]))) == (2, 1)
    assert not any("request_id" in line for line in told)


def site_logs(**chosen: str) -> str:
    """What another process says where no person watches."""
    program = "import django, logging; django.setup(); logging.getLogger('test').warning('爱家')"
    set_up = {"DJANGO_SETTINGS_MODULE": "ihome_project.settings", **chosen}
    told = {name: value for name, value in os.environ.items() if name not in ("LOG_JSON", "DEBUG")} | set_up
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=told).stderr  # noqa: S603 — ours


def test_a_site_logs_for_machines_unless_told_otherwise():
    assert json.loads(site_logs())["event"] == "爱家"
    assert json.loads(site_logs(DEBUG="1", LOG_JSON="1"))["event"] == "爱家"
    for told in (site_logs(DEBUG="1"), site_logs(LOG_JSON="0")):
        assert "爱家" in told
        assert not told.startswith("{")
