"""Many copies of one request at the same moment, and processes that are killed: one effect, and one answer."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts import once
from accounts.models import KeptAnswer
from bookings.tests.keyed import REQUESTS

THREADS = 12
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(keyed) -> list:
    start = Barrier(THREADS)

    def one(_):
        start.wait(timeout=30)
        return keyed.send()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def check_one_effect(keyed, answers) -> None:
    good = {answer.content for answer in answers if answer.status_code in {200, 201}}
    others = {(answer.status_code, answer.json()["errcode"]) for answer in answers if answer.content not in good}
    assert len(good) == 1
    assert others <= {(409, "4004")}
    assert keyed.effects() == 1


@pytest.mark.parametrize("make", REQUESTS, ids=lambda make: make.__name__)
def test_twelve_copies_have_one_effect(make, sms):
    keyed = make(sms)
    check_one_effect(keyed, at_once(keyed))


@pytest.mark.parametrize("make", REQUESTS, ids=lambda make: make.__name__)
def test_twelve_copies_after_a_death_have_one_effect(make, sms):
    keyed = make(sms)
    keyed.send()
    KeptAnswer.objects.update(status=None, answer="", leased_until=timezone.now())
    check_one_effect(keyed, at_once(keyed))


def killed_at(step: str, keyed) -> None:
    """Send a request in a process of its own, which is killed when it comes to a step."""
    connection.close()  # each process opens its own
    child = os.fork()
    if not child:
        setattr(once, step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        keyed.send()
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


@pytest.mark.parametrize("step", ["answer_and_keep", "keep_answer"], ids=["before it is done", "before it is kept"])
@pytest.mark.parametrize("make", REQUESTS, ids=lambda make: make.__name__)
def test_a_process_that_is_killed_is_followed_by_one_that_ends_it(make, step, sms):
    keyed = make(sms)
    before = keyed.effects()
    killed_at(step, keyed)
    assert keyed.effects() == (before if step == "answer_and_keep" else 1)
    assert keyed.send().status_code == 409
    KeptAnswer.objects.update(leased_until=timezone.now())
    first, again = keyed.send(), keyed.send()
    assert (first.json()["errcode"], first.content) == ("0", again.content)
    assert keyed.effects() == 1
