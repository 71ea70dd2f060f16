"""A guest pays over real HTTP at the sandbox, and the site hears of it, asks, or gives the money back."""

from datetime import date, datetime, timedelta
from io import StringIO
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.errors import OwnCase
from accounts.factories import UserFactory
from accounts.models import StaffAct
from bookings import payments
from bookings.answering import accept_request
from bookings.cancelling import cancel_booking
from bookings.clock import PATIENCE, run_due
from bookings.errors import (
    BookingNotFound,
    ChangeNotPossible,
    NotTheGuest,
    RefundDone,
    RefundNotRefused,
    RefundNotTaken,
    RequestRanOut,
    TradeNotFound,
    TradeNotOpen,
)
from bookings.factories import make_booking
from bookings.models import Booking, Payment, Refund, StrayNotice, Trade
from bookings.paying import LEASE, hurry_trade, payment_address
from bookings.payments import alipay_client, rsa2
from bookings.payments.post import post_form
from bookings.payments.sandbox import gateway_key
from bookings.payments.tests.mutations import mutations
from bookings.refunding import retry_refund, settle_refund, take_refund
from bookings.services import request_booking
from listings.calendar import Stay
from listings.factories import HouseFactory
from listings.models import HeldNight, House
from sandbox import notices
from sandbox.models import SandboxTrade
from sandbox.tests.buttons import press

Status = Booking.Status
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
D4, D7 = date(2026, 12, 4), date(2026, 12, 7)
MINUTE = timedelta(minutes=1)
NOTIFY = "/api/v1.0/orders/payment"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _site(live_server, settings):
    """Have the site served at a port, where its sandbox is too."""
    settings.SITE_URL = live_server.url


@pytest.fixture(autouse=True)
def _no_transaction_waits_for_the_network(monkeypatch):
    def outside(*arguments, **more):
        assert not connection.in_atomic_block
        return post_form(*arguments, **more)

    for module in (alipay_client, notices):
        monkeypatch.setattr(module, "post_form", outside)


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


@pytest.fixture
def booking(house, guest) -> Booking:
    return request_booking(guest=guest, house_id=house.pk, stay=Stay(D4, D7), guests=2)


@pytest.fixture
def late(monkeypatch) -> list:
    """Notifications that the sandbox has not sent yet."""
    waiting = []
    monkeypatch.setattr(notices, "deliver_later", lambda *arguments: waiting.append(arguments))
    return waiting


def pay(booking: Booking, action: str = "pay") -> int:
    """Press a button of the cashier; return the status of the answer."""
    return press(payment_address(guest=booking.guest, booking_id=booking.pk), action)[0]


def money(booking: Booking) -> tuple[str, int, int]:
    """Return status, captured and refunded of a booking as they are stored now."""
    booking.refresh_from_db()
    return booking.status, booking.captured_fen, booking.refunded_fen


def notification(booking: Booking, **changes: object) -> dict[str, str]:
    """Return the sandbox's own notification about a paid booking, with changes, signed as it signs."""
    fields = notices.payment_notice(SandboxTrade.objects.get(number=booking.trade.number))
    return notices.signed(fields | changes)


def notify(client, fields: dict[str, str]) -> tuple[int, bytes]:
    answer = client.post(
        NOTIFY, urlencode(fields, errors="surrogatepass"), content_type="application/x-www-form-urlencoded"
    )
    return answer.status_code, answer.content


def test_what_is_paid_is_the_guests_and_its_nights_are_firm(booking, house):
    assert pay(booking) == 303
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)
    assert (booking.trade.state, booking.trade.ask_at) == (Trade.State.CAPTURED, None)
    assert set(HeldNight.objects.values_list("expires_at", flat=True)) == {None}
    house.refresh_from_db()
    assert house.booking_count == 1


@pytest.mark.parametrize("action", ["notify_twice", "pay"])
def test_any_number_of_copies_has_the_effect_of_one(booking, client, action):
    pay(booking, action)
    for _ in range(2):
        assert notify(client, notification(booking)) == (200, b"success")
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)
    assert Payment.objects.count() == 1
    assert [event.to_status for event in booking.events.all()] == ["WAIT_PAYMENT", "PAID"]


def test_the_trades_deadline_at_the_provider_is_ours(booking):
    pay(booking, "fail")
    assert SandboxTrade.objects.get().expires_at == booking.expires_at == booking.trade.expires_at


def test_who_leaves_the_cashier_has_not_paid(booking):
    pay(booking, "fail")
    assert money(booking) == (Status.WAIT_PAYMENT, 0, 0)


