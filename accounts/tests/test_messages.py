"""What people are told: written with the event, delivered once, in the app and by SMS."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.text import format_lazy

from accounts import messages
from accounts.errors import SmsFailed, SmsUnanswered
from accounts.limits import HOUR, Limit, Reached, Rule, release, reserve, sms_budget
from accounts.messages import (
    Kind,
    deliver_messages,
    icon_of,
    mark_all_read,
    mark_read,
    register,
    tell,
    unread_count,
    words_of,
)
from accounts.models import Counter, Message, User
from ihome_project.templatetags.ihome import short_day

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
FACTS = {"title": "柿子树下的小院", "day": "2026-12-04"}
Sms = Message.Sms


class Pigeon:
    """A provider that does as it is told: takes a text, refuses it, or does not answer."""

    sends_notices = True
    sent: list[tuple[str, str]] = []
    refusal: Exception | None = None

    def send_notice(self, *, mobile: str, words: str) -> None:
        if self.refusal:
            raise self.refusal
        self.sent.append((mobile, words))


@pytest.fixture
def pigeon(settings, monkeypatch):
    settings.SMS_PROVIDER = "accounts.tests.test_messages.Pigeon"
    monkeypatch.setattr(Pigeon, "sent", [])
    monkeypatch.setattr(Pigeon, "refusal", None)
    return Pigeon


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelled:
        yield travelled


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    """Kinds as an app registers them: one for the app alone, one by SMS too."""
    monkeypatch.setattr(messages, "_kinds", {})
    register(Kind("done", format_lazy("{}", "Done: %(title)s"), "check"))
    register(Kind("asked", "%(title)s on %(day)s", "bell", "%(title)s, %(day)s", show=in_words))


def in_words(facts: dict) -> dict:
    return facts | {"day": short_day(date.fromisoformat(facts["day"]))}


def say(user, kind="asked", key="booking-1-asked", facts=FACTS, path="/bookings/1") -> Message:
    tell(user=user, kind=kind, key=key, facts=facts, path=path)
    return Message.objects.get(user=user, key=key)


def told(message: Message) -> Message:
    deliver_messages()
    message.refresh_from_db()
    return message


def texts(sms) -> list[str]:
    return [sent["words"] for sent in sms() if sent["purpose"] == "notice"]


# --- the outbox -------------------------------------------------------------------------------------------------------


def test_a_message_goes_with_its_transaction(guest):
    with transaction.atomic():
        say(guest)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_one_event_is_told_to_each_person_once(guest, host):
    for person in (guest, host, guest):
        say(person)
    assert Message.objects.count() == 2


def test_the_same_event_again_changes_nothing(guest):
    first = told(say(guest))
    again = say(guest, facts={"title": "另一处", "day": "2027-01-01"})
    assert (again.facts, again.delivered_at) == (FACTS, first.delivered_at)


@pytest.mark.parametrize("closed", [False, True])
def test_who_is_not_active_is_told_nothing(guest, closed):
    guest.is_active = False
    if closed:
        guest.mobile, guest.closed_at = None, NOW
    tell(user=guest, kind="asked", key="x", facts=FACTS, path="/bookings")
    assert not Message.objects.exists()


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x", ""])
def test_a_message_leads_nowhere_else(guest, path):
    with pytest.raises(ValueError, match=r"^"):
        say(guest, path=path)


def test_a_kind_that_nobody_registered_is_a_mistake(guest):
    with pytest.raises(KeyError):
        say(guest, kind="forgotten")


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"read_at": NOW}, "only_a_delivered_message_is_read"),
        ({"due_at": None}, "a_message_is_due_while_something_is_left_to_do"),
        ({"delivered_at": NOW, "sms_state": "sent"}, "a_message_is_due_while_something_is_left_to_do"),
        ({"path": "//elsewhere.example"}, "a_message_leads_to_a_page_of_this_site"),
        ({"path": "https://elsewhere.example"}, "a_message_leads_to_a_page_of_this_site"),
    ],
)
def test_the_database_holds_what_is_always_true(guest, wrong, rule):
    message = say(guest)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**wrong)


# --- the words --------------------------------------------------------------------------------------------------------


def test_facts_are_said_in_the_readers_language(guest):
    message = say(guest)
    assert words_of(message) == "柿子树下的小院 on 12月4日"
    with translation.override("en"):
        assert words_of(message) == "柿子树下的小院 on 4 Dec"


@pytest.mark.parametrize("facts", [{}, {"title": "x"}, {"title": "x", "day": "soon"}, {"title": "x", "day": None}])
def test_facts_that_do_not_fit_break_no_page(guest, facts):
    with translation.override("en"):
        assert words_of(say(guest, facts=facts)) == "Something has changed. Open it to see what."


def test_a_kind_of_another_version_is_shown_all_the_same(guest):
    message = say(guest)
    message.kind = "of_later"
    with translation.override("en"):
        assert words_of(message) == "Something has changed. Open it to see what."
    assert icon_of(message) == "bell"


# --- in the app -------------------------------------------------------------------------------------------------------


def test_a_message_is_seen_once_it_is_delivered(guest):
    message = say(guest, "done")
    assert unread_count(guest) == 0
    assert deliver_messages() == 1
    assert unread_count(guest) == 1
    assert told(message).due_at is None


def test_nothing_is_delivered_twice(guest, sms):
    first = told(say(guest)).delivered_at
    assert deliver_messages() == 0
    assert told(Message.objects.get()).delivered_at == first
    assert len(texts(sms)) == 1


def test_a_round_delivers_as_many_as_it_is_asked_to(guest):
    for n in range(5):
        say(guest, "done", key=str(n))
    assert [deliver_messages(2) for _ in range(4)] == [2, 2, 1, 0]


def test_what_was_written_while_an_account_was_closed_goes(guest, sms):
    say(guest)
    User.objects.filter(pk=guest.pk).update(mobile=None, is_active=False, closed_at=NOW)
    assert deliver_messages() == 0
    assert (Message.objects.count(), texts(sms)) == (0, [])


def test_one_message_is_read_and_nobody_elses(guest, host):
    mine, theirs = told(say(guest)), told(say(host))
    mark_read(user=guest, message_id=theirs.pk)
    assert (unread_count(guest), unread_count(host)) == (1, 1)
    mark_read(user=guest, message_id=mine.pk)
    assert (unread_count(guest), unread_count(host)) == (0, 1)


def test_what_arrives_after_a_look_stays_new(guest, host, clock):
    for person in (guest, host):
        told(say(person, key="before"))
    clock.shift(timedelta(seconds=2))
    told(say(guest, key="after"))
    mark_all_read(user=guest, until=NOW + timedelta(seconds=1))
    assert (unread_count(guest), unread_count(host)) == (1, 1)


# --- by SMS -----------------------------------------------------------------------------------------------------------


def test_a_text_is_in_the_sites_language_whatever_the_workers(guest, sms):
    say(guest)
    with translation.override("en"):
        deliver_messages()
    assert texts(sms) == ["柿子树下的小院, 12月4日"]
    assert sms()[-1]["mobile"] == "138****8002"


def test_a_kind_without_a_text_is_shown_in_the_app_only(guest, sms):
    assert told(say(guest, "done")).sms_state == Sms.NONE
    assert sms() == []


def test_a_provider_that_sends_no_notices_sends_none(guest, pigeon, monkeypatch):
    monkeypatch.setattr(pigeon, "sends_notices", False)
    assert told(say(guest)).sms_state == Sms.NONE


def test_a_provider_that_no_longer_sends_notices_keeps_nothing_waiting(guest, pigeon, monkeypatch):
    message = say(guest)
    monkeypatch.setattr(pigeon, "sends_notices", False)
    assert (told(message).sms_state, message.due_at, pigeon.sent) == (Sms.NONE, None, [])


def test_a_text_goes_to_the_number_that_somebody_has_now(guest, pigeon):
    say(guest)
    User.objects.filter(pk=guest.pk).update(mobile="+8613800138009")
    deliver_messages()
    assert [mobile for mobile, _ in pigeon.sent] == ["+8613800138009"]


def test_a_refusal_delays_a_text_and_not_the_message(guest, pigeon, clock):
    pigeon.refusal = SmsFailed(said="isv.AMOUNT_NOT_ENOUGH")
    message = told(say(guest))
    assert (message.delivered_at, unread_count(guest)) == (NOW, 1)
    assert (message.sms_state, message.sms_said, message.sms_tries) == (Sms.DUE, "isv.AMOUNT_NOT_ENOUGH", 1)
    pigeon.refusal = None
    assert told(message).sms_state == Sms.DUE
    clock.shift(timedelta(minutes=1))
    assert (told(message).sms_state, message.sms_said, len(pigeon.sent)) == (Sms.SENT, "", 1)


def test_pauses_grow_to_an_hour_and_end_after_three_days(guest, pigeon, clock):
    pigeon.refusal, message, pauses = SmsFailed(said="Throttling"), say(guest), []
    while told(message).sms_state == Sms.DUE:
        pauses.append(message.due_at - datetime.now(UTC))
        clock.move_to(message.due_at)
    assert pauses[:8] == [timedelta(minutes=least) for least in (1, 2, 4, 8, 16, 32, 60, 60)]
    assert (message.sms_state, message.sms_said, message.due_at) == (Sms.GIVEN_UP, "Throttling", None)
    assert timedelta(days=3) < datetime.now(UTC) - NOW < timedelta(days=3, hours=1)


def test_a_provider_that_is_down_is_asked_three_times_a_round(guest, pigeon):
    for n in range(5):
        say(guest, key=str(n))
    pigeon.refusal = SmsFailed(said="TimeoutError")
    deliver_messages()
    assert Message.objects.filter(sms_tries=1).count() == 3
    assert Message.objects.filter(delivered_at=None).count() == 0


def test_a_text_that_may_have_been_sent_is_never_sent_again(guest, pigeon, clock):
    pigeon.refusal = SmsUnanswered(said="TimeoutError")
    message = told(say(guest))
    pigeon.refusal = None
    clock.shift(timedelta(days=1))
    assert (told(message).sms_state, message.sms_said, pigeon.sent) == (Sms.UNKNOWN, "TimeoutError", [])


def test_a_worker_that_is_killed_while_it_sends_may_have_sent(guest, pigeon, clock):
    pigeon.refusal = KeyboardInterrupt()
    message = say(guest)
    with pytest.raises(KeyboardInterrupt):
        deliver_messages()
    pigeon.refusal = None
    assert told(message).sms_state == Sms.SENDING
    clock.shift(timedelta(minutes=2))
    assert (told(message).sms_state, message.due_at, pigeon.sent) == (Sms.UNKNOWN, None, [])


def test_who_has_read_it_needs_no_text_any_more(guest, pigeon, clock):
    pigeon.refusal = SmsFailed(said="TimeoutError")
    message = told(say(guest))
    mark_read(user=guest, message_id=message.pk)
    pigeon.refusal = None
    clock.shift(timedelta(minutes=1))
    assert (told(message).sms_state, pigeon.sent) == (Sms.NONE, [])


def test_who_was_deactivated_gets_no_text(guest, pigeon):
    message = say(guest)
    User.objects.filter(pk=guest.pk).update(is_active=False)
    assert (told(message).sms_state, pigeon.sent) == (Sms.NONE, [])


# --- the budget -------------------------------------------------------------------------------------------------------


def test_a_spent_budget_delays_texts_and_loses_none(guest, pigeon, settings, clock):
    settings.SMS_HOURLY_BUDGET = 4
    for n in range(5):
        say(guest, key=str(n))
    deliver_messages()
    assert len(pigeon.sent) == 2
    assert set(Message.objects.filter(sms_state=Sms.DUE).values_list("sms_said", "sms_tries")) == {
        ("SMS_HOURLY_BUDGET", 0)
    }
    for _ in range(2):
        clock.shift(timedelta(hours=1))
        deliver_messages()
    assert len(pigeon.sent) == 5


def test_notices_leave_half_of_the_budget_to_codes(guest, pigeon, settings):
    settings.SMS_HOURLY_BUDGET = 4
    for n in range(5):
        say(guest, key=str(n))
    deliver_messages()
    reserve(sms_budget())
    reserve(sms_budget())
    with pytest.raises(Reached):
        reserve(sms_budget())


def test_codes_that_spend_the_budget_delay_notices(guest, pigeon, settings):
    settings.SMS_HOURLY_BUDGET = 2
    moments = [reserve(sms_budget()) for _ in range(2)]
    assert told(say(guest)).sms_state == Sms.DUE
    release(moments[0], sms_budget())
    Message.objects.update(due_at=NOW - timedelta(days=1))
    assert told(Message.objects.get()).sms_state == Sms.SENT


def test_a_text_that_was_not_taken_is_not_counted(guest, pigeon):
    pigeon.refusal = SmsFailed(said="TimeoutError")
    told(say(guest))
    assert all(counter.moments == [] for counter in Counter.objects.all())


def test_a_notice_counts_toward_no_limit_of_codes(guest, pigeon):
    told(say(guest))
    reserve(Limit("sms_mobile", guest.mobile, (Rule(1, HOUR),)))


# --- what is old ------------------------------------------------------------------------------------------------------


def test_old_messages_are_cleared(guest, capsys, clock):
    read, unread = told(say(guest, key="read")), told(say(guest, key="unread"))
    mark_read(user=guest, message_id=read.pk)
    clock.shift(timedelta(days=179))
    call_command("clear_expired")
    assert Message.objects.count() == 2
    clock.shift(timedelta(days=3))
    call_command("clear_expired")
    assert list(Message.objects.all()) == [unread]
    clock.shift(timedelta(days=365))
    call_command("clear_expired")
    assert not Message.objects.exists()
    assert "1 messages" in capsys.readouterr().out
