"""What the clock does; late, twice or by several workers at once it comes to the same."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from bookings.life import catch_up
from bookings.models import Booking, Refund, Trade
from bookings.paying import ask_about
from bookings.refunding import send_refund
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.models import HeldNight, Hold

KEPT = timedelta(days=60)  # after its last night a hold is pruned whole
AT_ONCE = 200  # rows of each kind that one run takes on

log = structlog.get_logger(__name__)


class Run:
    """One run through all that is due: how often each thing was done, and how often one failed."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.failed = 0

    def do(self, what: str, acts: Iterable[Callable[[], object]]) -> None:
        """Do each, and go on with the next when one fails for a reason nobody foresaw; it will be tried again."""
        for act in acts:
            try:
                self.done[what] += act() is not False
            except Exception:
                log.exception("due.failed", what=what)
                self.failed += 1


def run_due() -> Run:
    """Do what is due now: stays end, requests run out, money is asked about and sent back, old holds go."""
    run = Run()
    run.do(
        "bookings",
        (partial(move_on, pk) for pk in Booking.objects.for_the_clock().values_list("pk", flat=True)[:AT_ONCE]),
    )
    run.do("trades", (partial(ask_about, trade) for trade in Trade.objects.to_ask_about()[:AT_ONCE]))
    refunds = Refund.objects.to_send().select_related("booking__trade")[:AT_ONCE]
    run.do("refunds", (partial(send_refund, refund) for refund in refunds))
    run.do("holds", (partial(prune_hold, pk) for pk in holds_to_prune()))
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


def holds_to_prune() -> list[int]:
    """Return holds whose last night is longer ago than KEPT."""
    ends = HeldNight.objects.values("hold").annotate(last=Max("night"))
    return list(
        ends.filter(last__lt=timezone.localdate() - KEPT).order_by("hold").values_list("hold", flat=True)[:AT_ONCE]
    )


@retry_transaction
def prune_hold(hold_id: int) -> bool:
    """Delete a hold with its nights; the booking that had it keeps its dates. False when it is gone already."""
    with transaction.atomic():
        return Hold.objects.filter(pk=hold_id).delete()[0] > 0
