"""Resident ID numbers of the mainland (GB 11643): as they are typed, and such as nobody has."""

import re
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from accounts.errors import InvalidIdNumber, TooYoung

ADULT, OLDEST = 18, 150  # years
SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
BEIJING_DONGCHENG = "110101"
NEVER_GIVEN = "000"  # those born on one day in one place are numbered from 001 on


def parse_id_number(text: str, *, today: date) -> str:
    """Return an ID number as it is kept: 18 characters, the last one a digit or X.

    Which area the first six digits name is not looked at: numbers were given long after birth, under the areas of
    that year. Raises InvalidIdNumber or TooYoung.
    """
    number = text.strip().upper()
    if not SHAPE.fullmatch(number) or number[-1] != ric.calc_check_digit(number):
        raise InvalidIdNumber
    try:
        born = ric.get_birth_date(number)
    except InvalidComponent as error:
        raise InvalidIdNumber from error
    if born > today:
        raise InvalidIdNumber
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age > OLDEST:
        raise InvalidIdNumber
    if age < ADULT:
        raise TooYoung
    return number


def mask_id_number(number: str) -> str:
    """Return a number as everybody sees it: 110101********1234."""
    return f"{number[:6]}********{number[-4:]}"


def fictitious_number(born: date) -> str:
    """Return a well-formed number that nobody has, for people who do not exist."""
    number = f"{BEIJING_DONGCHENG}{born:%Y%m%d}{NEVER_GIVEN}"
    return number + ric.calc_check_digit(f"{number}?")
