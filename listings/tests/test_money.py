"""Amounts in yuan, as people and programs write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.errors import NotYuan, TooManyYuan
from listings.money import YUAN_MOST, parse_yuan


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("200.99", 20099), ("200.5", 20050), (200, 20000), (Decimal("200.5"), 20050), ("0", 0), ("0.01", 1),
        ("007", 700), ("00000000000001", 100), ("1000000", 100_000_000), ("1000000.00", 100_000_000),
    ],
)  # fmt: skip
def test_yuan_are_read_to_fen(written, fen):
    assert parse_yuan(written) == fen


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "1e3", "1E3", "１２", "٣", "-5", "+5", "19.999", ".5", "5.", "1,000", "1_000", "¥5", " 5", "5\n",
        "0x10", "NaN", "Infinity", "5\x00", -5, True, None, 200.5, [], Decimal("1E+3"), Decimal("19.999"),
        Decimal("-0"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E-999999"),
    ],
)  # fmt: skip
def test_what_is_no_plain_amount_is_refused_in_words(written):
    with pytest.raises(NotYuan) as refusal:
        parse_yuan(written)
    assert "200.50" in str(refusal.value)


@pytest.mark.parametrize("written", [10**12, str(10**12), "1000000.01", 1_000_001, "9" * 10_000])
def test_more_than_a_million_is_refused(written):
    with pytest.raises(TooManyYuan):
        parse_yuan(written)


@given(st.integers(0, YUAN_MOST * 100))
def test_every_amount_of_fen_is_read_as_it_is_written(fen):
    written = f"{fen // 100}.{fen % 100:02}"
    assert parse_yuan(written) == parse_yuan(Decimal(written)) == parse_yuan(f"00{written}") == fen


@given(st.one_of(st.text(), st.decimals(), st.integers(), st.from_regex(r"[0-9.]{1,12}", fullmatch=True)))
def test_whatever_is_written_is_read_exactly_or_refused(written):
    try:
        fen = parse_yuan(written)
    except (NotYuan, TooManyYuan):
        return
    assert 0 <= fen <= YUAN_MOST * 100
    assert Decimal(fen) == Decimal(written) * 100
