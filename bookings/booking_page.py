"""A booking as its guest or its host sees it: what they can do, what they may know, and what comes next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import ceil

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.cancellation import Term, cancellation_terms
from bookings.cancelling import Cancellation, preview_cancellation, refund_in_term
from bookings.errors import BookingNotFound, ChangeNotPossible, StayHasBegun
from bookings.models import Booking, HostDue
from ihome_project.templatetags.ihome import day, moment

Status = Booking.Status
HOUR, MINUTE = 3600, 60


def find_booking(user: User, booking_id: int) -> Booking:
    """Return a booking with all that its page shows: names proved, history and money.

    Raises BookingNotFound to all but its guest and its host.
    """
    found = Booking.objects.visible_to(user).with_card().filter(pk=booking_id)
    found = found.select_related("house__host__identity", "guest__identity", "review__author")
    dues = Prefetch("dues", HostDue.objects.select_related("payout"))
    booking = found.prefetch_related("events", "refunds", dues).first()
    if booking is None:
        raise BookingNotFound
    return booking


@dataclass(frozen=True)
class Countdown:
    """How long somebody still has, of how long they had, in seconds."""

    seconds: int
    total: int

    @property
    def percent(self) -> int:
        """How much of it is left."""
        return min(100, 100 * self.seconds // self.total)

    @property
    def words(self) -> str:
        """How a clock writes it: 28:14, or 23:59:30."""
        minutes, seconds = divmod(self.seconds, MINUTE)
        if self.seconds < HOUR:
            return f"{minutes:02d}:{seconds:02d}"
        return f"{minutes // MINUTE}:{minutes % MINUTE:02d}:{seconds:02d}"


@dataclass(frozen=True)
class Step:
    """Something that has not happened yet, or is happening now."""

    words: str
    detail: str = ""
    is_now: bool = False


@dataclass(frozen=True)
class BookingPage:
    """What one of the two people of a booking sees of it at an instant."""

    booking: Booking
    viewer: User
    now: datetime

    @property
    def is_guest(self) -> bool:
        """Whether the stay is the viewer's own; else it is in the viewer's home."""
        return self.booking.guest_id == self.viewer.pk

    @property
    def other(self) -> User:
        """The other person."""
        return self.booking.house.host if self.is_guest else self.booking.guest

    @property
    def mobile(self) -> str:
        """The other person's number: only while the stay is paid, and nothing of somebody who has left."""
        return (self.other.mobile or "") if self.booking.is_paid else ""

    @property
    def is_open(self) -> bool:
        """Whether it waits and has not run out."""
        return self.booking.is_waiting and not self.booking.has_run_out

    @property
    def can_pay(self) -> bool:
        """Whether the viewer can pay for it now."""
        return self.is_guest and self.is_open and self.booking.status == Status.WAIT_PAYMENT

    @property
    def can_review(self) -> bool:
        """Whether the viewer can say what the stay was like."""
        return self.is_guest and self.booking.can_be_reviewed

    @property
    def last_day_to_review(self) -> date:
        """The last day on which the stay can be reviewed."""
        return self.booking.review_until - timedelta(days=1)

    @property
    def can_reply(self) -> bool:
        """Whether the viewer can reply to what the guest said."""
        review = self.booking.review
        return not self.is_guest and review is not None and not review.reply

    @property
    def countdown(self) -> Countdown | None:
        """What is left until somebody's time is up."""
        if not self.is_open:
            return None
        began = [*self.booking.events.all()][-1].created_at
        until = self.booking.expires_at
        total = max(1, ceil((until - began).total_seconds()))
        return Countdown(max(1, ceil((until - self.now).total_seconds())), total)

    @cached_property
    def cancellation(self) -> Cancellation | None:
        """What the viewer would do by cancelling now; None where they cannot."""
        if self.booking.has_run_out:
            return None
        try:
            return preview_cancellation(self.booking, actor=self.viewer, now=self.now)
        except (ChangeNotPossible, StayHasBegun):
            return None

    @property
    def has_begun(self) -> bool:
        """Whether the guest may be in the home, so that only staff can cancel."""
        booking = self.booking
        is_over = booking.check_out <= timezone.localdate(self.now)
        return booking.status == Status.PAID and self.now >= booking.check_in_at and not is_over

    @property
    def terms(self) -> list[Term]:
        """What comes back until when if the guest cancels a stay that is paid, or once it is."""
        if not self.is_open and self.booking.status != Status.PAID:
            return []
        policy, check_in_at = self.booking.cancellation_policy, self.booking.check_in_at
        return cancellation_terms(policy, check_in_at=check_in_at, now=self.now)

    @property
    def sums_back(self) -> list[tuple[datetime, int]]:
        """Until when how much comes back, the present sum first."""
        terms = self.cancellation.terms if self.cancellation else []
        return [(term.until, refund_in_term(self.booking, term)) for term in terms]

    @property
    def ahead(self) -> list[Step]:
        """What happens now and after that."""
        if self.is_open:
            return [*self._steps_to_pay(), *self._steps_of_stay()]
        if self.booking.can_be_reviewed:
            words = _("Waiting for your review") if self.is_guest else _("The guest can write a review")
            return [Step(words, _("Until %(day)s") % {"day": day(self.last_day_to_review)}, is_now=True)]
        return self._steps_of_stay() if self.booking.status == Status.PAID else []

    def _steps_to_pay(self) -> list[Step]:
        until = _("By %(until)s") % {"until": moment(self.booking.expires_at)}
        paying = _("Waiting for your payment") if self.is_guest else _("Waiting for the guest's payment")
        then = _("You pay, and the stay is booked") if self.is_guest else _("The guest pays, and the stay is booked")
        find = (
            _("Once it is paid, you see the address and the way in")
            if self.is_guest
            else _("Once it is paid, you see how to reach the guest")
        )
        if self.booking.status == Status.WAIT_PAYMENT:
            return [Step(paying, until, is_now=True), Step(find)]
        answer = _("Waiting for the host's answer") if self.is_guest else _("Waiting for your answer")
        return [Step(answer, until, is_now=True), Step(then), Step(find)]

    def _steps_of_stay(self) -> list[Step]:
        booking, is_paid = self.booking, self.booking.is_paid
        arrival = {"day": day(booking.check_in), "time": f"{booking.check_in_time:%H:%M}"}
        leaving = {"day": day(booking.check_out), "time": f"{booking.house.check_out_time:%H:%M}"}
        review = _("Then you can write a review") if self.is_guest else _("Then the guest can write a review")
        coming = Step(_("Check-in on %(day)s from %(time)s") % arrival, is_now=is_paid)
        going = Step(_("Check-out on %(day)s until %(time)s") % leaving, review, is_now=is_paid)
        if is_paid and self.now >= booking.check_in_at:
            return [going]
        return [coming, Step(going.words, going.detail)]
