"""Log lines: of which request they tell, and what none may tell: people's numbers, passwords, codes and keys."""

import re
from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

HIDDEN = "***"
# What is under these names is hidden whatever it is. A status_code or an errcode is no secret.
SECRET_NAME = re.compile(
    r"^((sms|image|old|new|second_factor|backup)_)?codes?$|passw(or)?d|secret|token|authorization|cookie|(^|_)otp(_|$)"
    r"|^id_?(card|number)$",
    re.IGNORECASE,
)
GAP = r"(?:[ \xa0\u3000+-]|%20|%2[Dd])"  # between groups of digits, as people and browsers write it
# Numbers stand for themselves: not within a longer run of digits, nor within an id in hexadecimal. An escape such as
# %2B or %20 before one is not part of it.
BEGIN, END = r"(?:(?<![\dA-Fa-f])|(?<=%[\dA-Fa-f]{2}))", r"(?![\dA-Fa-f])"
MOBILE = re.compile(
    rf"{BEGIN}(?:(?:\+|%2[Bb]|00)?86{GAP}?)?"
    rf"(?P<number>[1１][3-9３-９]\d{GAP}?\d{{4}}{GAP}?\d{{4}}){END}"
)
ID_NUMBER = re.compile(rf"{BEGIN}(?:\d{{17}}|\d{{6}}{GAP}(?:19|20)\d{{6}}{GAP}\d{{3}})[\dXx](?![\dA-Za-z])")
SENT_TO = re.compile(r"(?<=/sms_codes/)[^?\"'\n]+")  # the one address with a number in it, however that is written
OTPAUTH = re.compile(r"(otpauth(?::|%3A))[^\s'\"`<>]*", re.IGNORECASE)  # it sets an authenticator app up
IN_KEY = r"[^\s'\"`,;)]"
KEY = re.compile(
    rf"\b(?P<scheme>Token|Bearer)(?P<gap>\s+|%20)(?:(?=\S*\d){IN_KEY}{{6,}}|{IN_KEY}{{16,}})", re.IGNORECASE
)
DEEP = 8  # levels of lists and dicts; what is deeper, or contains itself, is seen as text


def add_request_id(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Name the request that Django logs an answer to: it does so when the request's own context is over."""
    if request_id := getattr(getattr(event_dict["_record"], "request", None), "request_id", ""):
        event_dict.setdefault("request_id", request_id)
    return event_dict


def redact(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Hide people's numbers and secrets in everything that a line is made of; the last step before it is rendered."""
    return _redact_items(event_dict, DEEP)


def redact_text(text: str) -> str:
    """Return a text with mobile numbers as 138****8000, ID numbers as stars, and no keys."""
    text = OTPAUTH.sub(rf"\1{HIDDEN}", SENT_TO.sub(HIDDEN, text))
    text = KEY.sub(rf"\g<scheme>\g<gap>{HIDDEN}", text)
    text = ID_NUMBER.sub("*" * 18, text)
    return MOBILE.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    digits = re.sub(r"%2[0Dd]|\D", "", match["number"])
    return f"{digits[:3]}****{digits[-4:]}"


def _redact_items(items: Mapping[Any, object], depth: int) -> dict[Any, object]:
    return {
        _redact(name, 0): HIDDEN if isinstance(name, str) and SECRET_NAME.search(name) else _redact(value, depth)
        for name, value in items.items()
    }


def _redact(value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        text = redact_text(str(value))
        return value if text == str(value) else text
    if isinstance(value, str):
        return redact_text(value)
    if depth and isinstance(value, Mapping):
        return _redact_items(value, depth - 1)
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_redact(item, depth - 1) for item in value]
    return redact_text(repr(value))
