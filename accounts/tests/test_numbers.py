"""ID numbers as they are typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import InvalidIdNumber, TooYoung
from accounts.numbers import fictitious_number, mask_id_number, parse_id_number

TODAY = date(2026, 11, 24)
NUMBER = "110101199003070003"


@pytest.mark.parametrize("typed", [NUMBER, f" {NUMBER} "])
def test_a_number_is_read(typed):
    assert parse_id_number(typed, today=TODAY) == NUMBER


def test_a_check_digit_may_be_a_small_x():
    number = next(n for n in (fictitious_number(date(1990, 1, day)) for day in range(1, 32)) if n.endswith("X"))
    assert parse_id_number(number.lower(), today=TODAY) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "110101900307000",  # 15 digits, as before 1999
        "110101199003070004",  # check digit
        "110101199013070002",  # month 13
        "010101199003070003",  # no area begins with 0
        "１１０１０１199003070003",
        "11010119900307000३",
        "110101-19900307-0003",
        fictitious_number(date(1875, 11, 24)),  # 151 years
        "110101199003070003\x00",
        "1" * 1_000_000,
    ],
    ids=range(11),
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(InvalidIdNumber):
        parse_id_number(typed, today=TODAY)


def test_who_is_not_born_yet_has_no_number():
    with pytest.raises(InvalidIdNumber):
        parse_id_number(fictitious_number(date(2026, 11, 25)), today=TODAY)


@pytest.mark.parametrize(
    ("born", "today", "is_adult"),
    [
        (date(2008, 11, 24), TODAY, True),
        (date(2008, 11, 25), TODAY, False),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (date(2026, 11, 24), TODAY, False),
    ],
)
def test_an_adult_has_had_the_eighteenth_birthday(born, today, is_adult):
    number = fictitious_number(born)
    if is_adult:
        assert parse_id_number(number, today=today) == number
    else:
        with pytest.raises(TooYoung):
            parse_id_number(number, today=today)


@given(st.dates(date(1900, 1, 1), date(2008, 11, 24)))
def test_a_well_formed_number_of_an_adult_is_read(born):
    number = fictitious_number(born)
    assert parse_id_number(number, today=TODAY) == number


@given(st.text() | st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_any_text_is_read_or_refused(text):
    try:
        number = parse_id_number(text, today=TODAY)
    except (InvalidIdNumber, TooYoung):
        return
    assert len(number) == 18


def test_a_number_is_masked_but_for_its_area_and_its_end():
    assert mask_id_number(NUMBER) == "110101********0003"
