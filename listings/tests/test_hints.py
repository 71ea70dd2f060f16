"""The stay that a refusal names: the nearest one that the home takes, and one only if there is one."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from bookings.factories import make_booking
from bookings.models import Booking
from bookings.services import quote_request, request_booking
from listings.calendar import HORIZON_DAYS, ONE_DAY, Stay
from listings.errors import NightsTaken, OtherStayFree, StayInThePast, StayTooFarAhead, StayTooLong, StayTooShort
from listings.factories import HouseFactory, block_nights
from listings.hints import nearest_stay, with_nearest
from listings.models import House
from listings.months import Nights, nights_ahead, nights_of
from listings.pricing import quote_if_free

TODAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.get_default_timezone())
LAST = TODAY + timedelta(days=HORIZON_DAYS)
SETTINGS = ("min_nights", "max_nights", "same_day_turnover", "check_in_time", "capacity")
WINDOW = 24  # days of the calendar that random holds leave open
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def june(first: int, last: int) -> Stay:
    return Stay(date(2026, 6, first), date(2026, 6, last))


def block(house: House, first: int, last: int) -> None:
    block_nights(house, date(2026, 6, first), date(2026, 6, last))


def nearest(house: House, stay: Stay, guests: int = 1) -> Stay | None:
    return nearest_stay(house, stay, guests=guests)


def refused(house: House, stay: Stay, guests: int = 1) -> OtherStayFree:
    with pytest.raises(OtherStayFree) as refusal:
        quote_if_free(house, stay, guests=guests)
    return refusal.value


# --- which one --------------------------------------------------------------------------------------------------------


def test_a_stay_that_can_be_had_is_the_nearest_to_itself():
    assert nearest(HouseFactory(), june(5, 8)) == june(5, 8)


def test_taken_nights_lead_to_the_nearest_day_of_arrival():
    house = HouseFactory()
    block(house, 5, 6)
    assert nearest(house, june(5, 8)) == june(6, 9)


def test_of_two_days_as_near_it_is_the_one_before():
    house = HouseFactory(same_day_turnover=True)
    block(house, 12, 13)
    assert nearest(house, june(11, 13)) == june(10, 12)


def test_the_night_of_leaving_is_free_too_unless_the_home_turns_over_on_the_day():
    house = HouseFactory()
    block(house, 12, 15)
    assert nearest(house, june(10, 13)) == june(8, 11)
    house.same_day_turnover = True
    assert nearest(house, june(10, 13)) == june(9, 12)


def test_what_is_too_short_or_too_long_keeps_its_day_of_arrival():
    house = HouseFactory(min_nights=3, max_nights=5)
    assert nearest(house, june(10, 11)) == june(10, 13)
    assert nearest(house, june(10, 20)) == june(10, 15)


def test_today_can_be_had_until_check_in_time():
    house = HouseFactory(check_in_time=time(15))
    assert nearest(house, Stay(date(2026, 5, 20), date(2026, 5, 22))) == june(1, 3)
    house.check_in_time = time(12)
    assert nearest(house, june(1, 3)) == june(2, 4)


@pytest.mark.parametrize("turnover", [True, False])
def test_a_stay_ends_at_the_horizon(turnover):
    house = HouseFactory(same_day_turnover=turnover)
    asked = Stay(LAST - timedelta(days=1), LAST + timedelta(days=2))
    assert nearest(house, asked) == Stay(LAST - timedelta(days=3), LAST)
    assert nearest(house, Stay(date(9999, 12, 30), date(9999, 12, 31))) == Stay(LAST - ONE_DAY, LAST)


def test_the_night_after_the_horizon_counts_as_it_does_for_a_booking():
    house = HouseFactory()
    block_nights(house, LAST, LAST + ONE_DAY)
    assert nearest(house, Stay(LAST - ONE_DAY, LAST)) == Stay(LAST - timedelta(days=2), LAST - ONE_DAY)


def test_without_room_for_so_many_nights_it_is_the_longest_there_is():
    house = HouseFactory(min_nights=2, same_day_turnover=True)
    block(house, 1, 10)
    block_nights(house, date(2026, 6, 13), LAST)
    assert nearest(house, june(20, 28)) == june(10, 13)
    assert nearest(house, Stay(date(1, 1, 1), date.max)) == june(10, 13)


def test_a_gap_shorter_than_the_home_takes_is_none():
    house = HouseFactory(min_nights=3)
    block(house, 1, 10)
    block_nights(house, date(2026, 6, 13), LAST + ONE_DAY)
    assert nearest(house, june(10, 13)) is None


def test_a_full_calendar_has_none():
    house = HouseFactory()
    block_nights(house, TODAY, LAST + ONE_DAY)
    assert nearest(house, june(5, 8)) is None
    assert "nearest" not in refused(house, june(5, 8)).facts


def test_a_home_that_is_too_small_has_none():
    house = HouseFactory(capacity=2, min_nights=2)
    assert nearest(house, june(5, 8), guests=3) is None
    assert "nearest" not in refused(house, june(5, 6), guests=3).facts


def test_an_overdue_request_is_not_in_the_way(guest):
    house = HouseFactory()
    make_booking(house, guest, *dates(june(5, 8)), "WAIT_PAYMENT", expires_at=NOON - timedelta(minutes=6))
    assert nearest(house, june(5, 8)) == june(5, 8)


def dates(stay: Stay) -> tuple[date, date]:
    return stay.check_in, stay.check_out


# --- what carries it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stay", "refusal", "hint"),
    [
        (june(12, 14), NightsTaken, june(13, 15)),
        (Stay(date(2026, 5, 30), date(2026, 6, 2)), StayInThePast, june(1, 4)),
        (Stay(LAST, LAST + timedelta(days=2)), StayTooFarAhead, Stay(LAST - timedelta(days=2), LAST)),
        (june(5, 6), StayTooShort, june(5, 7)),
        (june(4, 14), StayTooLong, june(4, 11)),
    ],
)
def test_each_refusal_of_dates_names_it(stay, refusal, hint):
    house = HouseFactory(min_nights=2, max_nights=7)
    block(house, 12, 13)
    error = refused(house, stay)
    assert (type(error), error.facts["nearest"]) == (refusal, hint)


def test_a_refusal_says_it_in_its_second_sentence():
    house = HouseFactory(min_nights=3)
    with translation.override("en"):
        assert str(StayTooShort(nights=3)) == "This home takes stays of 3 nights or more."
        assert str(refused(house, june(5, 6))) == f"{StayTooShort(nights=3)} Free from 5 to 8 Jun."
        assert str(refused(house, june(29, 30))).endswith(" Free from 29 Jun to 2 Jul.")
        assert str(refused(house, Stay(LAST, LAST + ONE_DAY))).endswith(" Free from 3 to 6 Jul 2027.")


def test_each_refusal_has_a_code_of_its_own():
    refusals = OtherStayFree.__subclasses__()
    assert len({refusal.code for refusal in refusals} - {OtherStayFree.code}) == len(refusals) == 5


def test_it_is_found_in_one_query(django_assert_num_queries):
    house = HouseFactory()
    block(house, 5, 20)
    with django_assert_num_queries(1):
        nearest(house, june(5, 8))
    with django_assert_num_queries(2):  # what is refused, and what is free
        refused(house, june(5, 8))


def test_a_page_that_knows_the_nights_asks_for_nothing_more(django_assert_num_queries):
    house = HouseFactory()
    block(house, 5, 6)
    nights = nights_of(house)
    with django_assert_num_queries(0), pytest.raises(NightsTaken) as refusal:
        nights.quote(june(5, 8), guests=1)
    assert refusal.value.facts["nearest"] == june(6, 9)


def test_who_could_not_ask_for_it_is_told_none():
    house = HouseFactory()
    with pytest.raises(NightsTaken) as refusal, with_nearest(house, june(5, 8), guests=1, given=lambda: False):
        raise NightsTaken
    assert "nearest" not in refusal.value.facts


# --- whatever is held, set and asked for ------------------------------------------------------------------------------

days = st.integers(-3, WINDOW + 3)
a_stay = st.builds(
    lambda day, nights: Stay(TODAY + ONE_DAY * day, TODAY + ONE_DAY * (day + nights)), days, st.integers(1, 12)
)
a_home = st.builds(
    lambda least, more, turnover, hour: House(
        min_nights=least,
        max_nights=more and least + more - 1,
        same_day_turnover=turnover,
        check_in_time=time(hour),
        capacity=2,
    ),
    st.integers(1, 6),
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from([0, 12, 15]),
)
a_calendar = st.frozensets(st.integers(0, WINDOW).map(lambda day: TODAY + ONE_DAY * day), max_size=WINDOW)
BEYOND = frozenset(TODAY + ONE_DAY * day for day in range(WINDOW, HORIZON_DAYS + 1))


def takes(house: House, stay: Stay, taken: frozenset[date]) -> bool:
    """Ask as the page of a home does."""
    ahead = nights_ahead()
    try:
        Nights(ahead.first, ahead.last, house, taken).quote(stay, guests=1)
    except OtherStayFree:
        return False
    return True


def stays_of_the_window(nights: int) -> list[Stay]:
    first = TODAY - ONE_DAY
    return [Stay(first + ONE_DAY * day, first + ONE_DAY * (day + nights)) for day in range(WINDOW + 3)]


@given(a_home, a_stay, a_calendar)
@example(House(min_nights=1, capacity=2, check_in_time=time(12)), june(1, 2), frozenset(june(2, 26).nights))
@settings(max_examples=300, deadline=None)
def test_the_hint_is_the_first_of_all_stays_by_length_and_nearness(house, asked, held):
    taken = held | BEYOND
    hint = nearest_stay(house, asked, guests=1, taken=taken)
    longest = min(max(len(asked), house.min_nights), house.max_nights or WINDOW + 12)
    possible = [
        stay
        for nights in range(house.min_nights, longest + 1)
        for stay in stays_of_the_window(nights)
        if takes(house, stay, taken)
    ]
    order = [(-len(stay), abs(stay.check_in - asked.check_in), stay.check_in) for stay in possible]
    assert (hint and (-len(hint), abs(hint.check_in - asked.check_in), hint.check_in)) == min(order, default=None)


def stored(house: House, host: User, held: frozenset[date]) -> House:
    """Return a copy of a home in the database, with nights that are held."""
    kept = HouseFactory(host=host, **{name: getattr(house, name) for name in SETTINGS})
    for night in held:
        block_nights(kept, night, night + ONE_DAY)
    return kept


def ask(guest: User, house: House, stay: Stay) -> Booking:
    return request_booking(guest=guest, house_id=house.pk, stay=stay, guests=2)


@given(home=a_home, asked=a_stay, held=a_calendar)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_following_the_hint_succeeds(guest, host, home, asked, held):
    with transaction.atomic():
        house = stored(home, host, held)
        try:
            ask(guest, house, asked)
        except OtherStayFree as refusal:
            hint = refusal.facts["nearest"]  # beyond the held ones all nights are free
            assert quote_if_free(house, hint, guests=2).nights == len(hint)
            assert quote_request(guest=guest, house=house, stay=hint).nights == len(hint)
            ask(guest, house, hint)
        transaction.set_rollback(True)
