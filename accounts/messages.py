"""What people are told: written to an outbox in the transaction of the event, delivered later, each once.

Each app puts the kinds of what it tells into the registry when it is ready, so that accounts need not know them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Case, DateTimeField, F, Value, When
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import sms
from accounts.errors import SmsFailed, SmsUnanswered
from accounts.limits import HOUR, Limit, Reached, Rule, release, reserve, sms_budget
from accounts.models import Message, User
from accounts.models.messages import SAID_MOST
from ihome_project.db import retry_transaction

Sms = Message.Sms
LEASE = timedelta(minutes=2)  # many times what a provider may take: who has said nothing by then was killed
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
PATIENCE = 3  # refusals on end after which a provider is taken to be down, and left alone until the next round
NOTICE_SHARE = 2  # notices have half of the budget at most, so that people can always log in

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Kind:
    """One kind of message: its sentence in the app, its icon (Lucide), and its sentence by SMS, "" for none.

    Both sentences are translated lazily and have `%(…)s` placeholders, filled with what `show` makes of the facts: it
    turns what is stored (ISO dates, fen) into words of the language that is active when it is called.
    """

    name: str
    words: str | Promise
    icon: str = "bell"
    sms: str | Promise = ""
    show: Callable[[dict[str, Any]], Mapping[str, object]] = dict

    def fill(self, sentence: str | Promise, facts: dict[str, Any]) -> str:
        """Return a sentence with the facts in it, or nothing where they do not fit: no page breaks for a message."""
        try:
            return str(sentence) % self.show(facts)
        except (KeyError, TypeError, ValueError):
            log.exception("message.unreadable", kind=self.name)
            return ""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Put a kind into the registry, in the place of one of the same name."""
    _kinds[kind.name] = kind


def words_of(message: Message) -> str:
    """Return what a message says, in the reader's language."""
    kind = _kinds.get(message.kind)
    words = kind.fill(kind.words, message.facts) if kind else ""
    return words or _("Something has changed. Open it to see what.")


def icon_of(message: Message) -> str:
    """Return the name of a message's icon."""
    return _kinds[message.kind].icon if message.kind in _kinds else "bell"


def has_sms(name: str) -> bool:
    """Tell whether messages of a kind go by SMS too, on this site."""
    kind = _kinds.get(name)
    return bool(kind and kind.sms) and sms.provider().sends_notices


def tell(*, user: User, kind: str, key: str, facts: Mapping[str, Any], path: str) -> None:
    """Write to the outbox that a person is to be told of an event, in the transaction of what happened.

    `key` names the event: the same one again changes nothing. `facts` is plain JSON without a name, a number, a code
    or an address; `path` is the page it leads to. Who is not active is told nothing. Raises KeyError for a kind that
    is not registered, ValueError for a path that leads elsewhere.
    """
    if kind not in _kinds:
        raise KeyError(kind)
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        raise ValueError(path)
    if not user.is_active:
        return
    said = {"kind": kind, "facts": dict(facts), "path": path, "sms_state": Sms.DUE if has_sms(kind) else Sms.NONE}
    Message.objects.get_or_create(user=user, key=key, defaults=said)


def unread_count(user: User) -> int:
    """Return how many messages have arrived with a person and are not read."""
    return Message.objects.shown_to(user).unread().count()


def mark_read(*, user: User, message_id: int) -> None:
    """Note that a person has read one of their messages."""
    Message.objects.shown_to(user).unread().filter(pk=message_id).update(read_at=timezone.now())


def mark_all_read(*, user: User, until: datetime) -> None:
    """Note that a person has read what had arrived at some moment: what came later they have not seen."""
    Message.objects.shown_to(user).unread().filter(delivered_at__lte=until).update(read_at=timezone.now())


def deliver_messages(most: int = 100) -> int:
    """Deliver what is due, at most so many in the app and so many by SMS, and return how many these were.

    Any number of workers may do so at once, outside of transactions: each message arrives once. A text that the
    provider refuses is tried again after a growing pause, and given up after some days; one of which nobody knows
    whether it was sent is never sent again.
    """
    return _deliver_in_app(most) + _send_texts(most)


