"""What must not reach strangers is refused before it does."""

import os
import re
import subprocess
import sys
from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings as site
from django.contrib.auth.hashers import make_password
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from accounts.factories import UserFactory
from bookings.demo import PASSWORD
from bookings.payments import rsa2
from ihome_project.settings import random_key

pytestmark = pytest.mark.django_db
KEY, OTHER_KEY = random_key(), random_key()
SAME_BYTES = b64encode(b"k" * 32).decode()
RSA_KEY = rsa2.new_key()
SITE = {
    "SECRET_KEY": random_key() * 2,
    "ALLOWED_HOSTS": ["ihome.example"],
    "SMS_PROVIDER": "aliyun",
    "ALIYUN_SMS_ENDPOINT": "https://dysmsapi.aliyuncs.com",
    "ALIYUN_ACCESS_KEY_ID": "id",
    "ALIYUN_ACCESS_KEY_SECRET": random_key(),
    "ALIYUN_SMS_SIGN_NAME": "爱家租房",
    "ALIYUN_SMS_TEMPLATE": "SMS_1530000",
    "PAYMENT_PROVIDER": "alipay",
    "ALIPAY_GATEWAY": "https://openapi.alipay.com/gateway.do",
    "ALIPAY_APP_ID": "2021000100000001",
    "ALIPAY_SELLER_ID": "2088000100000001",
    "ALIPAY_PRIVATE_KEY": RSA_KEY,
    "ALIPAY_PUBLIC_KEY": rsa2.public_of(RSA_KEY),
    "IDENTITY_VERIFIER": "manual",
    "IDENTITY_KEYS": {"2027-01": KEY, "2026-01": OTHER_KEY},
    "IDENTITY_DIGEST_KEY": random_key(),
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "TRUSTED_PROXIES": 1,
}


def refused(settings, *, deploy: bool, **chosen: object) -> list[tuple[str, str]]:
    """Return id and hint of what our checks refuse of a site that chooses differently."""
    for name, value in (SITE | chosen).items():
        setattr(settings, name, value)
    found = run_checks(include_deployment_checks=deploy)
    return [(error.id, error.hint) for error in found if error.id.startswith("ihome.")]


@pytest.mark.parametrize("verifier", ["manual", "accounts.identity.leave_to_staff"], ids=["ours", "from elsewhere"])
def test_a_site_set_up_with_care_passes(settings, verifier):
    assert refused(settings, deploy=True, IDENTITY_VERIFIER=verifier) == []


