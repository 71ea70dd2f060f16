"""What waits for staff: each list has exactly what needs them, and what they have settled leaves it."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.factories import UserFactory
from accounts.models import StaffAct, User
from bookings.cancelling import cancel_for_staff
from bookings.errors import NoticeNotFound, NoticeSettled
from bookings.factories import make_booking
from bookings.models import Booking, Refund, StrayNotice, Trade
from bookings.moderating import settle_notice
from listings.factories import HouseFactory
from listings.models import House

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
DAY = timedelta(days=1)
FIRST = date(2026, 12, 1)
Status = Booking.Status
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True)


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


def stay(house: House, guest: User, status: str, day: int) -> Booking:
    return make_booking(house, guest, FIRST + day * DAY, FIRST + (day + 2) * DAY, status)


def test_left_to_staff_are_paid_stays_of_whom_or_what_is_off_the_market(house, guest, host):
    paid = stay(house, guest, Status.PAID, 0)
    stay(house, guest, Status.WAIT_COMMENT, -20)
    assert not Booking.objects.left_to_staff().exists()
    for rows, off, on in (
        (House.objects.filter(pk=house.pk), {"status": "suspended"}, {"status": "published"}),
        (User.objects.filter(pk=guest.pk), {"is_active": False}, {"is_active": True}),
        (User.objects.filter(pk=host.pk), {"is_active": False}, {"is_active": True}),
    ):
        rows.update(**off)
        assert list(Booking.objects.left_to_staff()) == [paid]
        rows.update(**on)


def test_a_stuck_trade_is_open_long_after_its_deadline(house, guest, stranger):
    late, soon = (stay(house, who, Status.WAIT_PAYMENT, day) for who, day in ((guest, 0), (stranger, 5)))
    stay(house, guest, Status.PAID, 10)
    Trade.objects.exclude(booking=soon).update(expires_at=NOON - DAY)
    assert [trade.booking for trade in Trade.objects.stuck()] == [late]


@pytest.mark.parametrize(
    ("state", "age", "is_stuck"),
    [
        ("due", 23, False),
        ("due", 24, True),
        ("sent", 24, True),
        ("refused", 0, True),
        ("by_staff", 0, True),
        ("done", 99, False),
    ],
)
def test_a_stuck_refund_is_refused_or_long_on_its_way(house, guest, staff, state, age, is_stuck):
    paid = stay(house, guest, Status.PAID, 0)
    cancel_for_staff(staff=staff, booking_id=paid.pk, reason="停电")
    done = {"done": {"done_at": NOON, "try_at": None}, "by_staff": {"try_at": None}}.get(state, {})
    Refund.objects.update(state=state, created_at=NOON - timedelta(hours=age), **done)
    assert Refund.objects.stuck().exists() == is_stuck


def notice(digest: str) -> StrayNotice:
    return StrayNotice.objects.create(provider="sandbox", why="wrong amount", facts={}, digest=digest)


def test_a_settled_notice_is_left_to_nobody(staff):
    settled, other = notice("1"), notice("2")
    settle_notice(staff=staff, notice_id=settled.pk, reason="已退回")
    assert list(StrayNotice.objects.unsettled()) == [other]
    line = StaffAct.objects.get()
    assert (line.act, line.thing, line.reason) == ("settle_notice", f"bookings.straynotice/{settled.pk}", "已退回")


def test_a_notice_is_settled_once_and_with_a_reason(staff, stranger):
    settle_notice(staff=staff, notice_id=notice("1").pk, reason="已退回")
    with pytest.raises(NoticeSettled):
        settle_notice(staff=stranger, notice_id=StrayNotice.objects.get().pk, reason="我也看了")
    with pytest.raises(NoticeNotFound):
        settle_notice(staff=staff, notice_id=0, reason="?")
    with pytest.raises(ReasonMissing):
        settle_notice(staff=staff, notice_id=StrayNotice.objects.get().pk, reason=" ")
    assert StaffAct.objects.count() == 1