def test_a_wrong_amount_counts_for_nothing_and_is_kept_for_staff(booking, client, caplog):
    pay(booking, "wrong_amount")
    assert money(booking) == (Status.WAIT_PAYMENT, 0, 0)
    assert StrayNotice.objects.get().why == "wrong amount"
    assert "payment.stray_notification" in caplog.text


def test_the_poller_settles_what_had_a_wrong_notification(booking, clock):
    pay(booking, "wrong_amount")
    clock.shift(3 * MINUTE)
    assert run_due().done["trades"] == 1
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)


def test_a_forged_notification_changes_nothing(booking, client):
    pay(booking, "forged")
    assert money(booking) == (Status.WAIT_PAYMENT, 0, 0)
    assert not StrayNotice.objects.exists()


def test_the_poller_settles_what_never_had_a_notification(booking, late, clock):
    pay(booking, "notify_late")
    assert money(booking) == (Status.WAIT_PAYMENT, 0, 0)
    clock.shift(3 * MINUTE)
    run_due()
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)


def test_the_provider_is_asked_before_a_booking_expires(booking, late, clock):
    pay(booking, "notify_late")
    clock.move_to(booking.expires_at)
    run_due()
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)


def test_a_request_that_nobody_pays_expires_and_closes_its_trade(booking, clock):
    pay(booking, "fail")
    clock.move_to(booking.expires_at - timedelta(seconds=1))
    run_due()
    assert money(booking)[0] == Status.WAIT_PAYMENT
    clock.move_to(booking.expires_at or clock.now())
    run_due()
    assert money(booking) == (Status.CANCELED, 0, 0)
    booking.trade.refresh_from_db()
    assert booking.trade.state == Trade.State.CLOSED
    assert not HeldNight.objects.exists()


def test_a_request_expires_without_a_word_of_a_provider_that_is_silent_for_an_hour(booking, clock, settings):
    settings.SITE_URL = "http://127.0.0.1:9"
    until = booking.expires_at
    clock.move_to(until + 59 * MINUTE)
    run_due()
    assert money(booking)[0] == Status.WAIT_PAYMENT
    clock.move_to(until + 61 * MINUTE)
    run_due()
    assert money(booking)[0] == Status.CANCELED
    assert booking.trade.state == Trade.State.OPEN


def test_money_for_what_no_longer_waits_goes_back_in_full_by_itself_once(booking, client, guest, late, clock):
    pay(booking, "notify_late")
    cancel_booking(actor=guest, booking_id=booking.pk)
    for _ in range(2):
        notify(client, notification(booking))
        run_due()
    assert money(booking) == (Status.CANCELED, booking.amount_fen, booking.amount_fen)
    assert Refund.objects.get().state == Refund.State.DONE
    assert sorted(Payment.objects.values_list("kind", "amount_fen")) == [
        ("captured", booking.amount_fen),
        ("refunded", booking.amount_fen),
    ]


def test_a_cancelled_stays_money_goes_back_once(booking, guest, clock):
    pay(booking)
    cancel_booking(actor=guest, booking_id=booking.pk)
    assert Refund.objects.get().state == Refund.State.DUE
    run_due()
    run_due()
    assert Refund.objects.get().state == Refund.State.DONE
    assert Payment.objects.filter(kind="refunded").count() == 1


def test_a_refund_that_is_refused_is_tried_again_and_its_words_are_kept(booking, guest, clock):
    pay(booking, "refund_fails")
    cancel_booking(actor=guest, booking_id=booking.pk)
    run_due()
    refund = Refund.objects.get()
    assert refund.state == Refund.State.REFUSED
    assert "SELLER_BALANCE_NOT_ENOUGH" in refund.said
    clock.shift(10 * MINUTE)
    run_due()
    assert Refund.objects.get().state == Refund.State.DONE


def test_a_refund_without_an_answer_is_asked_about_before_it_is_sent_again(booking, guest, clock, settings):
    pay(booking)
    cancel_booking(actor=guest, booking_id=booking.pk)
    here = settings.SITE_URL
    settings.SITE_URL = "http://127.0.0.1:9"
    run_due()
    assert Refund.objects.get().state == Refund.State.SENT
    settings.SITE_URL = here
    refund = Refund.objects.get()
    given = payments.provider().refund(
        booking.trade.number, refund_number=refund.number, amount_fen=refund.amount_fen, reason=""
    )
    assert given.state is payments.RefundState.DONE  # it had come through after all
    clock.shift(10 * MINUTE)
    run_due()
    assert Refund.objects.get().state == Refund.State.DONE
    assert Payment.objects.filter(kind="refunded").count() == 1


