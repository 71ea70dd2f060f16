"""Identities that are submitted, and sealed anew, at the same moment."""

import collections
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection, connections

from accounts.errors import AlreadySubmitted, IdNumberTaken, NotSubmitted
from accounts.factories import PASSWORD, IdentityFactory, UserFactory
from accounts.identity import decide_identity, masked_number, submit_identity
from accounts.models import Identity, StaffAct
from accounts.numbers import fictitious_number
from accounts.privacy import close_account
from accounts.tests.test_seals import key
from ihome_project.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)
TIMES, ROUNDS = 16, 8


def number(n: int) -> str:
    return fictitious_number(date(1990, 1, 1) + timedelta(days=n))


def submit(user, n: int) -> str:
    return submit_identity(user=user, real_name="赵路人", number=number(n), way=Identity.Way.PAGE).status


def at_once(times: int, act: Callable[[int], object]) -> collections.Counter:
    """Do something many times at the same moment; count what came of it: a refusal's class, or the result."""
    start = Barrier(times)

    def one(n: int) -> object:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return act(n)
        except DomainError as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return collections.Counter(pool.map(one, range(times)))


def test_of_many_submissions_of_one_user_one_wins():
    user = UserFactory()
    assert at_once(TIMES, lambda n: submit(user, n)) == {"verified": 1, AlreadySubmitted: TIMES - 1}
    assert Identity.objects.count() == 1


def test_of_many_users_with_one_number_one_wins():
    users = UserFactory.create_batch(TIMES)
    assert at_once(TIMES, lambda n: submit(users[n], 0)) == {"verified": 1, IdNumberTaken: TIMES - 1}


def test_of_many_decisions_about_one_identity_one_wins():
    identity = IdentityFactory(status=Identity.Status.SUBMITTED, decided_at=None)
    staff = UserFactory.create_batch(TIMES, is_staff=True)

    def decide(n: int) -> str:
        decide_identity(staff=staff[n], identity_id=identity.pk, is_approved=n % 2 == 0, reason="看过了")
        return "decided"

    assert at_once(TIMES, decide) == {"decided": 1, NotSubmitted: TIMES - 1}
    assert StaffAct.objects.get().actor == Identity.objects.get().decided_by


def test_an_account_that_is_closed_while_its_identity_is_submitted_leaves_none_behind():
    for n in range(ROUNDS):
        user = UserFactory()
        acts = [lambda: submit(user, n), lambda: close_account(user=user, password=PASSWORD, address="1.2.3.4")]  # noqa: B023
        at_once(len(acts), lambda k: acts[k]())  # noqa: B023 — done before the next round
        user.refresh_from_db()
        assert user.closed_at
        assert not Identity.objects.exists()


def test_a_rotation_goes_on_while_identities_are_submitted(settings):
    IdentityFactory.create_batch(40)
    users = UserFactory.create_batch(TIMES)
    old = dict(settings.IDENTITY_KEYS)
    settings.IDENTITY_KEYS = {"new": key(3), **old}
    acts = [lambda n: submit(users[n], 4500 + n), lambda _: call_command("rotate_identity_keys")]
    at_once(TIMES, lambda n: acts[n % 4 == 0](n))
    call_command("rotate_identity_keys")
    settings.IDENTITY_KEYS = {"new": key(3)}
    assert all(masked_number(identity) for identity in Identity.objects.all())
    assert Identity.objects.count() == 40 + TIMES - TIMES // 4
