"""A canary ID number and a canary mobile go through every flow, and then are looked for wherever something is kept."""

import io
import json
import logging
import logging.config
from base64 import b32encode
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.codes import BINDING
from accounts.factories import PASSWORD, UserFactory, enter_as_staff
from accounts.identity import CONSENT_VERSION, submission_of
from accounts.models import Counter, Identity, Session, StaffAct, User
from accounts.second_factor import grouped
from accounts.services import make_key
from accounts.tests.pictures import know_picture
from bookings.factories import make_booking
from listings.factories import HouseFactory, ReportFactory

pytestmark = pytest.mark.django_db
API = "/api/v1.0"
DIGITS, OTHER, SAID = "13917283746", "13917283747", "13917283748"
SPELT = (DIGITS, "139%20172%2083746", "139.1728.3746", "a13917283746", "139%E2%80%931728%E2%80%933746")
STAFF, FACTOR = "+8613800138000", "/account/second-factor"
NUMBER = "110101198803040000"
STRONG = {"password": "hutong-2026", "password2": "hutong-2026"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as the site writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    configured = logging.config.DictConfigurator(site.LOGGING)
    handler.setFormatter(configured.configure_formatter(dict(site.LOGGING["formatters"]["line"])))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.fixture
def visitor() -> Client:
    """A browser that shows error pages instead of raising."""
    return Client(raise_request_exception=False)


def picture(client: Client) -> dict:
    image_id = str(uuid4())
    client.get(f"{API}/image_codes/{image_id}")
    return {"image_code": know_picture(image_id, client.session[BINDING]), "image_code_id": image_id}


def post(client: Client, path: str, **body: str) -> object:
    return client.post(f"{API}{path}", body, "application/json")


def through_the_api(client: Client, sms) -> list:
    """Register, log in rightly and wrongly, and verify, over the API."""
    asked = client.get(f"{API}/sms_codes/{DIGITS}", picture(client))
    code = sms()[-1]["code"]
    return [
        asked,
        client.get(f"{API}/sms_codes/{DIGITS}", picture(client)),  # too soon
        *(client.get(f"{API}/sms_codes/{spelt}", {"image_code": "????"}) for spelt in SPELT),
        client.get(f"{API}/sms_codes/+86{DIGITS}/extra"),
        post(client, "/users", mobile=DIGITS, sms_code="abc", **STRONG),
        post(client, "/users", mobile=DIGITS, sms_code=code, **STRONG),
        post(client, "/sessions", mobile=DIGITS, password="no"),
        post(client, "/sessions", mobile=DIGITS, password=STRONG["password"]),
        post(client, "/user/auth", real_name="金丝雀", id_card=NUMBER[:-1] + "1"),
        post(client, "/user/auth", real_name="金丝雀", id_card=NUMBER),
        post(client, "/user/auth", real_name="金丝雀", id_card=NUMBER),
        client.get(f"{API}/user/auth"),
    ]


def through_the_pages(client: Client, sms) -> list:
    """Log in in every way, and send every form of the account wrongly and rightly."""
    visitor = Client(raise_request_exception=False)
    consent = {"consent": "on", "consent_version": CONSENT_VERSION}
    answers = [
        client.post("/login", {"by": "password", "mobile": DIGITS, "password": "no"}),
        client.post("/register", {"mobile": DIGITS, "sms_code": "000000", **STRONG}),
        client.post("/password/reset", {"mobile": DIGITS, "sms_code": "000000", **STRONG}),
        client.post("/account/verification", {"real_name": "金丝雀", "id_card": NUMBER, **consent}),
        *(client.get(page) for page in ("/", "/account", "/account/profile", "/account/verification")),
        client.post("/account/mobile", {"mobile": OTHER, "old_code": "000000", "new_code": "000000"}),
        client.get("/account/mobile"),
        client.get("/account/security"),
        download(client),
        visitor.post("/login", {"mobile": DIGITS, "send": "blind"}),
    ]
    again = visitor.post("/login", {"by": "code", "mobile": DIGITS, "sms_code": sms()[-1]["code"]})
    return [*answers, again, visitor.get("/account")]


def download(client: Client) -> object:
    """Take all data along; to read it to its end closes it."""
    answer = client.get("/account/security/data")
    assert b"".join(answer).startswith(b"PK")
    return answer


def change_number(client: Client, sms) -> None:
    """Move the account to the other number."""
    Counter.objects.all().delete()  # as if a minute had passed
    for sending in ("old", "new"):
        client.post("/account/mobile", {"send": sending, "mobile": OTHER})
    old, new = (sent["code"] for sent in sms()[-2:])
    client.post("/account/mobile", {"mobile": OTHER, "old_code": old, "new_code": new})


def staff_look() -> None:
    """Have staff decide about an identity, read its number, look for its owner, export, and log them out."""
    staff = enter_as_staff(Client(), UserFactory(is_staff=True, is_superuser=True))
    identity = Identity.objects.get(real_name="金丝雀")
    said = {"reason": "警方来函", "seen": submission_of(identity)}
    asked = [
        staff.post(f"/admin/accounts/identity/{identity.pk}/{act}", said) for act in ("approve", "number", "reject")
    ]
    assert [answer.status_code for answer in asked] == [200, 200, 200]  # it is decided already, and shown but once
    assert [NUMBER in answer.text for answer in asked] == [False, True, False]
    user, people = identity.user_id, "/admin/accounts/user/"
    for page in (f"{people}?q={DIGITS}", f"{people}{user}/change/", f"{people}{user}/history/", "/admin/"):
        assert staff.get(page).status_code == 200
    found = staff.post(people, {"search": DIGITS})
    assert DIGITS not in found.url
    assert "金丝雀" in staff.get("/admin/accounts/identity/?q=金丝雀").text
    exported = b"".join(staff.post(f"{people}export?q={DIGITS}").streaming_content)
    assert DIGITS.encode() not in exported
    ended = staff.post(f"{people}{user}/sessions", {"reason": f"打过 {DIGITS} 没人接，证件 {NUMBER}"})
    assert ended.status_code == 303
    assert staff.get("/admin/accounts/staffact/").text.count(DIGITS) == 0


def enrol_as_staff(client: Client) -> list[str]:
    """Set the second factor up for whoever is logged in, with a wrong code first; return what nobody else may know."""
    user, shown = User.objects.get(mobile=STAFF), client.get(FACTOR)
    key = TOTPDevice.objects.get(user=user).bin_key
    wrong, codes = "913746", [f"{TOTP(key, drift=drift).token():06}" for drift in (-1, 0)]
    assert shown.context["secret"] == grouped(b32encode(key).decode())
    refused = client.post(FACTOR, {"second_factor_code": wrong})
    assert refused.context["form"].errors.keys() == {"second_factor_code"}
    backup = client.post(FACTOR, {"second_factor_code": codes[0]}).context["backup_codes"]
    again = client.post("/account/security/backup-codes", {"second_factor_code": codes[1]}).context["backup_codes"]
    assert client.get("/admin/").status_code == 200
    spelt = [text.replace(" ", "") for text in (shown.context["secret"], *backup, *again)]
    return [wrong, *codes, key.hex(), shown.context["secret"], shown.context["address"], *backup, *again, *spelt]


def act_as_staff(client: Client, guest: User) -> None:
    """Refund, cancel, suspend, decide a report and deactivate, each for a reason with a mobile number in it."""
    staff, report = enter_as_staff(client, UserFactory(is_staff=True, is_superuser=True)), ReportFactory()
    day = timezone.localdate() + timedelta(days=30)
    stay = make_booking(HouseFactory(), guest, day, day + timedelta(days=2))
    money = {"amount": "1", "key": str(uuid4())}
    acts = {
        f"bookings/booking/{stay.pk}/refund": money,
        f"bookings/booking/{stay.pk}/cancel": {"left_fen": stay.captured_fen - 100, "key": str(uuid4())},
        f"listings/house/{stay.house_id}/suspend": {},
        f"listings/report/{report.pk}/uphold": {},
        f"accounts/user/{guest.pk}/deactivate": {},
    }
    for act, more in acts.items():
        answer = staff.post(f"/admin/{act}", {"reason": f"打过 {SAID} 没人接", **more})
        assert answer.status_code == 303, (act, answer.context["form"].errors)
    for page in ("accounts/staffact/", f"bookings/booking/{stay.pk}/history/", f"accounts/user/{guest.pk}/history/"):
        shown = staff.get(f"/admin/{page}").text
        assert SAID not in shown
        assert "139****3748" in shown


def when_things_break(client: Client, settings) -> list:
    """Have the provider and the site's own code fail while they hold the number, and log what the database says."""
    settings.SMS_PROVIDER, settings.ALIYUN_SMS_ENDPOINT = "aliyun", "http://127.0.0.1:9"
    failed = client.get(f"{API}/sms_codes/{OTHER}", picture(client))
    settings.SMS_PROVIDER = "no such provider"
    broken = client.get(f"{API}/sms_codes/{OTHER}", picture(client))
    for error in (ValueError(f"Duplicate entry '+86{DIGITS}'"), ValueError(f"what of {NUMBER}?")):
        logging.getLogger("django.request").error("broke", exc_info=error)
    return [failed, broken]


def database() -> dict[str, str]:
    """Return every column of the database as text; what sessions hold is read, not only kept."""
    columns = {"sessions": " ".join(str(session.get_decoded()) for session in Session.objects.all())}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 — a name of ours
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    columns[f"{table}.{name}"] = columns.get(f"{table}.{name}", "") + "\n" + text
    return columns


def redis() -> str:
    """Return all that the cache holds, where there is one."""
    if not hasattr(cache, "client"):
        return ""
    raw = cache.client.get_client()
    return " ".join(f"{key!r} {raw.dump(key)!r}" for key in raw.scan_iter())


def test_neither_number_is_kept_where_it_does_not_belong(visitor, log, sms, settings):
    answers = through_the_api(visitor, sms) + through_the_pages(visitor, sms)
    staff_look()
    answers += when_things_break(visitor, settings)
    visitor.get(f"/nowhere/{NUMBER}")  # a page may say its own address, but no log may
    assert User.objects.filter(mobile=f"+86{DIGITS}").exists()
    assert Identity.objects.get().status == "verified"
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == [502, 500]
    assert where(DIGITS) == ["accounts_user.mobile"]
    assert where(NUMBER) == []
    check_kept(settings, log, answers)


def test_another_number_leaves_nothing_of_the_one_before_and_closing_leaves_none(visitor, log, sms, settings):
    answers = through_the_api(visitor, sms)
    change_number(visitor, sms)
    assert (where(DIGITS), where(OTHER)) == ([], ["accounts_user.mobile"])
    visitor.post("/account/security/close", {"password": STRONG["password"]})
    assert (where(DIGITS), where(OTHER), where("金丝雀")) == ([], [], [])
    check_kept(settings, log, answers)


def where(text: str) -> list[str]:
    """Return the columns of the database that hold a text in plain."""
    return [name for name, content in database().items() if text in content]


def check_kept(settings, log, answers) -> None:
    """Look for the canaries in files, logs, the cache, mails and error pages."""
    files = {str(path): path.read_bytes() for path in settings.VAR_DIR.rglob("*") if path.is_file()}
    assert files  # the codes that were shown are among them
    kept = [log.getvalue(), redis(), *(content.decode("latin-1") for content in files.values())]
    kept += [f"{message.subject} {message.body}" for message in mail.outbox]
    refused = [answer.content.decode() for answer in answers if answer.status_code >= 400]
    for text in [*kept, *refused]:
        assert NUMBER not in text
        assert DIGITS not in text
        assert OTHER not in text
    assert "request_id" in log.getvalue()


def test_no_code_password_or_key_is_logged(visitor, log, sms):
    through_the_api(visitor, sms)
    key = make_key(user=UserFactory(), name="calendar")
    visitor.get(f"{API}/user", headers={"Authorization": f"Token {key}x"})
    visitor.get(f"/nowhere?token={key}")
    for secret in (sms()[-1]["code"], STRONG["password"], PASSWORD, key):
        assert secret not in log.getvalue()


def breaks(text: str, **_more: object) -> None:
    """Fail while holding a text, and say which."""
    raise ValueError(text)


def test_nothing_of_a_second_factor_is_logged_or_kept(visitor, log, settings, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("accounts.second_factor.segno.make", breaks)  # it is given the address that has the secret
        visitor.force_login(UserFactory(mobile=STAFF, is_staff=True, is_superuser=True))
        assert visitor.get(FACTOR).status_code == 500
    secrets = enrol_as_staff(visitor)
    files = [path.read_text("latin-1") for path in settings.VAR_DIR.rglob("*") if path.is_file()]
    for secret in secrets:
        assert secret not in log.getvalue()
        assert not any(secret in content for content in [*files, redis()])
    assert "otpauth:***" in log.getvalue()


def test_a_number_in_what_staff_say_is_masked_in_every_log(visitor, log, guest, stranger, monkeypatch):
    act_as_staff(visitor, guest)
    assert StaffAct.objects.filter(reason="打过 139****3748 没人接").count() == 5
    assert [name for name in where(SAID) if name.startswith("accounts_staffact.")] == []
    monkeypatch.setattr("accounts.staff_log.redact_text", breaks)
    said = {"reason": f"打过 {SAID} 没人接"}
    assert visitor.post(f"/admin/accounts/user/{stranger.pk}/deactivate", said).status_code == 500
    assert SAID not in log.getvalue()
    assert "打过 139****3748 没人接" in log.getvalue()


def test_the_id_number_is_shown_masked_to_its_owner_only(visitor, sms):
    answers = through_the_api(visitor, sms)
    shown = [json.dumps(answer.json()) for answer in answers if answer["Content-Type"].startswith("application/json")]
    assert not any(NUMBER in text for text in shown)
    assert any("110101********0000" in text for text in shown)