def test_more_than_200_mutations_of_a_notification_change_nothing(booking, client, late):
    pay(booking, "notify_late")
    genuine = notification(booking)
    count = 0
    for mutation in mutations(genuine, gateway_key(), {"old": rsa2.new_key(), "other": rsa2.new_key()}):
        notify(client, mutation.fields)
        count += 1
    assert count >= 200
    assert money(booking) == (Status.WAIT_PAYMENT, 0, 0)
    assert (Payment.objects.count(), Refund.objects.count()) == (0, 0)
    assert notify(client, genuine) == (200, b"success")
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)


def test_a_field_that_comes_twice_is_refused(booking, client, late):
    pay(booking, "notify_late")
    body = urlencode([*notification(booking).items(), ("total_amount", "0.01")])
    answer = client.post(NOTIFY, body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.content) == (403, b"fail")
    assert money(booking)[0] == Status.WAIT_PAYMENT


def test_an_unknown_number_is_kept_once_and_acknowledged(booking, client, late):
    pay(booking, "notify_late")
    fields = notification(booking, out_trade_no="unknown")
    assert [notify(client, fields), notify(client, fields)] == [(200, b"success")] * 2
    assert StrayNotice.objects.get().why == "unknown number"
    assert "138" not in str(StrayNotice.objects.get().facts)


def test_only_the_guest_pays_and_only_what_waits_for_it(booking, host, guest, stranger, house, clock):
    for user, refusal in ((host, NotTheGuest), (stranger, BookingNotFound)):
        with pytest.raises(refusal):
            payment_address(guest=user, booking_id=booking.pk)
    paid = make_booking(house, guest, D7 + timedelta(days=9), D7 + timedelta(days=10))
    with pytest.raises(ChangeNotPossible):
        payment_address(guest=guest, booking_id=paid.pk)
    clock.move_to(booking.expires_at)
    with pytest.raises(RequestRanOut):
        payment_address(guest=guest, booking_id=booking.pk)


def test_an_accepted_request_is_paid_within_a_day(house, guest, host, clock):
    House.objects.update(instant_book=False)
    booking = request_booking(guest=guest, house_id=house.pk, stay=Stay(D4, D7), guests=2)
    accept_request(host=host, booking_id=booking.pk)
    clock.shift(timedelta(hours=23))
    assert pay(booking) == 303
    assert money(booking)[0] == Status.PAID


def test_money_that_came_while_the_provider_was_asked_keeps_the_stay(booking, late, clock, monkeypatch):
    pay(booking, "fail")
    clock.move_to(booking.expires_at - timedelta(seconds=1))
    taker = payments.provider()
    query = type(taker).query

    def slow_query(self, number: str) -> payments.TradeWord:
        word = query(self, number)
        if clock_at_start == timezone.now():
            pay(booking, "notify_late")  # a moment after the provider has looked
            clock.shift(timedelta(seconds=3))
        return word

    clock_at_start = timezone.now()
    Trade.objects.update(ask_at=timezone.now())
    monkeypatch.setattr(type(taker), "query", slow_query)
    run_due()
    run_due()
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)


def test_a_provider_that_is_not_set_up_any_more_keeps_no_request_for_ever(booking, clock, settings):
    settings.SITE_URL = "https://ihome.example"
    until = booking.expires_at
    clock.move_to(until + timedelta(hours=1))
    run = run_due()
    assert (money(booking)[0], run.failed) == (Status.CANCELED, 0)
    booking.trade.refresh_from_db()
    assert (booking.trade.state, booking.trade.ask_at > timezone.now()) == (Trade.State.OPEN, True)


def test_a_silent_provider_is_left_alone_and_messages_come_all_the_same(house, guest, host, clock, settings):
    days = [D4 + timedelta(days=4 * n) for n in range(3)]
    for check_in in days:
        request_booking(guest=guest, house_id=house.pk, stay=Stay(check_in, check_in + timedelta(days=2)), guests=1)
    stranger = UserFactory()
    check_in = days[-1] + timedelta(days=4)
    request_booking(guest=stranger, house_id=house.pk, stay=Stay(check_in, check_in + timedelta(days=2)), guests=1)
    settings.SITE_URL = "http://127.0.0.1:9"
    clock.shift(3 * MINUTE)
    run = run_due()
    assert Trade.objects.filter(asked=1).count() == PATIENCE
    assert run.done["messages"] > 0


