"""How a host changes nights that guests may be asking for, also at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone
from hypothesis import given
from hypothesis.strategies import dates, sets

from accounts.factories import UserFactory
from bookings.factories import make_booking
from bookings.models import Booking
from bookings.nights import Act, change_nights, runs_of
from bookings.services import request_booking
from ihome_project.errors import Conflict
from listings.calendar import Stay
from listings.errors import HouseNotFound, NightsInTheWay
from listings.factories import HouseFactory, block_nights
from listings.models import HeldNight, House, NightPrice

ROUNDS = 10
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.get_default_timezone())
D1, D2, D4, D5, D7, D10 = (date(2026, 12, n) for n in (1, 2, 4, 5, 7, 10))


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house(host) -> House:
    return HouseFactory(host=host)


def change(house, act, *runs, **more) -> None:
    change_nights(host=house.host, house_id=house.pk, runs=runs, act=act, **more)


def held() -> list[date]:
    return list(HeldNight.objects.order_by("night").values_list("night", flat=True))


@given(nights=sets(dates(date(2026, 11, 22), date(2027, 1, 22)), max_size=20))
def test_runs_are_the_nights_ticked_and_never_touch(nights):
    runs = runs_of(nights)
    assert [night for run in runs for night in run.nights] == sorted(nights)
    assert all(run.check_out < after.check_in for run, after in pairwise(runs))


def test_several_runs_of_nights_change_together(at_noon, house):
    runs = Stay(D1, D2), Stay(D4, D5)
    change(house, Act.BLOCK, *runs)
    change(house, Act.PRICE, *runs, price_fen=58800)
    assert held() == list(NightPrice.objects.order_by("night").values_list("night", flat=True)) == [D1, D4]
    change(house, Act.FREE, *runs)
    change(house, Act.USUAL_PRICE, *runs)
    assert not HeldNight.objects.exists()
    assert not NightPrice.objects.exists()


def test_one_run_that_is_refused_refuses_all(at_noon, house, guest):
    booking = make_booking(house, guest, D4, D7)
    with pytest.raises(NightsInTheWay) as refused:
        change(house, Act.BLOCK, Stay(D1, D2), Stay(D4, D5))
    assert refused.value.facts["holds"] == {booking.hold_id}
    assert D1 not in held()


def test_a_request_that_ran_out_gives_way(at_noon, house, guest):
    overdue = NOON - timedelta(minutes=6)
    booking = make_booking(house, guest, D4, D7, Booking.Status.WAIT_PAYMENT, expires_at=overdue)
    change(house, Act.BLOCK, Stay(D5, D7))
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CANCELED
    assert held() == [D5, date(2026, 12, 6)]


@pytest.mark.parametrize("act", Act)
def test_a_stranger_and_another_host_change_nothing(at_noon, house, guest, stranger, act):
    overdue = NOON - timedelta(minutes=6)
    make_booking(house, guest, D4, D7, Booking.Status.WAIT_PAYMENT, expires_at=overdue)
    block_nights(house, D1, D2)
    before = held()
    for who in (stranger, HouseFactory().host):
        with pytest.raises(HouseNotFound):
            change_nights(host=who, house_id=house.pk, runs=[Stay(D1, D10)], act=act, price_fen=100)
    assert held() == before
    assert not NightPrice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_a_block_and_a_booking_at_once_exactly_one_wins():
    tomorrow = timezone.localdate() + timedelta(days=1)
    stay = Stay(tomorrow, tomorrow + timedelta(days=2))
    for _ in range(ROUNDS):
        guest, house = UserFactory(), HouseFactory()
        asked = {"guest": guest, "house_id": house.pk, "stay": stay, "guests": 1}
        done = at_once((change, house, Act.BLOCK, stay), (lambda asked: request_booking(**asked), asked))
        assert done == {"done": 1, "refused": 1}
        assert len(set(HeldNight.objects.filter(house=house).values_list("hold", flat=True))) == 1


def at_once(*acts: tuple) -> Counter:
    """Do several things at the same moment; count what came of them."""
    start = Barrier(len(acts))

    def one(act: tuple) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            act[0](*act[1:])
        except Conflict:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(one, acts))
