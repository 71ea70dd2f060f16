"""Bookings lead their lives in all the ways that anybody can think of, and after every step all is right.

`LIFE_RUNS` and `LIFE_STEPS` make it longer; then it throws its dice anew each time, and says what it did.
"""

import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from accounts.moderating import reactivate_user
from bookings.answering import accept_request, reject_request
from bookings.cancelling import cancel_booking, cancel_for_staff, refund_part
from bookings.clock import holds_to_prune, move_on, prune_hold
from bookings.dues import pay_due
from bookings.models import Booking, HostDue, Refund, Trade
from bookings.moderating import deactivate_user, suspend_house
from bookings.nights import Act, change_nights
from bookings.paying import ask_about
from bookings.refunding import send_refund
from bookings.reviewing import reply_to_review, review_stay
from bookings.services import request_booking
from bookings.tests.life_world import START, World
from listings.approval import restore_house
from listings.calendar import Stay
from listings.models import House, Review
from listings.reviews import show_review
from listings.services import publish_house
from sandbox import notices

RUNS = int(os.environ.get("LIFE_RUNS") or 0)
STEPS = int(os.environ.get("LIFE_STEPS") or 30)
IN_SUITE = {"sqlite": 40, "mysql": 15}  # runs
DAY = timedelta(days=1)

some = st.integers(0, 11)  # one of what there is, counted from the newest
who = st.integers(0, 2)
buttons = st.sampled_from(
    ["pay", "pay", "notify_twice", "notify_late", "notify_late", "wrong_amount", "forged", "refund_fails", "fail"]
)
pauses = st.sampled_from(
    [timedelta(minutes=minutes) for minutes in (1, 3, 6, 31, 36, 60, 200)]
    + [timedelta(days=days) for days in (1, 1, 3, 9, 31)]
)
shares = st.sampled_from(["none", "one", "half", "all", "more", "negative"])


