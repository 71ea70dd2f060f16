"""Whatever takes an Idempotency-Key happens once, however often it comes, and is answered the same for a day."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from accounts.factories import PASSWORD, UserFactory
from accounts.models import KeptAnswer
from accounts.privacy import close_account
from bookings.tests.keyed import REQUESTS, adds_photo, books, cancels, pays, registers, rejects, submits_identity

pytestmark = pytest.mark.django_db
LATE = timedelta(seconds=1)
each = pytest.mark.parametrize("make", REQUESTS, ids=lambda make: make.__name__)


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["errcode"]


def let_leases_run_out() -> None:
    KeptAnswer.objects.update(leased_until=timezone.now() - LATE)


@each
def test_the_same_request_again_gets_the_first_answer_and_one_effect(make, sms):
    keyed = make(sms)
    first, again = keyed.send(), keyed.send()
    assert told(first) in {(200, "0"), (201, "0")}
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert keyed.effects() == 1


@each
def test_another_body_with_the_same_key_is_4004(make, sms):
    keyed = make(sms)
    first = keyed.send()
    assert told(keyed.send(other=True)) == (409, "4004")
    assert keyed.send().content == first.content
    assert keyed.effects() == 1


@each
def test_a_process_that_died_before_the_answer_was_kept_has_done_it(make, sms):
    keyed = make(sms)
    first = keyed.send()
    KeptAnswer.objects.update(status=None, answer="", leased_until=timezone.now() + timedelta(seconds=30))
    assert told(keyed.send()) == (409, "4004")  # for all one knows it is still at work
    let_leases_run_out()
    again = keyed.send()
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert keyed.effects() == 1
    assert keyed.send().content == first.content


@each
def test_a_process_that_died_before_it_did_anything_is_followed_by_one_that_does(make, sms, monkeypatch):
    keyed = make(sms)
    before = keyed.effects()
    with monkeypatch.context() as dying:
        dying.setattr("accounts.once.answer_and_keep", killed)
        with pytest.raises(SystemExit):
            keyed.send()
    assert keyed.effects() == before
    assert told(keyed.send()) == (409, "4004")
    let_leases_run_out()
    assert told(keyed.send())[1] == "0"
    assert keyed.effects() == 1


def killed(*_: object) -> None:
    raise SystemExit


@each
def test_a_key_that_is_none_is_4103_and_nothing_happens(make, sms):
    keyed = make(sms)
    before = keyed.effects()
    for key in ("", "x" * 256, "钥匙", "a\tb", "\x7f"):
        assert told(keyed.send(key)) == (400, "4103")
    assert (keyed.effects(), KeptAnswer.objects.count()) == (before, 0)
    assert told(keyed.send("~" * 255))[1] == "0"


@each
def test_nothing_is_kept_without_a_key(make, sms):
    assert told(make(sms).send(None))[1] == "0"
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("make", [make for make in REQUESTS if make is not registers], ids=lambda make: make.__name__)
def test_who_is_not_logged_in_is_told_so_whatever_the_key(make, sms, client):
    keyed = make(sms)
    keyed.user = None
    assert told(keyed.send("")) == (401, "4101")
    assert not KeptAnswer.objects.exists()


def test_the_key_of_another_user_is_another_key(sms):
    keyed, stranger = pays(sms), UserFactory()
    assert told(keyed.send()) == (200, "0")
    assert told(keyed.send(user=stranger)) == (404, "4002")
    first, second = books(sms), books(sms)
    assert first.send().json()["data"]["order_id"] != second.send().json()["data"]["order_id"]


def test_a_number_that_registers_has_its_keys_for_itself(sms):
    keyed = registers(sms)
    assert told(keyed.send()) == (201, "0")
    keyed.body = keyed.body | {"mobile": "13900000008"}
    assert told(keyed.send()) == (400, "4106")
    keyed.body = keyed.body | {"mobile": "x"}
    assert told(keyed.send()) == (400, "4103")


def test_an_answer_that_comes_again_logs_nobody_in(sms):
    keyed = registers(sms)
    assert keyed.send().cookies["sessionid"].value
    assert not keyed.send().cookies["sessionid"].value  # the session before is over


def test_after_a_day_the_key_is_new(sms):
    keyed = adds_photo(sms)
    first = keyed.send().json()["data"]
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert keyed.send(other=True).json()["data"]["image_id"] != first["image_id"]
    assert keyed.effects() == 2


def test_the_same_key_elsewhere_on_another_thing_is_another_request(sms):
    one, other = rejects(sms), rejects(sms)
    other.user = one.user
    one.send()
    assert told(other.send()) == (409, "4004")
    assert told(other.send("another key")) == (404, "4002")


def test_a_refusal_leaves_the_key_free(sms):
    keyed = submits_identity(sms)
    right, keyed.body = keyed.body, keyed.body | {"id_card": "1"}
    assert told(keyed.send()) == (400, "4103")
    keyed.body = right
    assert told(keyed.send()) == (200, "0")


def test_what_was_taken_may_be_free_the_next_time(sms):
    keyed, quicker = books(sms), books(sms)
    quicker.body = keyed.body
    quicker.send()
    assert told(keyed.send()) == (409, "4004")
    quicker.path, quicker.method = f"/orders/{quicker.send().json()['data']['order_id']}/status", "put"
    quicker.body = {"action": "cancel"}
    quicker.send()
    assert told(keyed.send()) == (201, "0")


def test_an_error_nobody_foresaw_is_not_kept_and_the_next_try_has_one_effect(sms, monkeypatch):
    keyed = cancels(sms)
    with monkeypatch.context() as failing:
        failing.setattr("bookings.api.OrderViewSet.show", lambda *_: 1 / 0)  # once it has been done
        with pytest.raises(ZeroDivisionError):
            keyed.send()
    assert told(keyed.send()) == (200, "0")
    assert keyed.effects() == 1


def test_a_database_that_goes_away_in_between_is_4001_and_the_next_try_has_one_effect(sms, monkeypatch):
    keyed = adds_photo(sms)
    with monkeypatch.context() as failing:
        failing.setattr("accounts.once.keep_answer", away)
        with pytest.raises(DatabaseError):
            keyed.send()
    let_leases_run_out()
    assert told(keyed.send()) == (201, "0")
    assert keyed.effects() == 1


def away(*_: object, **__: object) -> None:
    raise DatabaseError


def test_neither_body_nor_key_nor_secret_stands_in_the_table(sms):
    keyed = registers(sms)
    keyed.send("my key")
    kept = KeptAnswer.objects.get()
    assert set(json.loads(kept.answer)) == {"user_id", "name"}
    row = str(KeptAnswer.objects.values())
    assert not any(word in row for word in ("my key", "hutong-2026", keyed.body["sms_code"], keyed.body["mobile"]))


def test_kept_answers_go_after_a_day(sms, capsys):
    keyed = cancels(sms)
    keyed.send()
    call_command("clear_expired")
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(days=1))
    call_command("clear_expired")
    assert (KeptAnswer.objects.count(), "1 answers" in capsys.readouterr().out) == (0, True)


def test_whoever_leaves_takes_kept_answers_along(sms):
    keyed = submits_identity(sms)
    keyed.send()
    close_account(user=keyed.user, password=PASSWORD, address="1.2.3.4")
    assert not KeptAnswer.objects.exists()
