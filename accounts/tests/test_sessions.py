"""Sessions know whose they are, and end when their owner says so."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.devices import describe_device
from accounts.factories import PASSWORD, enter_as_staff
from accounts.models import ApiKey, Session
from accounts.services import make_key, revoke_key
from accounts.sessions import end_device, end_other_devices, handle_of

pytestmark = pytest.mark.django_db
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Safari/537.36 MicroMessenger/8.0"


def log_in(client, **extra):
    client.post("/api/v1.0/sessions", {"mobile": "13800138002", "password": PASSWORD}, "application/json", **extra)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (WECHAT, "WeChat · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126 Safari/537.36 Edg/126", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Mobile Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140) Gecko Firefox/140", "Firefox · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_in_two_words(user_agent, device):
    assert describe_device(user_agent) == device


def test_a_session_knows_whose_it_is_and_on_which_device(client, guest):
    log_in(client, headers={"User-Agent": WECHAT})
    session = Session.objects.get()
    assert (session.user, session.device) == (guest, "WeChat · Android")
    assert session.started_at


def test_logging_in_rotates_the_session_key(client, guest):
    client.get("/api/v1.0/image_codes/0b8b0d8e-3f3c-4a8e-9a55-9f6a3c0c9c11")
    before = client.cookies["sessionid"].value
    log_in(client)
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_device_is_seen_again_after_an_hour_and_not_at_every_request(client, guest, django_assert_num_queries):
    client.force_login(guest)
    first = Session.objects.get().seen_at
    client.get("/api/v1.0/session")
    assert Session.objects.get().seen_at == first
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client.get("/api/v1.0/session")
    assert Session.objects.get().seen_at > first + timedelta(minutes=60)


def test_a_device_that_is_ended_is_logged_out(client, guest):
    client.force_login(guest)
    end_device(user=guest, handle=handle_of(Session.objects.get()))
    assert client.get("/api/v1.0/session").status_code == 401


def test_nobody_ends_the_device_of_somebody_else(client, guest, stranger):
    client.force_login(guest)
    end_device(user=stranger, handle=handle_of(Session.objects.get()))
    assert client.get("/api/v1.0/session").status_code == 200


def test_all_other_devices_end_at_once(client, guest, stranger):
    for user in (guest, stranger, guest):
        client.cookies.clear()
        client.force_login(user)
    mine = client.session.session_key
    end_other_devices(user=guest, session_key=mine)
    assert set(Session.objects.values_list("user_id", flat=True)) == {guest.pk, stranger.pk}
    assert client.get("/api/v1.0/session").status_code == 200


def test_a_page_never_names_a_session_or_a_key_by_its_secret(client, guest):
    client.force_login(guest)
    key = make_key(user=guest, name="calendar")
    assert handle_of(Session.objects.get()) not in Session.objects.get().session_key
    assert handle_of(ApiKey.objects.get()) not in key


def test_a_key_works_until_it_is_revoked(api, guest, stranger):
    key = make_key(user=guest, name="calendar")
    api.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    handle = handle_of(ApiKey.objects.get())
    revoke_key(user=stranger, handle=handle)
    assert api.get("/api/v1.0/session").status_code == 200
    revoke_key(user=guest, handle=handle)
    assert api.get("/api/v1.0/session").status_code == 401


def test_a_session_for_a_picture_alone_lasts_an_hour_and_one_of_a_user_its_time(client, guest):
    client.get("/api/v1.0/image_codes/0b8b0d8e-3f3c-4a8e-9a55-9f6a3c0c9c11")
    assert Session.objects.get().expire_date < timezone.now() + timedelta(hours=1, seconds=1)
    log_in(client)
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=13)


# --- sessions of staff ------------------------------------------------------------------------------------------------

WAYS = {"/account": 302, "/api/v1.0/session": 401}
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def is_in_after(client, path, lasts) -> bool:
    """Ask for a page or over the API so long after the log-in."""
    with time_machine.travel(START + lasts, tick=False):
        status = client.get(path).status_code
    assert status in {200, WAYS[path]}
    return status == 200


@pytest.fixture
def staff(client, stranger):
    stranger.is_staff = True
    stranger.save()
    with time_machine.travel(START, tick=False):
        return enter_as_staff(client, stranger)


@pytest.mark.parametrize("path", WAYS)
@pytest.mark.parametrize(("late", "is_in"), [(-SECOND, True), (SECOND, False)])
def test_a_session_of_staff_ends_half_an_hour_after_its_last_use(staff, path, late, is_in):
    assert is_in_after(staff, path, timedelta(minutes=20))
    assert is_in_after(staff, path, timedelta(minutes=50) + late) == is_in


@pytest.mark.parametrize("path", WAYS)
@pytest.mark.parametrize(("late", "is_in"), [(-SECOND, True), (SECOND, False)])
def test_a_session_of_staff_ends_four_hours_after_the_log_in_however_it_is_used(staff, path, late, is_in):
    for minutes in range(20, 240, 20):
        assert is_in_after(staff, path, timedelta(minutes=minutes))
    assert is_in_after(staff, path, timedelta(hours=4) + late) == is_in


def test_a_session_of_staff_is_written_at_most_once_a_minute(staff):
    for seconds in (30, 59, 90, 119):
        is_in_after(staff, "/account", timedelta(seconds=seconds))
        seen = Session.objects.get().seen_at
        assert seen == START + timedelta(seconds=90 if seconds >= 90 else 0)


def test_a_session_of_anybody_else_is_not_shortened(client, guest):
    with time_machine.travel(START, tick=False):
        client.force_login(guest)
    assert is_in_after(client, "/account", timedelta(days=14) - SECOND)