class Life(RuleBasedStateMachine):
    """One run: people do whatever they can, in any order, at any time."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.forget()
        self.bookings: list[int] = []
        self.asked: list[tuple[dict, int]] = []
        self.parts: list[dict] = []
        self.world.figures["runs"] += 1

    def teardown(self) -> None:
        """See that in the end everything is settled."""
        self.world.converge()

    @invariant()
    def all_is_right(self) -> None:
        self.world.figures["steps"] += 1
        self.world.check()

    def booking(self, which: int, *likely: str) -> Booking:
        """Return a booking, mostly one of those statuses."""
        bookings = Booking.objects.select_related("guest", "house__host").order_by("-pk")
        fitting = list(bookings.filter(status__in=likely)) if which % 4 else []
        fitting = fitting or list(bookings)
        return fitting[which % len(fitting)]

    def ask(self, guest: int, house: int, stay: Stay, *, twice: bool) -> None:
        asked = {
            "guest": self.world.guests[guest],
            "house_id": self.world.houses[house].pk,
            "stay": stay,
            "guests": 2,
            "key": uuid4().hex,
        }
        for _ in range(1 + twice):
            if made := self.world.attempt(request_booking, **asked):
                if made.pk not in self.bookings:
                    self.bookings.append(made.pk)
                    self.asked.append((asked, made.pk))
                assert made.pk == self.bookings[-1]

    @initialize(
        begins=st.lists(st.integers(1, 8), min_size=4, max_size=4), actions=st.lists(buttons, min_size=4, max_size=4)
    )
    def every_home_is_asked_for(self, begins: list[int], actions: list[str]) -> None:
        """And is paid for, or nearly."""
        for house, (days, action) in enumerate(zip(begins, actions, strict=True)):
            first = timezone.localdate() + days * DAY
            self.ask(house % 2, house, Stay(first, first + 2 * DAY), twice=False)
            if house % 2 and action != "fail":
                self.host_accepts(1)
            self.guest_pays(1, action)

    @rule(guest=who, house=st.integers(0, 3), begins=st.integers(0, 8), nights=st.integers(1, 8), twice=st.booleans())
    def guest_asks(self, guest: int, house: int, begins: int, nights: int, *, twice: bool) -> None:
        first = timezone.localdate() + begins * DAY
        self.ask(guest, house, Stay(first, first + nights * DAY), twice=twice)

    @precondition(lambda self: self.bookings)
    @rule(guest=who, which=some)
    def another_wants_the_same_nights(self, guest: int, which: int) -> None:
        wanted = self.booking(which, *Booking.WAITING)
        house = [house.pk for house in self.world.houses].index(wanted.house_id)
        self.ask(guest, house, Stay(wanted.check_in, wanted.check_out), twice=False)

    @precondition(lambda self: self.asked)
    @rule(which=some)
    def a_request_comes_again(self, which: int) -> None:
        asked, pk = self.asked[which % len(self.asked)]
        assert request_booking(**asked).pk == pk

    @precondition(lambda self: self.bookings)
    @rule(which=some)
    def host_accepts(self, which: int) -> None:
        booking = self.booking(which, "WAIT_ACCEPT")
        self.world.attempt(accept_request, host=booking.house.host, booking_id=booking.pk)

    @precondition(lambda self: self.bookings)
    @rule(which=some)
    def host_rejects(self, which: int) -> None:
        booking = self.booking(which, "WAIT_ACCEPT")
        self.world.attempt(reject_request, host=booking.house.host, booking_id=booking.pk, reason="家里要修暖气")

    @precondition(lambda self: self.bookings)
    @rule(which=some, action=buttons)
    def guest_pays(self, which: int, action: str) -> None:
        booking = self.booking(which, "WAIT_PAYMENT")
        self.world.open_cashier(booking)
        if booking.pk in self.world.addresses:
            self.world.press(booking, action)

    @precondition(lambda self: self.world.addresses)
    @rule(which=some, action=buttons)
    def guest_comes_back_to_an_open_cashier(self, which: int, action: str) -> None:
        pk = list(self.world.addresses)[-1 - which % len(self.world.addresses)]
        self.world.press(Booking.objects.get(pk=pk), action)

    @precondition(lambda self: self.world.notices)
    @rule(which=some)
    def a_notification_comes_late_or_again(self, which: int) -> None:
        url, fields = self.world.notices[-1 - which % len(self.world.notices)]
        assert notices.deliver(url, fields)

    @rule(is_up=st.booleans())
    def gateway_is_up_or_down(self, *, is_up: bool) -> None:
        self.world.gateway(is_up=is_up)

    @rule(pause=pauses)
    def time_goes_by(self, pause: timedelta) -> None:
        self.world.clock.shift(pause)

    @rule()
    def worker_runs(self) -> None:
        self.world.work()

    @rule()
    def one_worker_is_slower_than_another(self) -> None:
        """It has read what is due, and does it after the other has."""
        bookings = list(Booking.objects.for_the_clock().values_list("pk", flat=True))
        trades, refunds = (
            list(Trade.objects.to_ask_about()),
            list(Refund.objects.to_send().select_related("booking__trade")),
        )
        holds = holds_to_prune()
        self.world.work()
        assert not any(move_on(pk) for pk in bookings)
        assert not any(ask_about(trade) for trade in trades)
        assert not any(send_refund(refund) for refund in refunds)
        assert not any(prune_hold(pk) for pk in holds)

    @precondition(lambda self: self.bookings)
    @rule(which=some, is_guest=st.booleans())
    def somebody_cancels(self, which: int, *, is_guest: bool) -> None:
        booking = self.booking(which, "WAIT_PAYMENT", "PAID")
        actor = booking.guest if is_guest else booking.house.host
        self.world.attempt(cancel_booking, actor=actor, booking_id=booking.pk, reason="行程有变")

    def share(self, booking: Booking, share: str) -> int:
        left = booking.captured_fen - booking.refunded_fen
        return {"none": 0, "one": 1, "half": left // 2, "all": left, "more": left + 1, "negative": -1}[share]

    @precondition(lambda self: self.bookings)
    @rule(which=some, share=shares | st.none())
    def staff_cancel(self, which: int, share: str | None) -> None:
        booking = self.booking(which, "PAID")
        refund_fen = None if share is None else self.share(booking, share)
        self.world.attempt(
            cancel_for_staff, staff=self.world.staff, booking_id=booking.pk, reason="房屋停电", refund_fen=refund_fen
        )

    @precondition(lambda self: self.bookings)
    @rule(which=some, share=shares, again=st.booleans())
    def staff_give_a_part_back(self, which: int, share: str, *, again: bool) -> None:
        booking = self.booking(which, *Booking.COUNTED)
        part = {"booking_id": booking.pk, "amount_fen": self.share(booking, share), "key": uuid4().hex}
        if again and self.parts:
            part = self.parts[-1] | ({"booking_id": booking.pk} if which % 2 else {})  # a key may come for another
        else:
            self.parts.append(part)
        self.world.attempt(refund_part, staff=self.world.staff, reason="热水器坏了", **part)

    @precondition(lambda self: self.bookings)
    @rule(which=some, rating=st.integers(1, 5))
    def guest_reviews(self, which: int, rating: int) -> None:
        booking = self.booking(which, "PAID", "WAIT_COMMENT")
        self.world.attempt(review_stay, guest=booking.guest, booking_id=booking.pk, rating=rating, comment="很好")

    @precondition(lambda self: self.bookings)
    @rule(which=some)
    def host_replies(self, which: int) -> None:
        booking = self.booking(which, "COMPLETE")
        self.world.attempt(reply_to_review, host=booking.house.host, booking_id=booking.pk, reply="欢迎再来")

    @rule(house=st.integers(0, 3))
    def staff_suspend_a_home_or_restore_it(self, house: int) -> None:
        asked = {"staff": self.world.staff, "house_id": self.world.houses[house].pk, "reason": "门锁坏了"}
        if House.objects.get(pk=asked["house_id"]).status == House.Status.SUSPENDED:
            self.world.attempt(restore_house, **asked)
        else:
            self.world.attempt(suspend_house, **asked)

    @rule(house=st.integers(0, 3))
    def host_publishes(self, house: int) -> None:
        home = self.world.houses[house]
        self.world.attempt(publish_house, host=home.host, house_id=home.pk)

    @rule(which=st.integers(0, 4))
    def staff_deactivate_somebody_or_reactivate_them(self, which: int) -> None:
        user = [*self.world.guests, self.world.houses[0].host, self.world.houses[2].host][which]
        asked = {"staff": self.world.staff, "user_id": user.pk, "reason": "有人投诉"}
        if User.objects.get(pk=user.pk).is_active:
            self.world.attempt(deactivate_user, **asked)
        else:
            self.world.attempt(reactivate_user, **asked)

    @rule(is_visible=st.booleans())
    def staff_hide_or_show_a_review(self, *, is_visible: bool) -> None:
        for review in Review.objects.order_by("id")[:1]:
            show_review(staff=self.world.staff, review_id=review.pk, is_visible=is_visible, reason="有人投诉")

    @rule()
    def finance_pays_a_host(self) -> None:
        for due in HostDue.objects.unpaid().order_by("id")[:1]:
            asked = {"staff": self.world.staff, "due_id": due.pk, "bank_reference": "20261122-1"}
            assert self.world.attempt(pay_due, **asked) == self.world.attempt(pay_due, **asked)

    @rule(house=st.integers(0, 3), begins=st.integers(0, 8), act=st.sampled_from([Act.BLOCK, Act.FREE]))
    def host_blocks_or_frees_nights(self, house: int, begins: int, act: Act) -> None:
        first, home = timezone.localdate() + begins * DAY, self.world.houses[house]
        self.world.attempt(
            change_nights, host=home.host, house_id=home.pk, runs=[Stay(first, first + 2 * DAY)], act=act
        )


@pytest.fixture
def world(transactional_db, live_server, settings, monkeypatch) -> World:
    with time_machine.travel(START, tick=False) as clock:
        yield World(clock, settings, live_server.url, monkeypatch)


def test_whatever_anybody_does_bookings_and_money_are_right(world, capsys):
    began, runs = time.perf_counter(), RUNS or IN_SUITE[connection.vendor]
    Life.world = world
    chosen = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=not RUNS,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Life, settings=chosen)
    if RUNS:
        with capsys.disabled():
            steps, seconds = world.figures["steps"], time.perf_counter() - began
            print(f"\n{world.figures['runs']} runs, {steps} steps in {seconds:.0f} s on {connection.vendor}.")  # noqa: T201
            print(*(f"{n:6} {what}" for what, n in sorted(world.figures.items())), sep="\n")  # noqa: T201