def test_a_refund_that_its_provider_refuses_is_given_back_by_transfer(booking, guest, host, clock):
    pay(booking, "refund_fails")
    cancel_booking(actor=guest, booking_id=booking.pk)
    refund = Refund.objects.get()
    finance = {"staff": UserFactory(is_staff=True), "refund_id": refund.pk}
    with pytest.raises(RefundNotRefused):
        take_refund(**finance, reason="不再试")
    run_due()
    with pytest.raises(RefundNotTaken):
        settle_refund(**finance, bank_reference="TT-1")
    with pytest.raises(OwnCase):
        take_refund(staff=guest, refund_id=refund.pk, reason="不再试")
    take_refund(**finance, reason="不再试")
    asked = Refund.objects.get().tries
    clock.shift(timedelta(days=1))
    run_due()
    assert (Refund.objects.get().tries, Refund.objects.stuck().count()) == (asked, 1)
    settle_refund(**finance, bank_reference="TT-1")
    run_due()
    refund.refresh_from_db()
    assert (refund.state, refund.said) == (Refund.State.DONE, "bank: TT-1")
    assert [line.act for line in StaffAct.objects.order_by("pk")] == ["take_refund", "settle_refund"]
    assert Payment.objects.filter(kind="refunded").count() == 1
    call_command("audit", stdout=StringIO())


def test_a_refund_that_staff_took_over_in_error_is_tried_again(booking, guest, clock):
    pay(booking, "refund_fails")
    cancel_booking(actor=guest, booking_id=booking.pk)
    run_due()
    staff, refund = UserFactory(is_staff=True), Refund.objects.get()
    take_refund(staff=staff, refund_id=refund.pk, reason="不再试")
    retry_refund(staff=staff, refund_id=refund.pk, reason="余额已补")
    run_due()
    refund.refresh_from_db()
    assert (refund.state, refund.tries) == (Refund.State.DONE, 2)
    assert [line.after for line in StaffAct.objects.order_by("pk")] == [{"state": "by_staff"}, {"state": "refused"}]
    clock.shift(MINUTE)
    with pytest.raises(RefundDone):
        retry_refund(staff=staff, refund_id=refund.pk, reason="余额已补")


def test_staff_have_a_late_refund_tried_at_once(booking, guest, clock, monkeypatch):
    pay(booking)
    cancel_booking(actor=guest, booking_id=booking.pk)
    Refund.objects.update(try_at=timezone.now() + timedelta(hours=6))
    run_due()
    assert Refund.objects.get().state == Refund.State.DUE
    retry_refund(staff=UserFactory(is_staff=True), refund_id=Refund.objects.get().pk, reason="太久了")
    run_due()
    assert Refund.objects.get().state == Refund.State.DONE


def test_a_refund_that_may_be_asked_about_just_now_is_let_finish_first(booking, guest, clock):
    pay(booking)
    cancel_booking(actor=guest, booking_id=booking.pk)
    Refund.objects.update(state=Refund.State.SENT, try_at=timezone.now() + timedelta(hours=6))
    retry_refund(staff=UserFactory(is_staff=True), refund_id=Refund.objects.get().pk, reason="太久了")
    run_due()
    assert Refund.objects.get().state == Refund.State.SENT
    clock.shift(LEASE)
    run_due()
    assert Refund.objects.get().state == Refund.State.DONE


def test_staff_have_a_provider_asked_at_once_and_read_what_it_says(booking, late, clock):
    pay(booking, "notify_late")
    staff, trade = UserFactory(is_staff=True), booking.trade
    Trade.objects.update(ask_at=timezone.now() + timedelta(hours=6))
    with pytest.raises(TradeNotFound):
        hurry_trade(staff=staff, trade_id=0, reason="客人说已付")
    hurry_trade(staff=staff, trade_id=trade.pk, reason="客人说已付")
    run_due()
    assert money(booking) == (Status.PAID, booking.amount_fen, 0)
    clock.shift(MINUTE)
    with pytest.raises(TradeNotOpen):
        hurry_trade(staff=staff, trade_id=trade.pk, reason="再问")
    assert [line.act for line in StaffAct.objects.all()] == ["hurry_trade"]


def test_what_a_provider_said_last_is_kept_with_its_trade(booking, clock, settings):
    clock.shift(3 * MINUTE)
    run_due()
    assert Trade.objects.get().said == "absent"
    settings.SITE_URL = "http://127.0.0.1:9"
    clock.shift(3 * MINUTE)
    run_due()
    assert Trade.objects.get().said == "payment_unanswered"
