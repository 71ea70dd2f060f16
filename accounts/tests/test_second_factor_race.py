"""One code of the second factor, used many times at the same moment."""

import pytest

from accounts.errors import WrongSecondFactor
from accounts.factories import UserFactory
from accounts.second_factor import enrol, make_backup_codes, new_authenticator, verify
from accounts.tests.test_identity_race import at_once
from accounts.tests.test_second_factor import code_of, typed

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5  # as many as may be tried


@pytest.fixture
def staff():
    user = UserFactory(is_staff=True)
    new_authenticator(user)
    return user


def test_of_two_pages_opened_at_once_one_makes_the_authenticator():
    user = UserFactory(is_staff=True)
    assert len(at_once(TIMES, lambda _: new_authenticator(user).pk)) == 1


def test_it_is_set_up_once_however_often_a_code_comes(staff):
    code = code_of(staff)
    assert at_once(TIMES, lambda _: len(enrol(user=staff, code=code)[1])) == {10: 1, WrongSecondFactor: TIMES - 1}


def test_a_backup_code_passes_once(staff):
    code = typed(enrol(user=staff, code=code_of(staff))[1][0])
    assert at_once(TIMES, lambda _: verify(user=staff, code=code).pk).pop(WrongSecondFactor) == TIMES - 1


def test_a_code_of_the_app_passes_once(staff):
    enrol(user=staff, code=code_of(staff))
    code = code_of(staff, steps=1)
    assert at_once(TIMES, lambda _: verify(user=staff, code=code).pk).pop(WrongSecondFactor) == TIMES - 1


def test_of_new_backup_codes_made_at_once_one_set_is_left(staff):
    codes = enrol(user=staff, code=code_of(staff))[1]
    made = {}

    def make(n: int) -> str:
        made[n] = make_backup_codes(user=staff, code=typed(codes[n]))
        return "made"

    assert sum(at_once(3, make).values()) == 3
    left = [new for new in made.values() if passes(staff, new[0])]
    assert len(left) == 1


def passes(user, code: str) -> bool:
    try:
        return bool(verify(user=user, code=typed(code)))
    except WrongSecondFactor:
        return False
