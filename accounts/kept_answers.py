"""Requests that come again under a key of their client's: one effect, and the first answer for a day.

Three phases, each for itself: claim the key, do what is asked, keep the answer. A process may die between any two. Then
the claim's lease runs out, and the next run gets the same effect key: by it each service knows what it has done
already. A key is its user's and its operation's; path and body under it are the same, or it is refused.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import KeyReused, StillAnswering
from accounts.limits import digest_of
from accounts.models import KeptAnswer
from ihome_project.db import retry_transaction

LASTS = timedelta(days=1)
LEASE = timedelta(minutes=1)  # longer than a request takes; a longer one shares its effect key with whoever is next
TRIES = 4


@dataclass(frozen=True)
class KeyedRequest:
    """What is asked by whom, under which key. `asker` is who may use the key; the user is None for who has none yet."""

    asker: str
    user_id: int | None
    operation: str
    key: str
    asked: str

    @property
    def subject(self) -> str:
        """The key as a keyed hash, for nobody but its asker, and for one operation."""
        return digest_of("kept_answer", self.asker, self.operation, self.key)

    @property
    def digest(self) -> str:
        """What is asked as a keyed hash: a body may hold passwords and codes, and those are soon guessed."""
        return digest_of("kept_answer", self.asked)


def claim_answer(request: KeyedRequest) -> KeptAnswer:
    """Return what a request was answered (it has a status), or a claim to answer it (it has none).

    Raises KeyReused for another path or body, or StillAnswering while another run is at work.
    """
    run = uuid4().hex
    for _ in range(TRIES):
        if kept := _kept_or_claimed(request, run):
            return kept
    raise StillAnswering


@retry_transaction
def _kept_or_claimed(request: KeyedRequest, run: str) -> KeptAnswer | None:
    """Return what is kept or claimed; None when somebody was quicker. Nobody waits for a lock."""
    known, now = KeptAnswer.objects.filter(subject=request.subject).first(), timezone.now()
    if known is None:
        return _first_claim(request, run)
    if known.created_at <= now - LASTS:
        KeptAnswer.objects.filter(pk=known.pk, run=known.run).delete()
        return None
    if known.asked != request.digest:
        raise KeyReused
    if known.leased_until is None or known.run == run:  # an earlier try of this run may have come through
        return known
    if known.leased_until > now:
        raise StillAnswering
    is_ours = KeptAnswer.objects.filter(pk=known.pk, run=known.run, leased_until=known.leased_until).update(
        run=run, leased_until=now + LEASE
    )
    known.run = run
    return known if is_ours else None


def _first_claim(request: KeyedRequest, run: str) -> KeptAnswer | None:
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(
                subject=request.subject,
                user_id=request.user_id,
                operation=request.operation,
                asked=request.digest,
                effect_key=uuid4().hex,
                run=run,
                leased_until=timezone.now() + LEASE,
            )
    except IntegrityError:  # the key: the next look, from outside the transaction that is gone, finds whose it is
        return None


@retry_transaction
def keep_answer(claim: KeptAnswer, *, status: int, answer: str) -> None:
    """Keep what a claimed request was answered, if no other run has taken it over."""
    KeptAnswer.objects.filter(pk=claim.pk, run=claim.run).update(status=status, answer=answer, leased_until=None)


@retry_transaction
def drop_claim(claim: KeptAnswer) -> None:
    """Forget a claimed request that was refused, and with it the key: nothing has changed."""
    KeptAnswer.objects.filter(pk=claim.pk, run=claim.run).delete()


@retry_transaction
def end_lease(claim: KeptAnswer) -> None:
    """Let the next run begin at once, with the same effect key: nobody knows how far this one came."""
    KeptAnswer.objects.filter(pk=claim.pk, run=claim.run).update(leased_until=timezone.now())
