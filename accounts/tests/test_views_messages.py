"""The bell, and the pages of one's messages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.factories import MessageFactory
from accounts.messages import unread_count
from accounts.models import Message

PAGE, READ = reverse("messages"), reverse("read-messages")
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
SHOWN = '<a class="told'


@pytest.fixture
def visitor(client, guest):
    client.cookies["django_language"] = "en"
    client.force_login(guest)
    return client


def address(message: Message) -> str:
    return reverse("message", args=[message.pk])


def is_read(message: Message) -> bool:
    message.refresh_from_db()
    return message.read_at is not None


# --- the bell ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "label", "shown"),
    [(0, "Messages", None), (1, "1 new message", "1"), (3, "3 new messages", "3"), (120, "120 new messages", "99+")],
)
def test_the_bell_says_how_many_messages_are_new(visitor, guest, count, label, shown):
    MessageFactory.create_batch(count, user=guest)
    text = visitor.get("/").text
    assert f'href="{PAGE}" aria-label="{label}"' in text
    assert f'aria-hidden="true">{shown}</span>' in text if shown else "bell__count" not in text


def test_the_bell_counts_neither_what_is_read_nor_what_waits_nor_what_is_others(visitor, guest, stranger):
    MessageFactory(user=guest, read_at=timezone.now())
    MessageFactory(user=guest, delivered_at=None, due_at=timezone.now())
    MessageFactory(user=stranger)
    assert 'aria-label="Messages"' in visitor.get("/").text


def test_who_is_not_logged_in_has_no_bell(client, db):
    assert f'href="{PAGE}"' not in client.get("/").text


def test_a_page_without_the_bell_does_not_ask_for_it(client, guest, django_assert_num_queries):
    client.force_login(guest)
    with django_assert_num_queries(2):  # session, user
        client.get("/api/v1.0/session")


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PAGE, READ, "/messages/1"])
def test_messages_ask_to_log_in(client, db, path):
    assert client.get(path).url == f"{reverse('login')}?next={path}"


def test_messages_are_kept_by_no_cache(visitor, guest):
    message = MessageFactory(user=guest)
    for path in (PAGE, READ, address(message)):
        assert "no-store" in visitor.get(path)["Cache-Control"]


def test_without_messages_the_page_says_what_will_be_there(visitor):
    text = visitor.get(PAGE).text
    assert "No messages yet" in text
    assert "Mark all as read" not in text


def test_the_newest_is_first_and_the_new_ones_are_marked(visitor, guest):
    old = MessageFactory(user=guest, delivered_at=NOW, read_at=NOW)
    new = MessageFactory(user=guest, delivered_at=NOW + timedelta(hours=1))
    text = visitor.get(PAGE).text
    assert text.index(f'href="{address(new)}"') < text.index(f'href="{address(old)}"')
    assert text.count("told--new") == text.count("New:") == 1


def test_nobody_sees_what_others_are_told_or_what_has_not_arrived(visitor, guest, stranger):
    MessageFactory(user=stranger)
    MessageFactory(user=guest, delivered_at=None, due_at=timezone.now())
    assert SHOWN not in visitor.get(PAGE).text


def test_there_are_twenty_on_a_page(visitor, guest):
    MessageFactory.create_batch(25, user=guest)
    pages = [visitor.get(PAGE, {"p": number}).text.count(SHOWN) for number in ("1", "2", "9", "x")]
    assert pages == [20, 5, 5, 20]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_as_many_queries_for_one_as_for_many(visitor, guest, count, django_assert_num_queries):
    MessageFactory.create_batch(count, user=guest)
    with django_assert_num_queries(5):  # session, user, count, messages; the bell
        visitor.get(PAGE)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_look_at_the_list_marks_nothing(visitor, guest):
    message = MessageFactory(user=guest)
    visitor.get(PAGE)
    assert not is_read(message)


def test_following_a_message_leads_to_what_it_is_about_and_marks_it(visitor, guest):
    message, other = MessageFactory.create_batch(2, user=guest)
    assert visitor.get(address(message)).url == "/bookings"
    assert (is_read(message), is_read(other)) == (True, False)


def test_a_message_that_is_opened_again_was_read_the_first_time(visitor, guest):
    message = MessageFactory(user=guest, read_at=NOW)
    assert visitor.get(address(message)).status_code == 302
    message.refresh_from_db()
    assert message.read_at == NOW


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}]
)
def test_a_browser_that_looks_ahead_marks_nothing(visitor, guest, headers):
    message = MessageFactory(user=guest)
    assert visitor.get(address(message), headers=headers).status_code == 302
    assert visitor.head(address(message)).status_code == 302
    assert not is_read(message)


def test_nobody_opens_what_others_are_told(visitor, stranger):
    message = MessageFactory(user=stranger)
    assert visitor.get(address(message)).status_code == 404
    assert not is_read(message)


def test_all_that_was_seen_is_marked_at_once(visitor, guest, stranger):
    MessageFactory.create_batch(25, user=guest)
    theirs = MessageFactory(user=stranger)
    until = visitor.get(PAGE).context["seen_at"].isoformat()
    MessageFactory(user=guest)
    answer = visitor.post(READ, {"until": until})
    assert (answer.status_code, answer.url) == (303, PAGE)
    assert (unread_count(guest), is_read(theirs)) == (1, False)


def test_the_page_sends_the_moment_at_which_it_was_made(visitor, guest):
    MessageFactory(user=guest)
    response = visitor.get(PAGE)
    sent = response.text.split('name="until" value="')[1].split('"')[0]
    assert datetime.fromisoformat(sent) == response.context["seen_at"]


def test_a_get_marks_nothing(visitor, guest):
    message = MessageFactory(user=guest)
    assert visitor.get(READ, {"until": timezone.now().isoformat()}).url == PAGE
    assert not is_read(message)