def test_a_provider_from_elsewhere_passes(settings):
    assert refused(settings, deploy=True, SMS_PROVIDER="accounts.sms.aliyun.AliyunProvider") == []


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("SMS_PROVIDER", "pigeon", "ihome.E001"),
        ("SMS_PROVIDER", "", "ihome.E001"),
        ("PAYMENT_PROVIDER", "shells", "ihome.E030"),
        ("PAYMENT_PROVIDER", "", "ihome.E030"),
        ("IDENTITY_VERIFIER", "trust", "ihome.E002"),
        ("IDENTITY_KEYS", {"y2027": KEY, "y2026": "short"}, "ihome.E003"),
        ("IDENTITY_KEYS", {"y2027": b64encode(bytes(31)).decode()}, "ihome.E003"),
        ("IDENTITY_KEYS", {"y2027": KEY[:-1]}, "ihome.E003"),
        ("IDENTITY_KEYS", {"y2027": f"{KEY}é"}, "ihome.E003"),
        ("IDENTITY_KEYS", {"": KEY}, "ihome.E003"),
        ("IDENTITY_KEYS", {"y2027": KEY, " y2026": KEY}, "ihome.E003"),
        ("IDENTITY_KEYS", {"longer-than-the-column": KEY}, "ihome.E003"),
        ("IDENTITY_DIGEST_KEY", "secret", "ihome.E004"),
        ("SMS_HOURLY_BUDGET", 0, "ihome.E010"),
        ("TRUSTED_PROXIES", -1, "ihome.E010"),
        ("COMMISSION_PERCENT", 101, "ihome.E010"),
        ("API_READS_PER_MINUTE", 0, "ihome.E010"),
        ("API_WRITES_PER_MINUTE", -1, "ihome.E010"),
        ("WEB_CONCURRENCY", 0, "ihome.E010"),
    ],
)
def test_what_cannot_work_is_refused_everywhere(settings, name, value, error):
    [(said, hint)] = refused(settings, deploy=False, **{name: value})
    assert said == error
    assert name in hint or "base64" in hint


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"SMS_PROVIDER": "console"}, "ihome.E005"),
        ({"IDENTITY_VERIFIER": "checksum"}, "ihome.E006"),
        ({"TRUSTED_PROXIES": 0}, "ihome.E007"),
        ({"ALIYUN_ACCESS_KEY_SECRET": ""}, "ihome.E008"),
        ({"ALIYUN_SMS_ENDPOINT": "http://dysmsapi.aliyuncs.com"}, "ihome.E009"),
        ({"PAYMENT_PROVIDER": "sandbox"}, "ihome.E031"),
        ({"ALIPAY_SELLER_ID": ""}, "ihome.E032"),
        ({"ALIPAY_PRIVATE_KEY": ""}, "ihome.E032"),
        ({"ALIPAY_PRIVATE_KEY": "no key"}, "ihome.E033"),
        ({"ALIPAY_PRIVATE_KEY": rsa2.public_of(RSA_KEY)}, "ihome.E033"),
        ({"ALIPAY_PUBLIC_KEY": RSA_KEY}, "ihome.E033"),
        ({"ALIPAY_GATEWAY": "http://openapi.alipay.com/gateway.do"}, "ihome.E034"),
        ({"ALLOWED_HOSTS": ["ihome.example", "*"]}, "ihome.E044"),
    ],
)
def test_what_is_for_trying_out_is_refused_of_a_deployed_site_only(settings, chosen, error):
    assert refused(settings, deploy=False, **chosen) == []
    [(said, hint)] = refused(settings, deploy=True, **chosen)
    assert said == error
    assert next(iter(chosen)) in hint


def test_all_that_aliyun_lacks_is_named(settings):
    [(_, hint)] = refused(settings, deploy=True, ALIYUN_SMS_SIGN_NAME="", ALIYUN_SMS_TEMPLATE="")
    assert "ALIYUN_SMS_SIGN_NAME, ALIYUN_SMS_TEMPLATE" in hint


@pytest.mark.parametrize("chosen", [{"SECURE_PROXY_SSL_HEADER": None, "TRUSTED_PROXIES": 0}, {"TRUSTED_PROXIES": 2}])
def test_a_site_may_stand_behind_any_number_of_proxies(settings, chosen):
    assert refused(settings, deploy=True, **chosen) == []


def test_no_key_is_told(settings, capsys):
    settings.IDENTITY_KEYS, settings.IDENTITY_DIGEST_KEY = {"y2026": "not-a-key"}, "no-key-either"
    with pytest.raises(SystemCheckError) as caught:
        call_command("check")
    assert not [key for key in ("not-a-key", "no-key-either") if key in str(caught.value)]


def test_no_key_of_alipays_is_told(settings):
    settings.PAYMENT_PROVIDER, settings.ALIPAY_PRIVATE_KEY = "alipay", "not-a-key"
    found = [str(error) for error in run_checks(include_deployment_checks=True)]
    assert any("ALIPAY_PRIVATE_KEY cannot be read" in error for error in found)
    assert not any("not-a-key" in error for error in found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "Whoever has them and the database can read them all: keep the two apart."),
        ("IDENTITY_KEYS", {"y2026": "fU0z…="}),
        ("ALIYUN_ACCESS_KEY_SECRET", "secret"),
    ],
)
def test_a_secret_that_everybody_can_read_is_refused_of_a_deployed_site(settings, name, value):
    assert "ihome.E040" in [said for said, _ in refused(settings, deploy=True, **{name: value})]
    assert "ihome.E040" not in [said for said, _ in refused(settings, deploy=False, **{name: value})]


