"""Who somebody is."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.errors import InvalidMobile, UserInactive, WrongCredentials
from accounts.factories import PASSWORD
from accounts.services import authenticate_user


def test_number_and_password_that_belong_together_are_a_user(guest):
    assert authenticate_user(mobile="138 0013 8002", password=PASSWORD) == guest


@pytest.mark.parametrize("mobile", ["13800138002", "13800138009"], ids=["known", "unknown"])
def test_nobody_learns_whether_a_number_is_known(guest, mobile):
    with pytest.raises(WrongCredentials):
        authenticate_user(mobile=mobile, password="not-this-one")


@pytest.mark.parametrize("mobile", ["13800138002", "13800138009"], ids=["known", "unknown"])
def test_an_unknown_number_costs_one_hashing_as_a_known_one_does(guest, mobile, monkeypatch):
    hashed = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or real(*args))
    with pytest.raises(WrongCredentials):
        authenticate_user(mobile=mobile, password="not-this-one")
    assert len(hashed) == 1


def test_an_inactive_user_is_told_so(guest):
    deactivate(guest)
    with pytest.raises(UserInactive):
        authenticate_user(mobile=guest.mobile, password=PASSWORD)


def test_only_the_password_shows_that_a_user_is_inactive(guest):
    deactivate(guest)
    with pytest.raises(WrongCredentials):
        authenticate_user(mobile=guest.mobile, password="not-this-one")


def test_what_is_no_number_is_refused_as_such():
    with pytest.raises(InvalidMobile):
        authenticate_user(mobile="12345", password=PASSWORD)


def deactivate(user):
    user.is_active = False
    user.save()
