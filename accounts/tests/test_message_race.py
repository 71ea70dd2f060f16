"""Many workers at once: each message arrives once, whatever the database."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts import messages
from accounts.factories import UserFactory
from accounts.messages import Kind, deliver_messages, register, tell
from accounts.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, PEOPLE = 8, 24


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    monkeypatch.setattr(messages, "_kinds", {})
    register(Kind("asked", "Request %(n)s", sms="Request %(n)s"))


def at_once(act) -> list:
    """Have each worker do it, all from the same moment, and return what they say."""
    ready = Barrier(WORKERS)

    def one(n: int) -> object:
        try:
            ready.wait(10)
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def write(n: int, user, key: str) -> None:
    tell(user=user, kind="asked", key=key, facts={"n": n}, path="/bookings")


def test_eight_workers_deliver_each_message_once(sms):
    for n in range(PEOPLE):
        write(n, UserFactory(), "asked")
    done = at_once(lambda _: deliver_messages())
    assert sum(done) == 2 * PEOPLE  # in the app, and by SMS
    assert Counter(sent["words"] for sent in sms()) == {f"Request {n}": 1 for n in range(PEOPLE)}
    assert set(Message.objects.values_list("sms_state", "sms_tries", "due_at")) == {("sent", 1, None)}


def test_messages_that_are_written_meanwhile_arrive_once_too(sms):
    people = UserFactory.create_batch(WORKERS)

    def write_and_deliver(n: int) -> None:
        for event in range(3):
            write(10 * n + event, people[n], f"asked-{event}")
            deliver_messages()

    at_once(write_and_deliver)
    deliver_messages()
    assert Counter(sent["words"] for sent in sms()).most_common(1)[0][1] == 1
    assert Message.objects.filter(sms_state="sent").count() == len(sms()) == 3 * WORKERS


def test_an_event_that_is_told_by_eight_at_once_is_told_once():
    user = UserFactory()
    at_once(lambda n: write(n, user, "asked"))
    assert Message.objects.count() == 1
