"""What people change of their accounts, when the database drops the transaction or the answer to its commit."""

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from accounts.avatars import unnamed_avatars
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.passwords import change_password
from accounts.services import change_profile, rename_user, set_avatar
from accounts.tests.test_avatars import photo
from ihome_project.db import DEADLOCK, SERVER_LOST

pytestmark = pytest.mark.django_db(transaction=True)
DROPS = pytest.mark.parametrize("number", [DEADLOCK, SERVER_LOST])


def drop_once(monkeypatch, number: int) -> list[int]:
    """Have the next transaction be dropped, or committed without an answer; return what says that it was."""
    leave, dropped = transaction.Atomic.__exit__, []

    def leave_and_drop(atomic: transaction.Atomic, kind: type | None, *more: object) -> None:
        if kind or dropped or connection.savepoint_ids:
            return leave(atomic, kind, *more)
        dropped.append(number)
        error = OperationalError(number, "dropped")
        leave(atomic, *((None, None, None) if number == SERVER_LOST else (OperationalError, error, None)))
        raise error

    monkeypatch.setattr(transaction.Atomic, "__exit__", leave_and_drop)
    return dropped


@DROPS
def test_a_name_is_changed_nevertheless(guest, monkeypatch, number):
    dropped = drop_once(monkeypatch, number)
    assert rename_user(user=guest, name="胡同猫") == "胡同猫"
    assert (dropped, User.objects.get(pk=guest.pk).name) == ([number], "胡同猫")


@DROPS
def test_a_profile_is_changed_nevertheless(guest, monkeypatch, number):
    dropped = drop_once(monkeypatch, number)
    change_profile(user=guest, name="胡同猫", about="爱喝茶")
    kept = User.objects.get(pk=guest.pk)
    assert (dropped, kept.name, kept.about) == ([number], "胡同猫", "爱喝茶")


@DROPS
def test_an_avatar_is_shown_nevertheless_and_the_one_before_goes(guest, monkeypatch, number):
    set_avatar(user=guest, picture=photo())
    dropped, before = drop_once(monkeypatch, number), guest.avatar
    set_avatar(user=guest, picture=photo())
    kept = User.objects.get(pk=guest.pk).avatar
    assert (dropped, kept) == ([number], guest.avatar)
    assert (default_storage.exists(kept), default_storage.exists(before)) == (True, False)
    assert list(unnamed_avatars()) == []


@DROPS
def test_a_password_is_changed_nevertheless(guest, client, monkeypatch, number):
    client.force_login(guest)
    monkeypatch.setattr("accounts.passwords.verify_password", lambda **_: None)  # it writes what it counts before
    dropped = drop_once(monkeypatch, number)
    change_password(user=guest, old=PASSWORD, new="hutong-2026", address="1.2.3.4", session_key=None)
    assert dropped == [number]
    assert User.objects.get(pk=guest.pk).check_password("hutong-2026")
    assert not guest.sessions.exists()