@retry_transaction
def _deliver_in_app(most: int) -> int:
    now = timezone.now()
    outbox = list(Message.objects.filter(delivered_at=None).due(now).values_list("pk", flat=True)[:most])
    waiting = Message.objects.filter(pk__in=outbox, delivered_at=None)
    # Closing an account erases its messages; one that was being written at that very moment stays behind.
    waiting.filter(user__closed_at__isnull=False).delete()
    nothing = Value(None, output_field=DateTimeField())
    return waiting.update(delivered_at=now, due_at=Case(When(sms_state=Sms.NONE, then=nothing), default=F("due_at")))


def _send_texts(most: int) -> int:
    now, done, refusals = timezone.now(), 0, 0
    _forget_lost(now)
    due = Message.objects.filter(sms_state=Sms.DUE, delivered_at__isnull=False).due(now)
    for pk, due_at in due.values_list("pk", "due_at")[:most]:
        if message := _claim(pk, due_at):
            done += 1
            refusals = 0 if _send_text(message) else refusals + 1
            if refusals == PATIENCE:
                break
    return done


@retry_transaction
def _forget_lost(now: datetime) -> None:
    """Send no more what a worker was sending when it was killed: it may have arrived."""
    lost = Message.objects.filter(sms_state=Sms.SENDING, due_at__lte=now)
    lost.update(sms_state=Sms.UNKNOWN, due_at=None, sms_said="interrupted")


@retry_transaction
def _claim(pk: int, due_at: datetime | None) -> Message | None:
    """Return a message to be sent by this worker and by no other, or nothing when another one has it."""
    mine = Message.objects.filter(pk=pk, sms_state=Sms.DUE, due_at=due_at)
    if not mine.update(sms_state=Sms.SENDING, due_at=timezone.now() + LEASE):
        return None
    return Message.objects.select_related("user").filter(pk=pk).first()


def _send_text(message: Message) -> bool:
    """Send the text of a claimed message, and write down what came of it; False when it could not be sent."""
    try:
        state = _hand_over(message)
    except Reached as reached:
        log.warning("sms.budget_spent", budget=reached.limit.purpose, seconds=reached.seconds)
        _settle(message, Sms.DUE, "SMS_HOURLY_BUDGET", pause=timedelta(seconds=reached.seconds), tried=0)
    except SmsUnanswered as error:
        _settle(message, Sms.UNKNOWN, _said(error))
    except SmsFailed as error:
        _postpone(message, _said(error))
    else:
        _settle(message, state)
        return True
    return False


def _hand_over(message: Message) -> Sms:
    """Give the provider a text, within the budget, and return how it stands then; who has read the message needs none.

    Raises Reached, SmsUnanswered or SmsFailed; what was not taken is not counted.
    """
    provider, words = sms.provider(), _text_of(message)
    if message.read_at or not message.user.is_active or not provider.sends_notices:
        return Sms.NONE
    if not words:
        raise SmsFailed(said="no words")
    budget = sms_budget()
    limits = budget, Limit("sms_notices", "", (Rule(max(1, budget.kept // NOTICE_SHARE), HOUR),))
    moment = reserve(*limits)
    try:
        provider.send_notice(mobile=str(message.user.mobile), words=words)
    except SmsUnanswered:
        raise
    except SmsFailed:
        release(moment, *limits)
        raise
    return Sms.SENT


def _text_of(message: Message) -> str:
    """Return the sentence for a phone: in the site's language, for nobody knows another one of its reader's."""
    kind = _kinds.get(message.kind)
    with translation.override(settings.LANGUAGE_CODE):
        return kind.fill(kind.sms, message.facts) if kind else ""


def _said(error: SmsFailed) -> str:
    return str(error.facts.get("said", ""))


def _postpone(message: Message, said: str) -> None:
    """Try again after twice the pause of before, or give up."""
    if timezone.now() - message.created_at > GIVE_UP_AFTER:
        log.error("message.given_up", message=message.pk, said=said)
        _settle(message, Sms.GIVEN_UP, said)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(message.sms_tries, 10))
    _settle(message, Sms.DUE, said, pause=pause)


@retry_transaction
def _settle(message: Message, state: str, said: str = "", *, pause: timedelta | None = None, tried: int = 1) -> None:
    """Write down what came of a text, unless its lease was over before."""
    mine = Message.objects.filter(pk=message.pk, sms_state=Sms.SENDING, due_at=message.due_at)
    mine.update(
        sms_state=state,
        sms_said=said[:SAID_MOST],
        sms_tries=F("sms_tries") + tried,
        due_at=None if pause is None else timezone.now() + pause,
    )
