"""The world of the life machine: people, homes, a clock, a provider over HTTP, and what must be true of them all."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Sum
from django.utils import timezone
from hypothesis import note

from accounts.factories import IdentityFactory, UserFactory
from accounts.models import Message, User
from bookings.auditing import audit
from bookings.auditing.stays import request_of_what_is_closed
from bookings.clock import run_due
from bookings.factories import forget_bookings
from bookings.models import Booking, Payment, Refund, Trade
from bookings.paying import payment_address
from ihome_project.errors import DomainError
from listings.factories import HouseFactory, HouseImageFactory
from listings.models import House, Review
from sandbox import notices
from sandbox.models import SandboxTrade
from sandbox.tests.buttons import press

START = datetime(2026, 11, 22, 10, tzinfo=timezone.get_default_timezone())
CLOSED_PORT = "http://127.0.0.1:9"
Status = Booking.Status
Policy = House.CancellationPolicy
# The table of a booking's life, once more and by hand.
LIFE = {
    "": {"WAIT_ACCEPT", "WAIT_PAYMENT"},
    "WAIT_ACCEPT": {"WAIT_PAYMENT", "REJECTED", "CANCELED"},
    "WAIT_PAYMENT": {"PAID", "CANCELED"},
    "PAID": {"PAID", "WAIT_COMMENT", "CANCELED"},
    "WAIT_COMMENT": {"WAIT_COMMENT", "COMPLETE"},
    "COMPLETE": {"COMPLETE"},
    "CANCELED": set(),
    "REJECTED": set(),
}
FINISHED = {"COMPLETE", "CANCELED", "REJECTED"}
AFTERWARDS = [timedelta(hours=3), timedelta(days=2), timedelta(days=20), timedelta(days=40), timedelta(days=80)]


class World:
    """Three guests, two hosts with two homes each, and staff; the same for every run, and each begins at START."""

    def __init__(self, clock, settings, site_url: str, monkeypatch) -> None:
        self.clock, self.settings, self.site_url = clock, settings, site_url
        self.guests = [IdentityFactory().user, IdentityFactory().user, UserFactory()]
        self.staff = UserFactory(is_staff=True)
        lin, zhou = IdentityFactory().user, IdentityFactory().user
        self.houses = [
            HouseFactory(host=lin, cancellation_policy=Policy.FLEXIBLE, cleaning_fee_fen=5000),
            HouseFactory(host=lin, cancellation_policy=Policy.STRICT, instant_book=False),
            HouseFactory(host=zhou, cancellation_policy=Policy.MODERATE, same_day_turnover=True, weekly_discount=15),
            HouseFactory(host=zhou, instant_book=False, verified_guests_only=True, weekend_price_fen=49900),
        ]
        for house in self.houses:
            HouseImageFactory(house=house)
        self.figures: Counter[str] = Counter()
        monkeypatch.setattr(notices, "deliver_later", self.keep_back)
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        forget_bookings()
        Message.objects.all().delete()
        Review.objects.all().delete()
        SandboxTrade.objects.all().delete()
        House.objects.update(booking_count=0, review_count=0, rating_sum=0, status=House.Status.PUBLISHED)
        User.objects.update(is_active=True)
        self.clock.move_to(START)
        self.settings.SITE_URL = self.site_url
        self.notices: list[tuple[str, dict]] = []  # all that were ever sent, to come again
        self.addresses: dict[int, str] = {}  # where guests pay, as they have it open in their browsers

    def keep_back(self, url: str, fields: dict) -> None:
        """Take a notification that the provider sends later: when the machine says so, if ever."""
        self.notices.append((url, fields))

    def gateway(self, *, is_up: bool) -> None:
        """Have the site reach its provider, or nobody."""
        self.settings.SITE_URL = self.site_url if is_up else CLOSED_PORT

    def attempt(self, act, /, **asked):
        """Do something that may be refused, but only by a named rule; return what came of it."""
        try:
            done = act(**asked)
        except DomainError as refusal:
            self.figures[f"refused {refusal.code}"] += 1
            note(f"refused: {refusal.code}")
            return None
        self.figures[f"done {act.__name__}"] += 1
        return done

    def open_cashier(self, booking: Booking) -> None:
        """Have a guest go to the cashier, if they may."""
        address = self.attempt(payment_address, guest=booking.guest, booking_id=booking.pk)
        if address and address.startswith(self.site_url):  # of a provider that is away nobody sees a page
            self.addresses[booking.pk] = address

    def press(self, booking: Booking, action: str) -> None:
        """Press a button of a cashier that the guest has open, however long ago they opened it."""
        before = Booking.objects.values_list("status", "captured_fen").get(pk=booking.pk)
        status = press(self.addresses[booking.pk], action)[0]
        assert status in {303, 409}, f"the cashier answers {status}"
        if status == 409 or action in {"fail", "forged", "wrong_amount", "notify_late"}:
            after = Booking.objects.values_list("status", "captured_fen").get(pk=booking.pk)
            assert after == before, f"{action} has counted for something"
        if trade := SandboxTrade.objects.filter(number=booking.trade.number, paid_at__isnull=False).first():
            self.notices.append((self.notify_url, notices.signed(notices.payment_notice(trade))))
        self.figures[f"pressed {action} {status}"] += 1

    @property
    def notify_url(self) -> str:
        return f"{self.site_url}/api/v1.0/orders/payment"

    def work(self) -> None:
        """Have a worker do what is due; whoever has paid keeps the stay, if the provider can be asked."""
        paid = SandboxTrade.objects.filter(paid_at__isnull=False).values("number")
        unheard = list(Booking.objects.filter(status=Status.WAIT_PAYMENT, trade__number__in=paid))
        run = run_due()
        assert run.failed == 0, "the worker could not do something"
        if self.site_url == self.settings.SITE_URL:
            kept = Booking.objects.filter(pk__in=[booking.pk for booking in unheard]).exclude(status=Status.CANCELED)
            assert kept.count() == len(unheard), "a request has expired though it was paid"
        self.figures.update({f"worked {what}": done for what, done in run.done.items()})

    # What must be true.

    def check(self) -> None:
        """See that all is right now, as far as a look can tell."""
        bookings = list(Booking.objects.select_related("house", "trade").prefetch_related("events"))
        check_nights(bookings)
        assert not list(request_of_what_is_closed()), "a request is left behind"
        real = {trade.number: trade for trade in SandboxTrade.objects.annotate(given=Sum("refunds__amount_fen"))}
        for booking in bookings:
            check_history(booking)
            check_money(booking, real)

    def converge(self) -> None:
        """Let all time go by with the provider up, and see that nothing is left and every fen is where it belongs."""
        self.gateway(is_up=True)
        for step in AFTERWARDS:
            self.clock.shift(step)
            self.work()
            self.work()
        self.check()
        assert [str(fault) for fault in audit()] == []
        assert set(Booking.objects.values_list("status", flat=True)) <= FINISHED
        assert not Trade.objects.filter(state=Trade.State.OPEN).exists()
        assert not Refund.objects.exclude(state=Refund.State.DONE).exists()
        for trade in SandboxTrade.objects.filter(paid_at__isnull=False):
            self.check_settled(trade)

    def check_settled(self, trade: SandboxTrade) -> None:
        """See that money which a guest has really paid is known, and was earned or has really gone back."""
        booking = Booking.objects.get(trade__number=trade.number)
        assert booking.captured_fen == trade.amount_fen, "money that nobody knows"
        assert booking.refunded_fen == trade.refunded_fen, "promised and not given, or given and not promised"
        was_paid = booking.events.filter(to_status=Status.PAID).exists()
        assert was_paid or booking.refunded_fen == trade.amount_fen, "money kept for nothing"


def check_nights(bookings: list[Booking]) -> None:
    """No two stays meet in a home, and one is over before it is made ready for the next."""
    for house_id in {booking.house_id for booking in bookings}:
        stays = sorted(
            (booking.check_in, booking.check_out, booking.house.same_day_turnover)
            for booking in bookings
            if booking.house_id == house_id and booking.status not in Booking.OVER
        )
        for (_, left, same_day), (comes, *_) in pairwise(stays):
            assert comes >= left if same_day else comes > left, "a night is sold twice"


def check_history(booking: Booking) -> None:
    """A booking came to its status by steps of the table, and the clock never ends a paid one."""
    was = ""
    for event in booking.events.all():
        assert event.from_status == was, "the history has a gap"
        assert event.to_status in LIFE[was], f"{was} → {event.to_status}"
        assert (was, event.to_status) != ("PAID", "CANCELED") or event.actor_id, "a paid booking has expired"
        was = event.to_status
    assert was == booking.status


def check_money(booking: Booking, real: dict[str, SandboxTrade]) -> None:
    """Nothing counts as paid that was not, and nothing goes back that was not promised, or more than was paid."""
    trade = getattr(booking, "trade", None)
    truth = real.get(trade.number) if trade else None
    is_paid = bool(truth and truth.paid_at)
    assert booking.captured_fen in {0, booking.amount_fen}
    assert is_paid or booking.captured_fen == 0, "money that was never paid"
    assert booking.refunded_fen <= booking.captured_fen
    assert not truth or (truth.given or 0) <= booking.refunded_fen, "money given that was not promised"
    assert booking.status not in Booking.COUNTED or booking.captured_fen == booking.amount_fen
    if trade:
        assert Payment.objects.filter(trade=trade, kind=Payment.Kind.CAPTURED).count() == (booking.captured_fen > 0)
