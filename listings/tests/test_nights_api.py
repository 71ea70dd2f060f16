"""What guests ask of a home over the API: its nights, and the price of a stay."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from bookings.factories import make_booking
from listings.factories import HouseFactory, NightPriceFactory, block_nights
from listings.models import House
from listings.tests.calls import data, fields, refusal, send

pytestmark = pytest.mark.django_db
Status = House.Status


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2026, 12, 1, 2, tzinfo=UTC), tick=False):
        yield


def nights(client, house, query="") -> list[dict]:
    return data(send(client, "get", f"/houses/{house.pk}/calendar{query}"))["nights"]


def test_a_calendar_tells_62_nights_from_today(client, host):
    listed = nights(client, HouseFactory(host=host))
    assert [listed[0]["date"], listed[-1]["date"], len(listed)] == ["2026-12-01", "2027-01-31", 62]
    assert listed[0] == {"date": "2026-12-01", "available": True, "price": 39900}


def test_a_night_is_priced_and_available_unless_it_is_held(client, django_assert_num_queries):
    house = HouseFactory(weekend_price_fen=49900)
    block_nights(house, date(2026, 12, 5), date(2026, 12, 6))
    NightPriceFactory(house=house, night=date(2026, 12, 6), price_fen=1)
    with django_assert_num_queries(3):
        listed = nights(client, house, "?from=2026-12-04&to=2026-12-07")
    assert [(night["available"], night["price"]) for night in listed] == [(True, 49900), (False, 49900), (True, 1)]


def test_an_overdue_request_leaves_its_nights_available(client, guest):
    house = HouseFactory()
    booking = make_booking(house, guest, date(2026, 12, 4), date(2026, 12, 7))
    booking.hold.nights.update(expires_at=datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert all(night["available"] for night in nights(client, house))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?from=2026-12-04&to=2026-12-04", 0), ("?to=2026-12-03", 2), ("?from=2020-01-01", 62), ("?from=9999-12-30", 1),
        ("?from=0001-01-01&to=0001-01-03", 2), ("?from=2026-12-01&to=2028-01-05", 400),
    ],
)  # fmt: skip
def test_a_calendar_of_any_days(client, query, count):
    assert len(nights(client, HouseFactory(), query)) == count


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-02-30", "from=x", "from=2026-12-04&to=2026-12-03", "to=2026-11-30",
        "from=2026-12-01&to=2028-01-06", "to=9999-12-31", "from=%00",
    ],
)  # fmt: skip
def test_days_that_are_none_and_too_many_are_4103(client, query):
    assert fields(send(client, "get", f"/houses/{HouseFactory().pk}/calendar?{query}")) in (["from"], ["to"])


def quote(client, house, query):
    return send(client, "get", f"/houses/{house.pk}/quote?{query}")


def test_a_quote_has_lines_that_add_up(client, django_assert_max_num_queries):
    house = HouseFactory(weekend_price_fen=49900, cleaning_fee_fen=6000, deposit_fen=50000)
    with django_assert_max_num_queries(3):
        told = data(quote(client, house, "sd=2026-12-03&ed=2026-12-06&guests=2"))
    assert (told["nights"], told["amount"], told["deposit"]) == (3, 145700, 50000)
    assert [line["amount"] for line in told["lines"]] == [39900, 99800, 6000]
    assert all(line["label"] for line in told["lines"])


@pytest.mark.parametrize(("nights_asked", "percent"), [(7, 10), (28, 20)])
def test_a_discount_is_a_line_and_no_night(client, nights_asked, percent):
    house = HouseFactory(weekly_discount=10, monthly_discount=20, price_fen=10000)
    told = data(quote(client, house, f"sd=2026-12-03&ed={date(2026, 12, 3) + timedelta(days=nights_asked)}"))
    assert (told["nights"], told["lines"][-1]["amount"]) == (nights_asked, -nights_asked * 100 * percent)


def test_a_taken_night_is_4004(client):
    house = HouseFactory()
    block_nights(house, date(2026, 12, 5), date(2026, 12, 6))
    assert refusal(quote(client, house, "sd=2026-12-04&ed=2026-12-06")) == (409, "4004")
    assert refusal(quote(client, house, "sd=2026-12-04&ed=2026-12-05")) == (409, "4004")
    House.objects.update(same_day_turnover=True)
    assert quote(client, house, "sd=2026-12-04&ed=2026-12-05").status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "sd"), ("sd=2026-12-04", "ed"), ("sd=2026-12-04&ed=2026-12-04", "ed"),
        ("sd=2026-02-30&ed=2026-12-04", "sd"), ("sd=2026-11-30&ed=2026-12-04", "sd"),
        ("sd=2026-12-04&ed=2029-01-01", "ed"), ("sd=0001-01-01&ed=9999-12-31", "sd"),
        ("sd=2026-12-04&ed=2026-12-06&guests=5", "guests"), ("sd=2026-12-04&ed=2026-12-06&guests=0", "guests"),
        ("sd=2026-12-04&ed=2026-12-06&guests=x", "guests"), ("sd=2026-12-04&ed=2026-12-05", "ed"),
        ("sd=2026-12-04&ed=2026-12-20", "ed"), ("sd=9999-12-30&ed=9999-12-31", "ed"),
    ],
)  # fmt: skip
def test_a_stay_that_the_home_does_not_take_is_4103(client, query, field):
    assert field in fields(quote(client, HouseFactory(min_nights=2, max_nights=7), query))


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("sd=2026-12-05&ed=2026-12-07", 409, "sd"), ("sd=2026-12-10&ed=2026-12-11", 400, "ed"),
        ("sd=2026-11-05&ed=2026-11-09", 400, "sd"), ("sd=2026-12-05&ed=2029-01-01", 400, "ed"),
    ],
)  # fmt: skip
def test_a_refused_quote_names_dates_that_have_a_price(client, query, status, field):
    house = HouseFactory(min_nights=2, max_nights=7)
    block_nights(house, date(2026, 12, 5), date(2026, 12, 6))
    answer = quote(client, house, f"{query}&guests=2")
    assert answer.status_code == status
    told = answer.json()["data"]
    assert told["fields"] == {field: [answer.json()["errmsg"]]}
    dates = told["nearest"]
    follow = f"sd={dates['start_date']}&ed={dates['end_date']}&guests=2"
    assert quote(client, house, follow).status_code == 200


@pytest.mark.parametrize("path", ["calendar", "quote?sd=2026-12-04&ed=2026-12-06"])
def test_nights_and_prices_are_told_to_who_may_see_the_home(client, host, stranger, path):
    house = HouseFactory(host=host, status=Status.OFFLINE)
    for user, status in ((None, 404), (stranger, 404), (host, 200)):
        if user:
            client.force_login(user)
        assert send(client, "get", f"/houses/{house.pk}/{path}").status_code == status


def test_an_empty_draft_has_nights_without_a_price(client, host):
    client.force_login(host)
    draft = House.objects.create(host=host)
    assert nights(client, draft)[0]["price"] == 0
    assert fields(quote(client, draft, "sd=2026-12-04&ed=2026-12-06")) == ["guests"]
