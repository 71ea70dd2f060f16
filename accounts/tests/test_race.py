"""Many at once: what may happen once happens once, whatever the database, and with the cache away."""

import collections
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.codes import Purpose, check_sms_code, send_code
from accounts.errors import (
    MobileTaken,
    NameTaken,
    TooManyTries,
    WrongCredentials,
    WrongSmsCode,
)
from accounts.factories import PASSWORD, UserFactory
from accounts.limits import Limit, Reached, Rule, reserve
from accounts.models import Counter, OneTimeCode, User
from accounts.passwords import authenticate_user, reset_password
from accounts.services import register_user, rename_user
from ihome_project.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 16
MOBILE = "+8613900000001"


@pytest.fixture(params=["cache up", "cache down"], autouse=True)
def _cache(request, settings):
    """As configured, and with a Redis that does not answer."""
    if request.param == "cache down":
        settings.CACHES = {
            "default": {
                "BACKEND": "django_redis.cache.RedisCache",
                "LOCATION": "redis://127.0.0.1:9/0",
                "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2, "IGNORE_EXCEPTIONS": True},
            }
        }


def at_once(times: int, act: Callable[[int], object]) -> collections.Counter:
    """Do something many times on many threads; return how often each outcome came: a refusal's class, or the result."""

    def one(n: int) -> object:
        try:
            return act(n)
        except DomainError as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return collections.Counter(pool.map(one, range(times)))


def send(_: int = 0) -> str:
    send_code(mobile=MOBILE, purpose=Purpose.REGISTER, binding="mine", address="1.2.3.4")
    return "sent"


def check(code: str) -> object:
    return check_sms_code(mobile=MOBILE, purpose=Purpose.REGISTER, binding="mine", code=code)


def test_two_hundred_sends_to_one_number_are_one_message(sms):
    assert at_once(200, send) == {"sent": 1, TooManyTries: 199}
    assert len(sms()) == 1


def test_a_hundred_guesses_at_one_code_are_five(sms):
    send()
    right = sms()[-1]["code"]
    wrong = [guess for guess in (f"{n:06}" for n in range(101)) if guess != right]
    assert at_once(100, lambda n: check(wrong[n])) == {WrongSmsCode: 100}
    assert OneTimeCode.objects.get().tries == 5
    with pytest.raises(WrongSmsCode):
        check(right)


def test_one_code_makes_one_account(sms):
    send()
    code = sms()[-1]["code"]
    outcome = at_once(
        5, lambda _: bool(register_user(mobile=MOBILE, sms_code=code, password="hutong-2026", binding="mine"))
    )
    assert outcome[True] == 1
    assert User.objects.count() == 1


def test_a_hundred_passwords_are_forgotten_and_each_code_is_good_once(sms):
    UserFactory(mobile=MOBILE)

    def reset(_: int) -> bool:
        return bool(reset_password(mobile=MOBILE, sms_code=code, password="hutong-2026", binding="mine"))

    for _ in range(100):
        Counter.objects.all().delete()  # as if a minute had passed
        send_code(mobile=MOBILE, purpose=Purpose.RESET, binding="mine", address="1.2.3.4")
        code = sms()[-1]["code"]
        assert at_once(4, reset) == {True: 1, WrongSmsCode: 3}


def test_codes_in_four_sessions_make_one_account_for_their_number(sms):
    for n in range(4):
        Counter.objects.all().delete()  # as if a minute had passed
        send_code(mobile=MOBILE, purpose=Purpose.REGISTER, binding=str(n), address="1.2.3.4")
    codes = [sent["code"] for sent in sms()]
    outcome = at_once(
        4, lambda n: bool(register_user(mobile=MOBILE, sms_code=codes[n], password="hutong-2026", binding=str(n)))
    )
    assert outcome == {True: 1, MobileTaken: 3}


def test_one_name_is_taken_once():
    users = UserFactory.create_batch(8)
    assert at_once(8, lambda n: rename_user(user=users[n], name="林小满")) == {"林小满": 1, NameTaken: 7}


def test_a_hundred_guesses_at_one_password_are_five():
    UserFactory(mobile=MOBILE)
    outcome = at_once(100, lambda _: authenticate_user(mobile=MOBILE, password="no", address="1.2.3.4"))
    assert outcome == {WrongCredentials: 5, TooManyTries: 95}


def test_the_right_password_is_not_shut_out_at_another_address():
    UserFactory(mobile=MOBILE)
    at_once(20, lambda _: authenticate_user(mobile=MOBILE, password="no", address="1.2.3.4"))
    assert authenticate_user(mobile=MOBILE, password=PASSWORD, address="5.6.7.8").mobile == MOBILE


def test_a_limit_that_many_subjects_share_is_exact():
    site = Rule(50, 3600)

    def act(n: int) -> str:
        try:
            reserve(Limit("site", "", (site,)), Limit("one", str(n), (Rule(1, 60),)))
        except Reached:
            return "refused"
        return "counted"

    assert at_once(120, act) == {"counted": 50, "refused": 70}
