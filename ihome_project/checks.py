"""What `manage.py check` refuses in the settings; with `--deploy`, also what is only for trying the site out."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from math import inf
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.checks import Error, Tags, register
from django.db import DatabaseError
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.sms import PROVIDERS
from bookings.demo import PASSWORD as DEMO_PASSWORD
from bookings.payments import PROVIDERS as PAYMENT_PROVIDERS
from bookings.payments import rsa2

VERIFIERS = ("manual", "checksum")
MEDIA_STORAGES = ("disk", "s3")
BUCKET_NEEDS = ("S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY")
KEY_BYTES = 32
KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,16}")  # what a row can name (Identity.seal_key)
ALIYUN_NEEDS = ("ALIYUN_ACCESS_KEY_ID", "ALIYUN_ACCESS_KEY_SECRET", "ALIYUN_SMS_SIGN_NAME", "ALIYUN_SMS_TEMPLATE")
ALIPAY_NEEDS = ("ALIPAY_APP_ID", "ALIPAY_SELLER_ID", "ALIPAY_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY")
ALIPAY_KEYS = (("ALIPAY_PRIVATE_KEY", rsa2.read_private_key), ("ALIPAY_PUBLIC_KEY", rsa2.read_public_key))
NUMBERS = (
    ("SMS_HOURLY_BUDGET", 1, inf, "1 or more"),
    ("TRUSTED_PROXIES", 0, inf, "0 or more"),
    ("COMMISSION_PERCENT", 0, 100, "0 to 100"),
    ("WEB_CONCURRENCY", 1, inf, "1 or more"),
    ("API_READS_PER_MINUTE", 1, inf, "1 or more"),
    ("API_WRITES_PER_MINUTE", 1, inf, "1 or more"),
)
PRINTED = (".env.example", "README.md", "docs/operating.md", "docs/api.md")
SECRETS = ("SECRET_KEY", "IDENTITY_DIGEST_KEY", "ALIYUN_ACCESS_KEY_SECRET", "S3_SECRET_KEY", "ALIPAY_PRIVATE_KEY")
FEW = 16  # different bytes: 32 that are drawn by chance have about 30
STAFF_LOOKED_AT = 20  # a hash takes a third of a second
MAKE_A_KEY = "Make a key with `head -c 32 /dev/urandom | base64`."


@register(Tags.security)
def check_names(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse a provider or a verifier that there is not; each may be the dotted path of another, as of a paid one."""
    errors = []
    for number, name, known in ((1, "SMS_PROVIDER", tuple(PROVIDERS)), (2, "IDENTITY_VERIFIER", VERIFIERS)):
        chosen = getattr(settings, name)
        if chosen not in known and not is_importable(chosen):
            hint = f"Set {name} to one of: {', '.join(known)}."
            errors.append(Error(f"{name} is {chosen!r}, which there is not.", hint=hint, id=f"ihome.E00{number}"))
    return errors


def is_importable(path: str) -> bool:
    """Tell whether there is something at a dotted path."""
    try:
        import_string(path)
    except ImportError:
        return False
    return True