def test_staff_who_have_the_demos_password_are_refused_and_nobody_else(settings):
    demo = {"password": make_password(PASSWORD)}
    UserFactory(**demo)
    UserFactory(is_staff=True)
    UserFactory(is_staff=True, is_active=False, **demo)
    assert refused(settings, deploy=True) == []
    member = UserFactory(is_staff=True, **demo)
    [(said, hint)] = refused(settings, deploy=True)
    assert (said, "/account/security" in hint) == ("ihome.E045", True)
    assert member.mobile not in str(run_checks(include_deployment_checks=True))


# --- the settings that docs/operating.md shows, and each of them spoilt -----------------------------------------------
def documented() -> dict[str, str]:
    """What docs/operating.md says stands in .env, with drawn values for what it leaves out."""
    block = re.search(
        r"In `/srv/ihome/.env`:\n\n```\n(.*?)```", (site.BASE_DIR / "docs/operating.md").read_text(), re.DOTALL
    )
    said = dict(line.split("=", 1) for line in block[1].splitlines())
    drawn = {name: random_key() for name, value in said.items() if "…" in value}
    keys = {"ALIPAY_PRIVATE_KEY": RSA_KEY, "ALIPAY_PUBLIC_KEY": rsa2.public_of(RSA_KEY)}
    mine = {"DATABASE_URL": "mysql://ihome:k4LNwq8ZpTfB@127.0.0.1:1/ihome"}
    if not find_spec("MySQLdb"):  # the lean set of `make test` has no driver
        mine = {"DATABASE_URL": "sqlite:////nowhere/db.sqlite3", "WEB_CONCURRENCY": "1"}
    return said | drawn | keys | mine


def check_of(folder: Path, **spoilt: str) -> tuple[int, set[str]]:
    """Run the check as docs/operating.md has it run; return its exit code and the ids of what it refuses."""
    others = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    told = others | documented() | {"IHOME_VAR_DIR": str(folder)} | spoilt
    ran = subprocess.run(command, cwd=site.BASE_DIR, env=told, capture_output=True, text=True, check=False)  # noqa: S603 — ours
    return ran.returncode, set(re.findall(r"\((ihome\.E\d+|\w+\.[WE]\d+)\)", ran.stderr))


def test_the_settings_that_are_documented_for_a_site_pass(tmp_path):
    assert check_of(tmp_path) == (0, set())


def test_one_process_may_have_sqlite_and_no_redis(tmp_path):
    alone = {"WEB_CONCURRENCY": "1", "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "REDIS_URL": ""}
    assert check_of(tmp_path, **alone) == (0, set())


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("DEBUG", "1", "security.W018"),
        ("SECRET_KEY", "django-insecure-" + "0123456789abcdefghij" * 3, "security.W009"),
        ("SECRET_KEY", "tooshort", "security.W009"),
        ("SITE_URL", "http://ihome.example", "security.W008"),
        ("HSTS_WHOLE_DOMAIN", "0", "security.W005"),
        ("ALLOWED_HOSTS", "*", "ihome.E044"),
        ("SMS_PROVIDER", "console", "ihome.E005"),
        ("PAYMENT_PROVIDER", "sandbox", "ihome.E031"),
        ("IDENTITY_VERIFIER", "checksum", "ihome.E006"),
        ("IDENTITY_DIGEST_KEY", SAME_BYTES, "ihome.E041"),
        ("IDENTITY_KEYS", f"2026={SAME_BYTES}", "ihome.E041"),
        ("TRUSTED_PROXIES", "0", "ihome.E007"),
        ("ALIYUN_ACCESS_KEY_SECRET", "secret", "ihome.E040"),
        ("DATABASE_URL", "sqlite:///FOLDER/db.sqlite3", "ihome.E042"),
        ("DATABASE_URL", "sqlite://ihome:a%20long%20password@/FOLDER/db.sqlite3", "ihome.E040"),
        ("REDIS_URL", "", "ihome.E043"),
    ],
)
def test_each_of_them_that_is_spoilt_is_refused(tmp_path, name, value, error):
    code, said = check_of(tmp_path, WEB_CONCURRENCY="4", **{name: value.replace("FOLDER", str(tmp_path))})
    assert (code, error in said) == (1, True), said
