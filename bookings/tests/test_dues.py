"""What hosts are owed for stays, and that it is paid to them once."""

import json
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection, connections

from accounts.factories import UserFactory
from accounts.models import StaffAct
from accounts.privacy import export_data, objections_to_closing
from bookings.cancelling import cancel_booking, cancel_for_staff, refund_part
from bookings.clock import move_on
from bookings.dues import host_share, pay_due, pay_dues
from bookings.errors import DueNotFound, DuePaidAlready, ReferenceMissing
from bookings.factories import make_booking
from bookings.models import Booking, HostDue, Payout, Refund
from listings.factories import HouseFactory

D4, D6 = date(2026, 12, 4), date(2026, 12, 6)
NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
AFTER = datetime(2026, 12, 6, 1, tzinfo=UTC)
Status = Booking.Status


@pytest.fixture
def evening():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def staff(db):
    return UserFactory(is_staff=True, name="爱家财务")


@pytest.fixture
def stay(evening, host, guest) -> Booking:
    """A paid stay of two nights for ¥399 each."""
    return make_booking(HouseFactory(host=host, price_fen=39900, cleaning_fee_fen=0), guest, D4, D6)


def line(due) -> tuple:
    return due.number, due.paid_fen, due.refunded_fen, due.commission_fen, due.amount_fen


def lines(booking) -> list[tuple]:
    return [line(due) for due in booking.dues.order_by("number")]


def owed(host) -> list[str]:
    return objections_to_closing(host)


# --- what is owed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "kept", "share"),
    [(10, 100, 90), (10, 105, 94), (10, 104, 94), (10, 5, 4), (10, 4, 4), (0, 79_800, 79_800), (15, 79_800, 67_830)],
)
def test_the_commission_is_rounded_half_a_fen_up(percent, kept, share):
    assert host_share(Booking(commission_percent=percent), kept) == share


def test_a_stay_keeps_the_commission_that_held_when_it_was_booked(evening, stay, staff, settings):
    evening.move_to(AFTER)
    move_on(stay.pk)
    settings.COMMISSION_PERCENT = 15
    refund_part(staff=staff, booking_id=stay.pk, amount_fen=10_000, reason="热水坏了")
    assert lines(stay) == [(1, 79_800, 0, 7_980, 71_820), (2, 0, 10_000, -1_000, -9_000)]


def test_a_stay_owes_its_host_nothing_until_it_is_over(evening, stay):
    move_on(stay.pk)
    assert lines(stay) == []
    evening.move_to(AFTER)
    for _ in range(2):
        move_on(stay.pk)
    assert lines(stay) == [(1, 79_800, 0, 7_980, 71_820)]


def test_a_part_that_goes_back_before_is_taken_off(evening, stay, staff):
    refund_part(staff=staff, booking_id=stay.pk, amount_fen=10_005, reason="热水坏了")
    assert lines(stay) == []
    evening.move_to(AFTER)
    move_on(stay.pk)
    assert lines(stay) == [(1, 79_800, 10_005, 6_980, 62_815)]


def test_a_part_that_goes_back_after_is_a_line_of_its_own(evening, stay, staff):
    evening.move_to(AFTER)
    move_on(stay.pk)
    refund_part(staff=staff, booking_id=stay.pk, amount_fen=10_005, reason="热水坏了")
    assert lines(stay) == [(1, 79_800, 0, 7_980, 71_820), (2, 0, 10_005, -1_000, -9_005)]
    assert sum(due.amount_fen for due in stay.dues.all()) == host_share(stay, 79_800 - 10_005)


@pytest.mark.parametrize(("refund_fen", "owed_lines"), [(None, []), (29_800, [(1, 79_800, 29_800, 5_000, 45_000)])])
def test_of_what_staff_keep_when_they_cancel_the_host_gets_their_share(stay, staff, refund_fen, owed_lines):
    cancel_for_staff(staff=staff, booking_id=stay.pk, reason="纠纷", refund_fen=refund_fen)
    assert lines(stay) == owed_lines


def test_a_stay_that_its_host_cancels_owes_nothing(stay, host):
    cancel_booking(actor=host, booking_id=stay.pk, reason="水管坏了")
    assert lines(stay) == []


# --- paying it --------------------------------------------------------------------------------------------------------


@pytest.fixture
def due(evening, stay) -> HostDue:
    evening.move_to(AFTER)
    move_on(stay.pk)
    return stay.dues.get()


