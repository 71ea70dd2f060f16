"""Money at the same moment: real threads over real connections, and the sandbox over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from accounts.factories import IdentityFactory, UserFactory
from accounts.models import Message, User
from bookings import payments
from bookings.auditing import audit
from bookings.cancelling import cancel_booking, cancel_for_staff, refund_part
from bookings.clock import KEPT, run_due
from bookings.factories import forget_bookings, make_booking
from bookings.models import Booking, BookingEvent, HostDue, Payment, Refund
from bookings.paying import LEASE, payment_address, take_notification
from bookings.refunding import send_refund
from bookings.services import request_booking
from ihome_project.errors import DomainError
from listings.calendar import Stay
from listings.factories import HouseFactory
from listings.models import Hold, House
from sandbox import notices
from sandbox.models import SandboxRefund, SandboxTrade
from sandbox.tests.buttons import press

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
IS_SQLITE = connection.vendor == "sqlite"  # where a writer waits for all others, and less can happen
Status = Booking.Status
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _site(live_server, settings):
    """Have the site served at a port, where its sandbox is too."""
    settings.SITE_URL = live_server.url


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do several things at the same moment; return what came of each, a refusal as its code."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return act()
        except DomainError as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def book(guest: User, house: House, **more: object) -> Booking:
    stay = Stay(NOON.date() + 3 * DAY, NOON.date() + 5 * DAY)
    return request_booking(guest=guest, house_id=house.pk, stay=stay, guests=1, **more)


def paid_unheard(booking: Booking, monkeypatch) -> dict[str, str]:
    """Pay at the provider and lose the notification; return it."""
    lost: list[dict] = []
    monkeypatch.setattr(notices, "deliver_later", lambda _, fields: lost.append(fields))
    press(payment_address(guest=booking.guest, booking_id=booking.pk), "notify_late")
    return lost[0]


def forget() -> None:
    assert [str(fault) for fault in audit()] == []
    forget_bookings()
    SandboxTrade.objects.all().delete()
    Message.objects.all().delete()
    House.objects.update(booking_count=0)


def test_paid_and_expired_at_the_same_moment_is_one_or_the_other(house, guest, stranger, clock, monkeypatch):
    ends = set()
    for _ in range(20 if IS_SQLITE else 200):
        clock.move_to(NOON)
        booking = book(guest, house)
        fields = paid_unheard(booking, monkeypatch)
        clock.move_to(booking.expires_at + 6 * MINUTE)
        at_once(lambda: take_notification(fields), run_due, lambda: book(stranger, house))  # noqa: B023
        ends.add(settle(booking))
        forget()
    assert ends <= {Status.PAID, Status.CANCELED}


def settle(booking: Booking) -> str:
    """Send what is promised; see that the guest has either the stay or all the money, and nobody else the nights."""
    run_due()
    booking.refresh_from_db()
    others = Booking.objects.exclude(pk=booking.pk).count()
    trade = SandboxTrade.objects.get(number=booking.trade.number)
    given = trade.amount_fen if booking.status == Status.CANCELED else 0
    assert (booking.captured_fen, booking.refunded_fen, trade.refunded_fen) == (trade.amount_fen, given, given)
    assert Payment.objects.filter(kind=Payment.Kind.CAPTURED).count() == 1
    assert Refund.objects.filter(state=Refund.State.DONE).count() == Refund.objects.count() == bool(given)
    assert others == 0 or booking.status == Status.CANCELED
    return booking.status


def test_eight_copies_of_a_notification_have_the_effect_of_one(house, guest, monkeypatch):
    for _ in range(5):
        booking = book(guest, house)
        fields = paid_unheard(booking, monkeypatch)
        assert at_once(*[lambda: take_notification(fields)] * 8) == [b"success"] * 8  # noqa: B023
        booking.refresh_from_db()
        assert (booking.status, booking.captured_fen, booking.refunded_fen) == (Status.PAID, booking.amount_fen, 0)
        assert [event.to_status for event in booking.events.all()] == ["WAIT_PAYMENT", "PAID"]
        forget()


def test_fifty_requests_with_one_key_are_one_booking(house, guest):
    key = uuid4().hex
    made = at_once(*[lambda: book(guest, house, key=key)] * 50)
    assert {booking.pk for booking in made} == {Booking.objects.get().pk}
    assert (Hold.objects.count(), BookingEvent.objects.count()) == (1, 1)


def test_two_of_the_staff_never_give_back_more_than_was_paid(house, guest):
    staff, stay = UserFactory.create_batch(2), Stay(NOON.date() + 3 * DAY, NOON.date() + 5 * DAY)
    for _ in range(20 if IS_SQLITE else 100):
        booking = make_booking(house, guest, stay.check_in, stay.check_out)
        part = booking.amount_fen * 6 // 10
        asked = {"booking_id": booking.pk, "amount_fen": part, "reason": "热水器坏了"}
        done = at_once(*(lambda who=who: refund_part(staff=who, **asked) for who in staff))  # noqa: B023
        booking.refresh_from_db()
        assert "refund_too_much" in done
        assert (booking.refunded_fen, Refund.objects.count()) == (part, 1)
        forget()


def test_what_one_of_the_staff_refunds_while_another_cancels_comes_back_once(house, guest):
    staff, asked = UserFactory.create_batch(2), {"reason": "热水器坏了"}
    for _ in range(20 if IS_SQLITE else 100):
        booking = make_booking(house, guest, NOON.date() + 3 * DAY, NOON.date() + 5 * DAY)
        asked |= {"booking_id": booking.pk}
        at_once(
            lambda: cancel_for_staff(staff=staff[0], **asked),  # noqa: B023 — done before the next round
            lambda: refund_part(staff=staff[1], amount_fen=1000, **asked),  # noqa: B023
        )
        booking.refresh_from_db()
        assert (booking.status, booking.refunded_fen) == (Status.CANCELED, booking.captured_fen)
        forget()


def test_one_of_the_staff_who_clicks_twice_gives_back_once(house, guest, stranger):
    booking = make_booking(house, guest, NOON.date() + 3 * DAY, NOON.date() + 5 * DAY)
    asked = {"staff": stranger, "booking_id": booking.pk, "amount_fen": 100, "reason": "热水器坏了", "key": "k" * 32}
    at_once(*[lambda: refund_part(**asked)] * 6)
    assert Refund.objects.get().amount_fen == 100


@pytest.fixture
def due(house, guest, clock, monkeypatch) -> dict[str, Booking]:
    """Something of every kind that a worker does."""
    paid_unheard(heard := book(guest, house), monkeypatch)
    others, today = [IdentityFactory().user for _ in range(4)], NOON.date()
    stays = {
        "unanswered": make_booking(
            house, others[0], today + 20 * DAY, today + 22 * DAY, Status.WAIT_ACCEPT, expires_at=NOON - MINUTE
        ),
        "over": make_booking(house, others[1], today - 3 * DAY, today),
        "unreviewed": make_booking(house, others[2], today - 40 * DAY, today - 35 * DAY, Status.WAIT_COMMENT),
        "forgotten": make_booking(house, others[3], today - KEPT - 40 * DAY, today - KEPT - 35 * DAY, Status.COMPLETE),
        "heard": heard,
    }
    back = book(UserFactory(), HouseFactory())
    press(payment_address(guest=back.guest, booking_id=back.pk), "pay")
    cancel_booking(actor=back.guest, booking_id=back.pk)
    clock.shift(3 * MINUTE)
    return stays | {"back": back}


def test_workers_at_once_do_each_thing_once(due):
    runs = at_once(*[run_due] * 4)
    assert [run.failed for run in runs] == [0] * 4
    for booking in due.values():
        booking.refresh_from_db()
    ends = {"unanswered": "CANCELED", "over": "WAIT_COMMENT", "unreviewed": "COMPLETE", "forgotten": "COMPLETE"}
    assert {name: booking.status for name, booking in due.items()} == ends | {"heard": "PAID", "back": "CANCELED"}
    done = {what: sum(run.done[what] for run in runs) for what in ("bookings", "trades", "refunds", "holds")}
    assert done == {"bookings": 3, "trades": 1, "refunds": 1, "holds": 1}
    assert (HostDue.objects.filter(booking=due["over"]).count(), SandboxRefund.objects.count()) == (1, 1)
    assert [str(fault) for fault in audit()] == []


def test_two_workers_with_the_same_refund_ask_for_it_once(due):
    refund = Refund.objects.select_related("booking__trade").get()
    assert sorted(at_once(*[lambda: send_refund(refund)] * 2)) == [False, True]
    assert SandboxRefund.objects.count() == 1


class Slow:
    """The provider, whose answer to one refund comes after everybody has given it up."""

    def __init__(self, real: payments.Provider) -> None:
        self.real, self.asked, self.answers = real, Event(), Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def refund(self, number: str, **asked: object) -> payments.RefundWord:
        word = self.real.refund(number, **asked)
        if not self.asked.is_set():
            self.asked.set()
            assert self.answers.wait(30)
        return word


def test_a_worker_that_was_given_up_for_dead_changes_nothing(due, clock, monkeypatch):
    slow = Slow(payments.provider())
    monkeypatch.setitem(payments.PROVIDERS, "sandbox", lambda: slow)
    monkeypatch.setattr(payments, "import_string", lambda path: path)
    stale = Refund.objects.select_related("booking__trade").get()

    def another() -> object:
        assert slow.asked.wait(30)
        clock.shift(LEASE + MINUTE)
        try:
            return send_refund(Refund.objects.select_related("booking__trade").get())
        finally:
            slow.answers.set()

    assert at_once(lambda: send_refund(stale), another) == [True, True]
    assert Refund.objects.get().state == Refund.State.DONE
    assert Payment.objects.filter(kind=Payment.Kind.REFUNDED).count() == SandboxRefund.objects.count() == 1
