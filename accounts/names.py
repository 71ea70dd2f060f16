"""What people call themselves on the site."""

import secrets
import unicodedata

from accounts.errors import InvalidName
from accounts.models.users import NAME_MOST

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
JOINER = "\u200d"  # holds the parts of one emoji together
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # https://www.unicode.org/reports/tr44/#General_Category_Values


def parse_name(text: str) -> str:
    """Return a name as it is kept: NFKC, without space around it, 1 to 32 characters that can be seen.

    Raises InvalidName, also for what would turn the text around it: marks of direction, line ends, other controls.
    """
    name = unicodedata.normalize("NFKC", text[: NAME_MOST * 8]).strip()
    if not 0 < len(name) <= NAME_MOST or any(unicodedata.category(c) in UNSEEN and c != JOINER for c in name):
        raise InvalidName
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise InvalidName
    return name


def generate_name(before: str = "房客") -> str:
    """Return a neutral name that is hardly anybody's yet; no number is in it."""
    return before + "".join(secrets.choice(LETTERS) for _ in range(6))
