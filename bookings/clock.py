"""What the clock does; late, twice or by several workers at once it comes to the same."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.messages import deliver_messages
from bookings.life import catch_up
from bookings.models import Booking, Refund, Trade
from bookings.paying import ask_about
from bookings.refunding import send_refund
from bookings.telling import tell_of_tomorrow
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.missed import prune_missed_searches
from listings.models import HeldNight, Hold

KEPT = timedelta(days=60)  # after its last night a hold is pruned whole
AT_ONCE = 200  # rows of each kind that one run takes on
PATIENCE = 3  # times on end that a provider may not answer before it is left alone until the next run

log = structlog.get_logger(__name__)


class Run:
    """One run through all that is due: how often each thing was done, and how often one failed."""

    def __init__(self, is_told_to_stop: Callable[[], bool]) -> None:
        self.is_told_to_stop = is_told_to_stop
        self.done: Counter[str] = Counter()
        self.failed = 0

    def do(self, what: str, acts: Iterable[Callable[[], int | None]]) -> None:
        """Do each, which says how much it has done; go on when one fails for a reason nobody foresaw.

        One that says None has asked somebody who does not answer: after PATIENCE of these on end the rest is left to
        the next run, as is what has failed.
        """
        silent = 0
        for act in acts:
            if self.is_told_to_stop() or silent == PATIENCE:
                return
            try:
                done = act()
            except Exception:
                log.exception("due.failed", what=what)
                self.failed += 1
                continue
            silent = silent + 1 if done is None else 0
            self.done[what] += int(done or 0)


def run_due(is_told_to_stop: Callable[[], bool] = lambda: False) -> Run:
    """Do what is due now: stays end, requests run out, money is asked about and sent back, old holds go.

    First what asks nobody, so that a silent provider keeps nothing else from being done; holds last, for a request
    that ran out long ago has its own until its provider has been asked. Every line of the log names the run.
    """
    with structlog.contextvars.bound_contextvars(run_id=uuid4().hex):
        return do_all(Run(is_told_to_stop))


def do_all(run: Run) -> Run:
    """Do each kind of thing that is due, in this order."""
    run.do(
        "bookings",
        (partial(move_on, pk) for pk in Booking.objects.for_the_clock().values_list("pk", flat=True)[:AT_ONCE]),
    )
    soon = Booking.objects.not_reminded().values_list("pk", flat=True)[:AT_ONCE]
    run.do("reminders", (partial(remind, pk) for pk in soon))
    run.do("messages", [deliver_messages])
    run.do("trades", (partial(ask_about, trade) for trade in Trade.objects.to_ask_about()[:AT_ONCE]))
    refunds = Refund.objects.to_send().select_related("booking__trade")[:AT_ONCE]
    run.do("refunds", (partial(send_refund, refund) for refund in refunds))
    run.do("holds", (partial(prune_hold, pk) for pk in holds_to_prune()))
    run.do("missed searches", [prune_missed_searches])
    return run


@retry_transaction
def move_on(booking_id: int) -> bool:
    """Let the clock's changes happen to one booking; False when somebody has been quicker."""
    house_id = Booking.objects.values_list("house_id", flat=True).get(pk=booking_id)
    with locked_house(house_id):
        booking = Booking.objects.select_related("hold", "house", "review").get(pk=booking_id)
        before = booking.status
        catch_up(booking)
        return booking.status != before


@retry_transaction
def remind(booking_id: int) -> bool:
    """Remind both sides of a stay that begins tomorrow; False when that is no longer so, or was done already."""
    house_id = Booking.objects.values_list("house_id", flat=True).get(pk=booking_id)
    with locked_house(house_id):
        booking = Booking.objects.not_reminded().with_card().filter(pk=booking_id).first()
        if booking is None:
            return False
        Booking.objects.filter(pk=booking_id).update(reminded_at=timezone.now())
        tell_of_tomorrow(booking)
    return True


def holds_to_prune() -> list[int]:
    """Return holds whose last night is longer ago than KEPT."""
    kept_from = timezone.localdate() - KEPT
    still_needed = HeldNight.objects.filter(hold=OuterRef("hold"), night__gte=kept_from)
    past = HeldNight.objects.filter(~Exists(still_needed), night__lt=kept_from)
    return list(past.order_by("hold").values_list("hold", flat=True).distinct()[:AT_ONCE])


@retry_transaction
def prune_hold(hold_id: int) -> bool:
    """Delete a hold with its nights; the booking that had it keeps its dates. False when it is gone already."""
    with transaction.atomic():
        return Hold.objects.filter(pk=hold_id).delete()[0] > 0
