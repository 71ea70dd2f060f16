"""Passwords: who knows one, how often one may guess, how one changes."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.codes import ImageAnswer, Purpose, send_code
from accounts.errors import (
    ImageCodeNeeded,
    InvalidMobile,
    NoPassword,
    NoSuchAccount,
    TooManyTries,
    UserInactive,
    WeakPassword,
    WrongCredentials,
    WrongImageCode,
    WrongPassword,
    WrongSmsCode,
)
from accounts.factories import PASSWORD, UserFactory
from accounts.models import ApiKey, Session
from accounts.passwords import (
    authenticate_user,
    change_password,
    check_new_password,
    needs_image_code,
    reset_password,
    verify_password,
)
from accounts.services import make_key
from accounts.tests.pictures import read_picture

HERE, NEW = "1.2.3.4", "hutong-2026"
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def authenticate(mobile="13800138002", password=PASSWORD, address=HERE, **picture):
    return authenticate_user(mobile=mobile, password=password, address=address, **picture)


def test_number_and_password_that_belong_together_are_a_user(guest):
    assert authenticate("138 0013 8002") == guest


@pytest.mark.parametrize("mobile", ["13800138002", "13800138009"], ids=["known", "unknown"])
def test_nobody_learns_whether_a_number_is_known(guest, mobile):
    with pytest.raises(WrongCredentials):
        authenticate(mobile, "not-this-one")


@pytest.mark.parametrize("mobile", ["13800138002", "13800138009"], ids=["known", "unknown"])
def test_an_unknown_number_costs_one_hashing_as_a_known_one_does(guest, mobile, monkeypatch):
    hashed = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or real(*args))
    with pytest.raises(WrongCredentials):
        authenticate(mobile, "not-this-one")
    assert len(hashed) == 1


def test_an_inactive_user_is_told_so(guest):
    deactivate(guest)
    with pytest.raises(UserInactive):
        authenticate()


def test_only_the_password_shows_that_a_user_is_inactive(guest):
    deactivate(guest)
    with pytest.raises(WrongCredentials):
        authenticate(password="not-this-one")


def test_what_is_no_number_is_refused_as_such():
    with pytest.raises(InvalidMobile):
        authenticate("12345")


def guess(times: int, *, address=HERE, mobile="13800138002") -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            authenticate(mobile, "not-this-one", address)


def test_after_five_wrong_ones_the_right_one_waits_a_quarter_of_an_hour(guest):
    with time_machine.travel(NOON, tick=False) as clock:
        guess(5)
        with pytest.raises(TooManyTries):
            authenticate()
        clock.shift(899)
        with pytest.raises(TooManyTries):
            authenticate()
        clock.shift(1)
        assert authenticate() == guest


def test_the_right_password_clears_what_was_counted(guest):
    for _ in range(3):
        guess(4)
        assert authenticate() == guest


def test_nobody_else_is_shut_out(guest, host):
    guess(5)
    assert authenticate(address="5.6.7.8") == guest
    assert authenticate("13800138001") == host


def test_an_address_with_a_hundred_wrong_ones_answers_a_picture_first_and_not_for_ever(guest):
    with time_machine.travel(NOON, tick=False) as clock:
        for n in range(20):
            guess(5, mobile=f"139000000{n:02}")
        assert needs_image_code(HERE)
        with pytest.raises(ImageCodeNeeded):
            authenticate()
        clock.shift(3600)
        assert not needs_image_code(HERE)
        assert authenticate() == guest


def test_the_picture_of_such_an_address_must_be_answered_rightly(guest):
    for n in range(20):
        guess(5, mobile=f"139000000{n:02}")
    with pytest.raises(WrongImageCode):
        authenticate(binding="mine", image=ImageAnswer("a", "????"))
    assert authenticate(binding="mine", image=ImageAnswer("a", read_picture("a", "mine"))) == guest


def test_right_passwords_do_not_count_against_an_address(guest):
    for _ in range(101):
        authenticate()
    assert not needs_image_code(HERE)


def test_the_password_that_is_asked_for_again_is_guessed_five_times_too(guest):
    for _ in range(5):
        with pytest.raises(WrongPassword):
            verify_password(user=guest, password="not-this-one", address=HERE)
    with pytest.raises(TooManyTries):
        verify_password(user=guest, password=PASSWORD, address=HERE)


def test_who_has_no_password_is_told_so():
    with pytest.raises(NoPassword):
        verify_password(user=UserFactory(password="!"), password="", address=HERE)


@pytest.mark.parametrize("password", ["", "short-1", "12345678901", "password123"])
def test_a_password_that_is_easy_to_guess_is_refused(password):
    with pytest.raises(WeakPassword) as refused:
        check_new_password(password)
    assert str(refused.value)


def change(guest, old=PASSWORD, new=NEW, session_key=None):
    change_password(user=guest, old=old, new=new, address=HERE, session_key=session_key)


def test_a_new_password_ends_the_other_sessions(guest, client):
    client.force_login(guest)
    client.cookies.clear()
    client.force_login(guest)
    change(guest, session_key=client.session.session_key)
    assert Session.objects.get().session_key == client.session.session_key
    assert authenticate(password=NEW) == guest


@pytest.mark.parametrize(("old", "new", "refusal"), [("no", NEW, WrongPassword), (PASSWORD, "12345678", WeakPassword)])
def test_a_password_is_changed_by_who_knows_it_to_one_that_is_good(guest, old, new, refusal):
    with pytest.raises(refusal):
        change(guest, old, new)
    assert authenticate() == guest


def reset(sms, mobile="+8613800138002", password=NEW, code=None):
    send_code(mobile=mobile, purpose=Purpose.RESET, binding="mine", address=HERE)
    sms_code = code or sms()[-1]["code"]
    return reset_password(mobile=mobile, sms_code=sms_code, password=password, binding="mine")


def test_a_forgotten_password_is_set_anew_and_ends_all_sessions_and_keys(guest, client, sms):
    client.force_login(guest)
    make_key(user=guest, name="of a thief")
    assert reset(sms) == guest
    assert not Session.objects.exists()
    assert not ApiKey.objects.exists()
    assert authenticate(password=NEW) == guest


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code": "abcdef"}, WrongSmsCode),
        ({"password": "12345678"}, WeakPassword),
        ({"mobile": "+8613900000001"}, NoSuchAccount),
    ],
)
def test_a_reset_that_is_refused_changes_nothing(guest, sms, changes, refusal):
    with pytest.raises(refusal):
        reset(sms, **changes)
    assert authenticate() == guest


def test_an_inactive_user_sets_no_new_password(guest, sms):
    deactivate(guest)
    with pytest.raises(UserInactive):
        reset(sms)


def deactivate(user):
    user.is_active = False
    user.save()
