"""Many copies of one request at the same moment: one effect, and one answer for those that get any."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.utils import timezone

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
