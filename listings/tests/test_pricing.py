"""What a stay costs."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from listings.calendar import Stay
from listings.factories import HouseFactory
from listings.pricing import Line, percent_of, price_stay, quote_stay

FRIDAY = date(2026, 12, 4)


def stay(nights: int, first: date = FRIDAY) -> Stay:
    return Stay(first, first + timedelta(days=nights))


def test_a_night_costs_the_special_else_the_weekend_else_the_base_price():
    house = HouseFactory.build(price_fen=39900, weekend_price_fen=49900, cleaning_fee_fen=6000)
    quote = price_stay(house, stay(3), {FRIDAY: 58800})
    assert [(line.kind, line.amount_fen) for line in quote.lines] == [
        ("special", 58800),
        ("weekend", 49900),
        ("night", 39900),
        ("cleaning", 6000),
    ]
    assert quote.amount_fen == 58800 + 49900 + 39900 + 6000


def test_equal_nights_share_a_line():
    house = HouseFactory.build(price_fen=39900)
    assert [line.nights for line in price_stay(house, stay(4), {}).lines] == [4]


@pytest.mark.parametrize(("nights", "percent"), [(6, 0), (7, 10), (27, 10), (28, 20), (40, 20)])
def test_the_longer_discount_only_and_on_nights_only(nights, percent):
    house = HouseFactory.build(price_fen=10000, weekly_discount=10, monthly_discount=20, cleaning_fee_fen=5000)
    quote = price_stay(house, stay(nights), {})
    assert quote.amount_fen == nights * 100 * (100 - percent) + 5000


def test_without_a_monthly_discount_the_weekly_one_holds_for_a_month():
    house = HouseFactory.build(price_fen=10000, weekly_discount=10)
    assert price_stay(house, stay(28), {}).amount_fen == 28 * 9000


def test_the_deposit_is_not_part_of_the_amount():
    quote = price_stay(HouseFactory.build(deposit_fen=50000), stay(1), {})
    assert (quote.amount_fen, quote.deposit_fen) == (39900, 50000)


@pytest.mark.parametrize(("amount", "percent", "fen"), [(50, 1, 1), (49, 1, 0), (150, 1, 2), (39999, 33, 13200)])
def test_half_a_fen_is_rounded_up(amount, percent, fen):
    assert percent_of(amount, percent) == fen


@given(
    price=st.integers(1, 10**8),
    weekend=st.none() | st.integers(1, 10**8),
    nights=st.integers(1, 400),
    weekly=st.integers(0, 99),
    monthly=st.integers(0, 99),
    cleaning=st.integers(0, 10**6),
)
def test_lines_always_add_up_to_the_amount(price, weekend, nights, weekly, monthly, cleaning):
    house = HouseFactory.build(
        price_fen=price,
        weekend_price_fen=weekend,
        weekly_discount=weekly,
        monthly_discount=monthly,
        cleaning_fee_fen=cleaning,
    )
    quote = price_stay(house, stay(nights), {})
    assert sum(line.amount_fen for line in quote.lines) == quote.amount_fen
    assert quote.nights_fen > 0
    assert sum(line.nights for line in quote.lines if line.kind != "discount") == nights


def test_a_line_says_what_it_is_for():
    with translation.override("en"):
        assert Line("night", 119700, 39900, 3).label == "¥399 × 3 nights"
        assert Line("weekend", 49950, 49950, 1).label == "¥499.50 × 1 night (weekend)"
        assert Line("discount", -1, nights=7, percent=10).label == "10% off from 7 nights"


@pytest.mark.django_db
def test_a_quote_reads_the_single_nights_prices():
    house = HouseFactory()
    house.night_prices.create(night=FRIDAY, price_fen=1)
    assert quote_stay(house, stay(2)).amount_fen == 1 + 39900
