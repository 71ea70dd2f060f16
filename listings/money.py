"""Amounts as people and programs write them, read to whole fen; never through a float."""

import re
from decimal import Decimal

from listings.errors import NotYuan, TooManyYuan

YUAN_MOST = 1_000_000
FEN = 100
WRITTEN = re.compile(r"0*([0-9]+)(?:\.([0-9]{1,2}))?", re.ASCII)


def parse_yuan(amount: str | int | Decimal) -> int:
    """Return an amount in yuan as fen: "200", "200.5", 200 and Decimal("200.50") are read, a float is not.

    ASCII digits and at most two decimals, no sign, no exponent, no space. Raises NotYuan, or TooManyYuan above
    YUAN_MOST.
    """
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise NotYuan
    written = WRITTEN.fullmatch(str(amount))
    if not written:
        raise NotYuan
    whole, decimals = written[1], (written[2] or "").ljust(2, "0")
    if len(whole) > len(str(YUAN_MOST)) or int(whole + decimals) > YUAN_MOST * FEN:
        raise TooManyYuan
    return int(whole + decimals)
