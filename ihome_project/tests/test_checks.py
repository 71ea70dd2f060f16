"""What must not reach strangers is refused before it does."""

from base64 import b64encode

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from bookings.payments import rsa2

KEY = b64encode(bytes(32)).decode()
RSA_KEY = rsa2.new_key()
SITE = {
    "SMS_PROVIDER": "aliyun",
    "ALIYUN_SMS_ENDPOINT": "https://dysmsapi.aliyuncs.com",
    "ALIYUN_ACCESS_KEY_ID": "id",
    "ALIYUN_ACCESS_KEY_SECRET": "secret",
    "ALIYUN_SMS_SIGN_NAME": "爱家租房",
    "ALIYUN_SMS_TEMPLATE": "SMS_1530000",
    "PAYMENT_PROVIDER": "alipay",
    "ALIPAY_GATEWAY": "https://openapi.alipay.com/gateway.do",
    "ALIPAY_APP_ID": "2021000100000001",
    "ALIPAY_SELLER_ID": "2088000100000001",
    "ALIPAY_PRIVATE_KEY": RSA_KEY,
    "ALIPAY_PUBLIC_KEY": rsa2.public_of(RSA_KEY),
    "IDENTITY_VERIFIER": "manual",
    "IDENTITY_KEYS": {"2027-01": KEY, "2026-01": KEY},
    "IDENTITY_DIGEST_KEY": KEY,
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
        ({"ALIPAY_PRIVATE_KEY": "secret"}, "ihome.E033"),
        ({"ALIPAY_PRIVATE_KEY": rsa2.public_of(RSA_KEY)}, "ihome.E033"),
        ({"ALIPAY_PUBLIC_KEY": RSA_KEY}, "ihome.E033"),
        ({"ALIPAY_GATEWAY": "http://openapi.alipay.com/gateway.do"}, "ihome.E034"),
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
