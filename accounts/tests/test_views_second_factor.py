"""The pages of the second factor: staff pass it before anything else is shown to them, or done."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import override
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.errors import SecondFactorNeeded
from accounts.factories import UserFactory, enter_as_staff
from accounts.models import ApiKey, Session, User
from accounts.second_factor import count_backup_codes, enrol, grouped, new_authenticator, secret_of
from accounts.tests.test_second_factor import WRONG, code_of, typed

pytestmark = pytest.mark.django_db
PAGE, SECURITY = reverse("second-factor"), reverse("security")
EVERYWHERE = ["/", "/search", "/account", "/account/security", "/bookings", "/host", "/messages", "/nowhere", "/login"]
MIDDLEWARE = "accounts.middleware.SecondFactorMiddleware"


@pytest.fixture
def user() -> User:
    return UserFactory(name="爱家站长", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client, user):
    """The browser of an administrator who has logged in, and has yet to pass."""
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def backup_codes(user) -> list[str]:
    """The administrator has set the second factor up before."""
    new_authenticator(user)
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        return enrol(user=user, code=code_of(user))[1]


def answer(client, code: str, page: str = "/admin/"):
    return client.post(PAGE, {"second_factor_code": code, "next": page})


def is_in(client) -> bool:
    return client.get("/admin/").status_code == 200


def admin_addresses(patterns=None, where="/admin/"):
    """Yield an address for each pattern of the admin."""
    for pattern in admin.site.urls[0] if patterns is None else patterns:
        part = re.sub(r"\(\?P<\w+>(\w*)[^)]*\)", lambda found: found[1] or "x", str(pattern.pattern).strip("^$"))
        here = where + re.sub(r"<[^>]+>", "1", part)
        if isinstance(pattern, URLPattern):
            yield here
        else:
            yield from admin_addresses(pattern.url_patterns, here)


# --- the door ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", EVERYWHERE)
def test_staff_are_led_to_the_second_factor_from_every_page(staff, page):
    led = staff.get(page, {"a": "1"})
    assert (led.status_code, led.url) == (302, f"{PAGE}?next={page.replace('/', '%2F')}%3Fa%3D1")
    assert "no-store" in led["Cache-Control"]


def test_no_page_of_the_admin_answers_staff_who_have_not_passed(staff):
    addresses = list(admin_addresses())
    assert len(addresses) > 50
    for address in addresses:
        assert staff.get(address).url.startswith(PAGE), address
        assert (staff.post(address).status_code, staff.post(address).url) == (303, PAGE), address


def test_the_admin_asks_for_it_by_itself(staff, settings):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != MIDDLEWARE]
    client = Client()
    client.cookies = staff.cookies
    for address in admin_addresses():
        for method in (client.get, client.post):
            assert method(address, follow=True).redirect_chain[-1][0].startswith(PAGE), address


@pytest.mark.parametrize("name", ["make-key", "other", "act"])
def test_nothing_is_done_for_staff_who_have_not_passed(staff, user, guest, name):
    posts = {
        "make-key": (reverse("make-key"), {"name": "calendar"}),
        "other": (reverse("end-other-devices"), {}),
        "act": (reverse("admin:accounts_user_delete", args=[guest.pk]), {"post": "yes"}),
    }
    Client().force_login(user)
    assert staff.post(*posts[name]).status_code == 303
    assert (ApiKey.objects.count(), User.objects.count(), user.sessions.count()) == (0, 2, 2)


@pytest.mark.parametrize("path", ["/healthz", "/robots.txt", "/api/v1.0/session", "/api/v1.0/area_info", PAGE])
def test_what_shows_nothing_of_the_site_is_open(staff, path):
    assert "Location" not in staff.get(path)


@pytest.mark.parametrize("path", ["user", "user/orders", "user/houses"])
def test_the_api_shows_staff_nothing_of_theirs(staff, user, path):
    answer = staff.get(f"/api/v1.0/{path}")
    with override("en"):
        assert (answer.status_code, answer.json()["errmsg"]) == (403, str(SecondFactorNeeded.message))
    assert user.mobile[-4:] not in answer.text


def test_staff_may_log_out_over_the_api(staff, user):
    assert staff.delete("/api/v1.0/session").status_code == 200
    assert user.sessions.count() == 0


def test_staff_may_choose_their_language_and_log_out(staff):
    assert staff.post("/language", {"language": "en", "next": PAGE}).url == PAGE
    staff.post("/logout")
    assert staff.get(PAGE).url == f"/login?next={PAGE}"


def test_nobody_else_is_asked(client, guest):
    client.force_login(guest)
    assert client.get("/account").status_code == 200
    assert client.get(PAGE).url == SECURITY


@pytest.mark.parametrize(("is_guest", "queries"), [(True, 2), (False, 0)])
def test_it_costs_others_no_query(client, guest, settings, is_guest, queries, django_assert_num_queries):
    if is_guest:
        client.force_login(guest)
    with django_assert_num_queries(queries):  # session and user, as before
        client.get(PAGE)


def test_a_page_that_reads_no_session_does_not_vary_by_it(client, guest):
    client.force_login(guest)
    page = client.get("/sitemap.xml")
    assert page.status_code == 200
    assert "Cookie" not in page.get("Vary", "")


def test_who_is_made_staff_while_logged_in_comes_into_the_admin_no_sooner(client, guest):
    client.force_login(guest)
    User.objects.filter(pk=guest.pk).update(is_staff=True)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{PAGE}?next=/admin/"
    new_authenticator(guest)
    answer(client, code_of(guest))
    assert is_in(client)
    assert Session.objects.get().expire_date < timezone.now() + timedelta(minutes=31)


def test_secrets_have_no_page_in_the_admin(client, user):
    enter_as_staff(client, user)
    assert not any(admin.site.is_registered(model) for model in (TOTPDevice, StaticDevice))
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404


# --- setting it up ----------------------------------------------------------------------------------------------------


def test_the_same_secret_is_shown_until_it_is_set_up(staff, user):
    first, again = staff.get(PAGE), staff.get(PAGE)
    assert first.context["qr"] == again.context["qr"]
    assert grouped(secret_of(TOTPDevice.objects.get())) in first.text
    assert "<svg" in first.text
    assert "no-store" in first["Cache-Control"]


def test_setting_it_up_shows_backup_codes_once_and_lets_the_session_in(staff, user):
    staff.get(PAGE)
    before = staff.session.session_key
    page = answer(staff, code_of(user), page="/admin/accounts/user/")
    assert (page.status_code, len(page.context["backup_codes"])) == (200, 10)
    assert 'href="/admin/accounts/user/"' in page.text
    assert is_in(staff)
    assert staff.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert staff.get(PAGE).url == "/admin/"
    assert page.context["backup_codes"][0] not in staff.get(SECURITY).text


@pytest.mark.parametrize("code", [WRONG, "", "長" * 9])
def test_a_wrong_code_is_said_beside_the_field(staff, user, code):
    staff.get(PAGE)
    page = answer(staff, code)
    assert page.context["form"].errors.keys() == {"second_factor_code"}
    assert not is_in(staff)


# --- passing it -------------------------------------------------------------------------------------------------------


def test_a_code_of_the_app_lets_a_session_in(staff, user, backup_codes):
    assert "<svg viewBox" not in staff.get(PAGE).text.partition("<main")[2]
    passed = answer(staff, code_of(user), page="/admin/accounts/user/")
    assert (passed.status_code, passed.url) == (303, "/admin/accounts/user/")
    assert is_in(staff)


def test_a_backup_code_does_as_it_is_printed(staff, user, backup_codes):
    assert answer(staff, backup_codes[3]).status_code == 303
    assert is_in(staff)
    assert count_backup_codes(user) == 9


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", PAGE, "", "javascript:alert(1)"])
def test_it_leads_nowhere_else(staff, user, backup_codes, page):
    assert answer(staff, code_of(user), page=page).url == "/admin/"


def test_a_session_lets_no_other_in(staff, user, backup_codes):
    answer(staff, code_of(user))
    other = Client()
    other.force_login(user)
    assert (is_in(staff), is_in(other)) == (True, False)


def test_logging_in_again_asks_again(staff, user, backup_codes):
    answer(staff, code_of(user))
    staff.force_login(user)
    assert not is_in(staff)


@pytest.mark.parametrize("whose", ["somebody else's", "not confirmed", "deleted", "nonsense"])
def test_a_session_passes_only_by_a_confirmed_authenticator_of_its_user(staff, user, backup_codes, whose):
    answer(staff, code_of(user))
    device = TOTPDevice.objects.filter(user=user)
    session = staff.session
    if whose == "nonsense":
        session[DEVICE_ID_SESSION_KEY] = "x/y/z"
        session.save()
    elif whose == "deleted":
        device.delete()
    else:
        device.update(**({"confirmed": False} if whose == "not confirmed" else {"user": UserFactory(is_staff=True)}))
    assert not is_in(staff)


def test_the_sixth_wrong_code_says_when_to_try_again(staff, backup_codes):
    for _ in range(5):
        answer(staff, WRONG)
    assert "Try again in 15 minutes" in str(answer(staff, typed(backup_codes[0])).context["form"].errors)


# --- the page of password and devices ---------------------------------------------------------------------------------


@pytest.fixture
def passed(staff, user, backup_codes):
    answer(staff, code_of(user))
    return staff


def test_staff_see_how_their_second_factor_stands(passed):
    text = passed.get(SECURITY).text
    assert "Authenticator app" in text
    assert "10 are left" in text


def test_others_see_nothing_of_it(client, stranger):
    client.force_login(stranger)
    assert "second-factor" not in client.get(SECURITY).text


def test_new_backup_codes_are_shown_once_for_a_code(passed, user, backup_codes):
    target = reverse("make-backup-codes")
    page = passed.post(target, {"second_factor_code": backup_codes[0]})
    assert len(page.context["backup_codes"]) == 10
    assert page.context["backup_codes"][0] not in passed.get(SECURITY).text
    refused = passed.post(target, {"second_factor_code": backup_codes[1]})
    assert refused.context["second_factor_form"].errors
    assert passed.get(target).url == f"{SECURITY}#second-factor"
