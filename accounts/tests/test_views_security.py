"""The page of password, devices, keys and data, and what is done from it."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.factories import PASSWORD, UserFactory
from accounts.models import ApiKey, Session, User
from accounts.services import KEYS_MOST, make_key
from accounts.sessions import handle_of

SECURITY = reverse("security")
CHANGE = {"old_password": PASSWORD, "new_password": "hutong-2026", "new_password2": "hutong-2026"}
POSTED = ["change-password", "end-device", "end-other-devices", "make-key", "revoke-key", "close-account"]


@pytest.fixture
def visitor(client, stranger):
    client.cookies["django_language"] = "en"
    client.force_login(stranger)
    return client


@pytest.fixture
def other(stranger):
    client = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    client.post(reverse("login"), {"by": "password", "mobile": "13800138003", "password": PASSWORD})
    return client


def post(visitor, target, **said):
    return visitor.post(reverse(target), said)


def errors(response, form):
    return dict(response.context[form].errors)


def is_in(client):
    return client.get(SECURITY).status_code == 200


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_takes_as_many_queries_for_one_as_for_many(visitor, stranger, count, django_assert_num_queries):
    for number in range(count):
        make_key(user=stranger, name=f"{number}")
        Client().force_login(stranger)
    with django_assert_num_queries(9):  # session, user, devices, keys, stays on either side, and the bell
        assert visitor.get(SECURITY).text.count("Revoke the key") == count


@pytest.mark.parametrize("name", POSTED)
def test_whoever_comes_to_a_forms_target_by_address_is_led_to_its_section(visitor, name):
    assert visitor.get(reverse(name)).url.startswith(f"{SECURITY}#")


@pytest.mark.parametrize("name", POSTED)
def test_nothing_is_done_for_who_is_not_logged_in(client, db, name):
    assert client.post(reverse(name)).url == f"{reverse('login')}?next={reverse(name)}"


# --- the password -----------------------------------------------------------------------------------------------------


def test_a_changed_password_logs_out_every_other_device(visitor, other, stranger):
    response = post(visitor, "change-password", **CHANGE)
    assert (response.status_code, response.url) == (303, f"{SECURITY}#password")
    stranger.refresh_from_db()
    assert stranger.check_password("hutong-2026")
    assert (is_in(visitor), is_in(other)) == (True, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"old_password": "no"}, "old_password"),
        ({"new_password": "12345", "new_password2": "12345"}, "new_password"),
        ({"new_password2": "other"}, "new_password2"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_beside_it_and_all_else_stands(visitor, other, changes, field):
    response = post(visitor, "change-password", **CHANGE | changes)
    assert errors(response, "password_form").keys() == {field}
    for words in ("Safari · iPhone", "API keys", "Download my data"):
        assert words in response.text
    assert is_in(other)


def test_who_has_no_password_is_told_how_to_set_one(visitor, stranger):
    User.objects.update(password="!")
    visitor.force_login(User.objects.get(pk=stranger.pk))
    text = visitor.get(SECURITY).text
    assert "Set a password with a code" in text
    assert "old_password" not in text
    assert errors(post(visitor, "change-password", **CHANGE), "password_form").keys() == {"old_password"}


# --- the devices ------------------------------------------------------------------------------------------------------


def test_devices_are_listed_and_this_one_is_named(visitor, other, stranger):
    response = visitor.get(SECURITY)
    assert [is_this for _, _, is_this in response.context["devices"]] == [True, False]
    assert "Safari · iPhone" in response.text
    for session in Session.objects.all():
        assert session.session_key not in response.text


def test_a_session_that_has_expired_is_no_device(visitor, other):
    Session.objects.exclude(session_key=visitor.session.session_key).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )
    assert len(visitor.get(SECURITY).context["devices"]) == 1


def test_a_device_is_logged_out(visitor, other):
    handle = handle_of(Session.objects.get(session_key=other.session.session_key))
    assert post(visitor, "end-device", handle=handle).url == f"{SECURITY}#devices"
    assert (is_in(visitor), is_in(other)) == (True, False)


def test_nobody_logs_out_devices_of_others(visitor):
    host = Client()
    host.force_login(UserFactory())
    handle = handle_of(Session.objects.get(session_key=host.session.session_key))
    post(visitor, "end-device", handle=handle)
    post(visitor, "end-other-devices")
    assert is_in(host)


def test_all_other_devices_are_logged_out_at_once(visitor, other):
    assert post(visitor, "end-other-devices").status_code == 303
    assert (is_in(visitor), is_in(other)) == (True, False)


# --- the keys ---------------------------------------------------------------------------------------------------------


def test_a_new_key_is_shown_once_and_works(visitor, stranger):
    response = post(visitor, "make-key", name="日历")
    key = response.context["new_key"]
    assert f'value="{key}" readonly' in response.text
    assert key not in visitor.get(SECURITY).text
    answer = Client().get("/api/v1.0/user", headers={"Authorization": f"Token {key}"})
    assert answer.json()["data"]["user_id"] == stranger.pk


def test_a_key_needs_a_name_and_there_are_only_so_many(visitor, stranger):
    assert errors(post(visitor, "make-key", name=" "), "key_form").keys() == {"name"}
    for number in range(KEYS_MOST):
        make_key(user=stranger, name=f"{number}")
    response = post(visitor, "make-key", name="日历")
    assert f"You have {KEYS_MOST} keys." in errors(response, "key_form")["name"][0]
    assert 'value="日历"' in response.text


def test_a_key_is_revoked_by_its_owner_only(visitor, stranger):
    make_key(user=stranger, name="mine")
    make_key(user=UserFactory(), name="theirs")
    for key in ApiKey.objects.all():
        assert post(visitor, "revoke-key", handle=handle_of(key)).url == f"{SECURITY}#keys"
    assert [key.name for key in ApiKey.objects.all()] == ["theirs"]


# --- the data, and the end --------------------------------------------------------------------------------------------


def test_my_data_comes_as_a_zip_with_my_name(visitor):
    response = visitor.get(reverse("my-data"))
    with zipfile.ZipFile(BytesIO(b"".join(response))) as bundle:
        assert json.loads(bundle.read("account.json"))["name"] == "赵路人"
    assert response["Content-Disposition"].startswith('attachment; filename="ihome-')


def test_an_account_is_closed_with_its_password(visitor, other, stranger):
    response = visitor.post(reverse("close-account"), {"password": PASSWORD}, follow=True)
    stranger.refresh_from_db()
    assert (stranger.is_active, stranger.mobile) == (False, None)
    assert "Your account is closed" in response.text
    assert (is_in(visitor), is_in(other)) == (False, False)


def test_a_wrong_password_closes_nothing_and_is_said_beside_it(visitor, stranger):
    response = post(visitor, "close-account", password="no")
    assert errors(response, "close_form").keys() == {"password"}
    assert '<details class="more" open>' in response.text
    stranger.refresh_from_db()
    assert stranger.is_active


def test_what_hinders_closing_stands_in_place_of_the_form(visitor, stranger):
    User.objects.update(is_staff=True)
    text = visitor.get(SECURITY).text
    assert "You are a member of staff." in text
    assert "Close my account for good" not in text
    assert "You are a member of staff." in str(errors(post(visitor, "close-account", password=PASSWORD), "close_form"))
