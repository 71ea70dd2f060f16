"""What people call themselves on the site."""

import secrets
import unicodedata

from accounts.errors import InvalidName
from accounts.models.users import NAME_MOST

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
# Letters and signs to Unicode, nothing to the eye: fillers of Hangul, the empty pattern of Braille, a joiner of marks.
BLANKS = "\u034f\u115f\u1160\u2800\u3164\uffa0"
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # https://www.unicode.org/reports/tr44/#General_Category_Values
HOLDS_EMOJI = "\u200d\ufe0f"  # unseen, but between and behind the parts of one emoji


def parse_name(text: str) -> str:
    """Return a name as it is kept: NFKC, without space around it, 1 to 32 characters that can be seen.

    Raises InvalidName, also for what would turn the text around it or make it look like another: marks of direction,
    line ends, other controls, and letters that nobody sees.
    """
    name = unicodedata.normalize("NFKC", text[: NAME_MOST * 8]).strip()
    if not 0 < len(name) <= NAME_MOST or not all(map(is_seen, name, f" {name}")):
        raise InvalidName
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise InvalidName
    return name


def is_seen(character: str, before: str) -> bool:
    """Tell whether a character may stand in a name behind another one."""
    if character in HOLDS_EMOJI:
        return before in HOLDS_EMOJI or unicodedata.category(before)[0] == "S"
    is_selector = "\ufe00" <= character <= "\ufe0e" or "\U000e0100" <= character <= "\U000e01ef"
    return not is_selector and character not in BLANKS and unicodedata.category(character) not in UNSEEN


def generate_name(before: str = "房客") -> str:
    """Return a neutral name that is hardly anybody's yet; no number is in it."""
    return before + "".join(secrets.choice(LETTERS) for _ in range(6))