@register(Tags.security)
def check_numbers(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse numbers that count nothing, or more than all."""
    return [
        Error(f"{name} is {getattr(settings, name)}.", hint=f"Set {name} to {words}.", id="ihome.E010")
        for name, least, most, words in NUMBERS
        if not least <= getattr(settings, name) <= most
    ]


@register(Tags.security)
def check_identity_keys(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse keys that cannot seal an ID number or find it again; the error tells none."""
    hint = f"Set IDENTITY_KEYS to name=base64,name2=base64; the first seals, all open. {MAKE_A_KEY}"
    errors = [
        Error(f"The key {name!r} of IDENTITY_KEYS {what}.", hint=hint, id="ihome.E003")
        for name, key in settings.IDENTITY_KEYS.items()
        for what, is_right in (
            (f"is not base64 of {KEY_BYTES} bytes", _is_key(key)),
            ("has no name of 1 to 16 letters, digits and dashes", KEY_NAME.fullmatch(name)),
        )
        if not is_right
    ]
    if not _is_key(settings.IDENTITY_DIGEST_KEY):
        what = f"IDENTITY_DIGEST_KEY is not base64 of {KEY_BYTES} bytes."
        errors.append(Error(what, hint=MAKE_A_KEY, id="ihome.E004"))
    return errors


def _is_key(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


@register(Tags.security, deploy=True)
def check_secrets(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse secrets that everybody can read in this project's own files, and keys that nobody has drawn; none is told.

    A SECRET_KEY that is short or Django's sample is refused by Django (security.W009).
    """
    printed = printed_words()
    secrets = {name: getattr(settings, name) for name in SECRETS}
    secrets |= {f"{name!r} of IDENTITY_KEYS": key for name, key in settings.IDENTITY_KEYS.items()}
    secrets["The password in DATABASE_URL"] = str(settings.DATABASES["default"].get("PASSWORD") or "")
    errors = [
        Error(f"{name} is printed in this project's files.", hint="Choose one that nobody knows.", id="ihome.E040")
        for name, secret in secrets.items()
        if secret and secret in printed
    ]
    keys = {"IDENTITY_DIGEST_KEY": settings.IDENTITY_DIGEST_KEY, **settings.IDENTITY_KEYS}
    return errors + [
        Error(f"The identity key {name!r} was not drawn by chance.", hint=MAKE_A_KEY, id="ihome.E041")
        for name, key in keys.items()
        if _is_key(key) and len(set(b64decode(key))) < FEW
    ]


def printed_words() -> str:
    """Return what the files say from which a site is set up, those that are there."""
    paths = (settings.BASE_DIR / name for name in PRINTED)
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())


@register(Tags.security, deploy=True)
def check_processes(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse several processes over what only one can have: SQLite's file, or a cache in its own memory."""
    if settings.WEB_CONCURRENCY == 1:
        return []
    errors = []
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        what = "WEB_CONCURRENCY is more than 1 over SQLite, which has one writer."
        errors.append(Error(what, hint="Set WEB_CONCURRENCY=1, or DATABASE_URL to MariaDB.", id="ihome.E042"))
    if not settings.REDIS_URL:
        what = "WEB_CONCURRENCY is more than 1 without Redis: each process counts the API's requests for itself."
        errors.append(Error(what, hint="Set REDIS_URL, or WEB_CONCURRENCY=1.", id="ihome.E043"))
    return errors


@register(Tags.security, deploy=True)
def check_hosts(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse to answer under any name: whoever points theirs at the site would have it as their own."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    hint = "Set ALLOWED_HOSTS to the names under which visitors find the site."
    return [Error("ALLOWED_HOSTS has '*': the site answers under every name.", hint=hint, id="ihome.E044")]


@register(Tags.security, deploy=True)
def check_staff_passwords(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse staff with the password of the example site, which is printed in README.md.

    Looks into the database if there is one that answers, at the first of the staff only; before the first migration
    there is nobody to look at. Who it is stands in no error.
    """
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk").values_list("password", flat=True)
    try:
        passwords = list(staff[:STAFF_LOOKED_AT])
    except DatabaseError:
        return []
    known = sum(check_password(DEMO_PASSWORD, password) for password in passwords)
    if not known:
        return []
    hint = "Have them choose another at /account/security, or take their rights away."
    return [Error(f"{known} of the staff have the password of the demo.", hint=hint, id="ihome.E045")]


@register(Tags.security, deploy=True)
def check_nobody_is_made_up(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse codes that reach no phone, and identities that nobody has verified."""
    errors = []
    if settings.SMS_PROVIDER == "console":
        what = "SMS_PROVIDER is 'console': codes are written to a file and reach nobody's phone."
        errors.append(Error(what, hint="Set SMS_PROVIDER=aliyun and what it needs.", id="ihome.E005"))
    if settings.IDENTITY_VERIFIER == "checksum":
        what = "IDENTITY_VERIFIER is 'checksum': whoever makes up a well-formed number is verified."
        hint = "Set IDENTITY_VERIFIER=manual: staff decide in the admin."
        errors.append(Error(what, hint=hint, id="ihome.E006"))
    return errors


@register(Tags.security)
def check_photos(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse a store for photos that there is not, a bucket without what it needs, and an address that is none."""
    errors = []
    if settings.MEDIA_STORAGE not in MEDIA_STORAGES:
        what = f"MEDIA_STORAGE is {settings.MEDIA_STORAGE!r}, which there is not."
        errors.append(Error(what, hint=f"Set it to one of: {', '.join(MEDIA_STORAGES)}.", id="ihome.E020"))
    missing = [name for name in BUCKET_NEEDS if not getattr(settings, name)]
    if settings.MEDIA_STORAGE == "s3" and missing:
        hint = f"Set {', '.join(missing)} (docs/operating.md)."
        errors.append(Error("MEDIA_STORAGE is 's3' without all that it needs.", hint=hint, id="ihome.E021"))
    if settings.S3_PUBLIC_URL and not settings.S3_PUBLIC_URL.startswith(("https://", "http://")):
        what = "S3_PUBLIC_URL is no web address: no page could show a photo."
        errors.append(Error(what, hint="Set it to https:// and the bucket's domain.", id="ihome.E022"))
    return errors


@register(Tags.security, deploy=True)
def check_proxies(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse a proxy that makes all visitors one: what each may try would be counted for all of them together."""
    if not settings.SECURE_PROXY_SSL_HEADER or settings.TRUSTED_PROXIES > 0:
        return []
    what = "BEHIND_TLS_PROXY is set and TRUSTED_PROXIES is not: every visitor seems to come from the proxy's address."
    hint = "Set TRUSTED_PROXIES to how many proxies write X-Forwarded-For: 1 with deploy/nginx.conf."
    return [Error(what, hint=hint, id="ihome.E007")]


@register(Tags.security, deploy=True)
def check_aliyun(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse Aliyun without what it needs, or over a line on which others can read the codes."""
    if settings.SMS_PROVIDER != "aliyun":
        return []
    errors = []
    if missing := [name for name in ALIYUN_NEEDS if not getattr(settings, name)]:
        hint = f"Set {', '.join(missing)} to what the consoles of Aliyun show (docs/operating.md)."
        errors.append(Error("SMS_PROVIDER is 'aliyun' without all that it needs.", hint=hint, id="ihome.E008"))
    if not settings.ALIYUN_SMS_ENDPOINT.startswith("https://"):
        what = "ALIYUN_SMS_ENDPOINT is not https: whoever is on the way can read the codes."
        errors.append(Error(what, hint="Leave ALIYUN_SMS_ENDPOINT out: its default is right.", id="ihome.E009"))
    return errors


@register(Tags.security)
def check_payment_provider(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse a payment provider that there is not."""
    if settings.PAYMENT_PROVIDER in PAYMENT_PROVIDERS:
        return []
    hint = f"Set PAYMENT_PROVIDER to one of: {', '.join(PAYMENT_PROVIDERS)}."
    return [
        Error(f"PAYMENT_PROVIDER is {settings.PAYMENT_PROVIDER!r}, which there is not.", hint=hint, id="ihome.E030")
    ]


@register(Tags.security, deploy=True)
def check_money_is_real(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse the sandbox, in which guests pay nothing."""
    if settings.PAYMENT_PROVIDER != "sandbox":
        return []
    what = "PAYMENT_PROVIDER is 'sandbox': it takes no money, and a site of https has none."
    return [Error(what, hint="Set PAYMENT_PROVIDER=alipay and what it needs.", id="ihome.E031")]


@register(Tags.security, deploy=True)
def check_alipay(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Refuse Alipay without what it needs, with keys that cannot be read (none is told), or over an open line."""
    if settings.PAYMENT_PROVIDER != "alipay":
        return []
    errors = []
    if missing := [name for name in ALIPAY_NEEDS if not getattr(settings, name)]:
        hint = f"Set {', '.join(missing)} to what Alipay's console shows (docs/operating.md)."
        errors.append(Error("PAYMENT_PROVIDER is 'alipay' without all that it needs.", hint=hint, id="ihome.E032"))
    for name, read in ALIPAY_KEYS:
        if getattr(settings, name) and not _can_be_read(read, getattr(settings, name)):
            hint = f"Set {name} to a key of RSA2 (2048 bits): PEM, or its base64 in one line."
            errors.append(Error(f"{name} cannot be read.", hint=hint, id="ihome.E033"))
    if not settings.ALIPAY_GATEWAY.startswith("https://"):
        what = "ALIPAY_GATEWAY is not https: whoever is on the way can read who pays what."
        errors.append(Error(what, hint="Leave ALIPAY_GATEWAY out: its default is right.", id="ihome.E034"))
    return errors


def _can_be_read(read: Callable[[str], object], key: str) -> bool:
    try:
        read(key)
    except ValueError:
        return False
    return True