def test_a_line_is_paid_once_with_the_banks_reference(due, staff):
    payout = pay_due(staff=staff, due_id=due.pk, bank_reference=" 工行 20261206 ")
    assert (payout.bank_reference, payout.actor, payout.created_at) == ("工行 20261206", staff, AFTER)
    act = StaffAct.objects.get()
    assert (act.act, act.subject, act.about) == (StaffAct.Act.PAY_HOST, due.booking.house.host, str(due))
    with pytest.raises(DuePaidAlready):
        pay_due(staff=staff, due_id=due.pk, bank_reference="别的")
    assert Payout.objects.count() == StaffAct.objects.count() == 1


def test_no_line_is_paid_without_a_reference_or_without_a_line(due, staff):
    with pytest.raises(ReferenceMissing):
        pay_due(staff=staff, due_id=due.pk, bank_reference=" ")
    with pytest.raises(DueNotFound):
        pay_due(staff=staff, due_id=due.pk + 1, bank_reference="1")
    assert not Payout.objects.exists()


def test_of_several_lines_all_are_paid_or_none(due, staff, host, guest):
    other = make_booking(HouseFactory(host=host), guest, D4, D6, Status.COMPLETE).dues.get()
    pay_due(staff=staff, due_id=other.pk, bank_reference="1")
    with pytest.raises(DuePaidAlready) as refusal:
        pay_dues(staff=staff, due_ids=[other.pk, due.pk], bank_reference="2")
    assert refusal.value.facts["line"] == str(other)
    assert Payout.objects.count() == 1
    third = make_booking(HouseFactory(host=host), guest, D4, D6, Status.COMPLETE).dues.get()
    assert len(pay_dues(staff=staff, due_ids=[third.pk, due.pk], bank_reference="2")) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_who_pay_a_line_at_once_one_does():
    yesterday = date(2026, 11, 20)
    due = make_booking(
        HouseFactory(), UserFactory(), yesterday, yesterday + timedelta(days=1), Status.COMPLETE
    ).dues.get()
    people, start = UserFactory.create_batch(8, is_staff=True), Barrier(8)

    def pay(person) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            pay_due(staff=person, due_id=due.pk, bank_reference=person.name)
        except DuePaidAlready:
            return "paid already"
        finally:
            connections.close_all()
        return "paid"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(pay, people)) == {"paid": 1, "paid already": 7}
    assert Payout.objects.count() == StaffAct.objects.count() == 1


# --- leaving, and taking one's data along -----------------------------------------------------------------------------


def test_a_host_who_is_owed_money_does_not_leave_before_it_is_paid(due, host, staff):
    assert [words for words in owed(host) if "718.20" in words]
    pay_due(staff=staff, due_id=due.pk, bank_reference="1")
    assert owed(host) == []


def test_a_host_who_owes_money_does_not_leave_either(due, host, staff):
    pay_due(staff=staff, due_id=due.pk, bank_reference="1")
    refund_part(staff=staff, booking_id=due.booking_id, amount_fen=10_000, reason="热水坏了")
    assert [words for words in owed(host) if "¥90" in words]


def test_a_guest_who_waits_for_money_does_not_leave_before_it_is_back(due, guest, staff):
    refund_part(staff=staff, booking_id=due.booking_id, amount_fen=10_000, reason="热水坏了")
    assert [words for words in owed(guest) if "¥100" in words]
    Refund.objects.update(state=Refund.State.DONE, done_at=AFTER, try_at=None)
    assert owed(guest) == []


def test_each_side_takes_its_own_money_along(due, guest, host, staff):
    refund_part(staff=staff, booking_id=due.booking_id, amount_fen=10_000, reason="热水坏了")
    pay_due(staff=staff, due_id=due.pk, bank_reference="工行 1")
    (mine,), (hosted,) = exported(guest)["as_guest"], exported(host)["as_host"]
    assert [(row["kind"], row["amount_fen"]) for row in mine["payments"]] == [("captured", 79_800)]
    assert [(row["amount_fen"], row["state"]) for row in mine["refunds"]] == [(10_000, "due")]
    assert [(row["amount_fen"], row["bank_reference"]) for row in hosted["dues"]] == [(-9_000, ""), (71_820, "工行 1")]
    assert "dues" not in mine
    assert "payments" not in hosted


def exported(user) -> dict:
    with export_data(user) as file, zipfile.ZipFile(file) as bundle:
        return json.loads(bundle.read("bookings.json"))
