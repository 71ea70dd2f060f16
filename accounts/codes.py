"""One-time codes: the letters of a picture, and six digits sent to a mobile number.

Kept as keyed hashes in the database, bound to a browser's session; counted there, so that every limit holds across
processes. A code that is asked for anew replaces the one before only once it has been sent.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from captcha.image import ImageCaptcha
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import sms
from accounts.errors import SmsBudgetSpent, SmsFailed, SmsUnanswered, TooManyTries, WrongImageCode, WrongSmsCode
from accounts.limits import DAY, HOUR, MINUTE, SMS_BUDGET, Limit, Reached, Rule, digest_of, release, reserve, sms_budget
from accounts.models import OneTimeCode
from ihome_project.db import retry_transaction

IMAGE = "image"
IMAGE_LETTERS, IMAGE_LENGTH = "2347ACDEFHJKMNPRTUWXY", 4  # without those that look like another
IMAGE_LASTS, IMAGE_TRIES = timedelta(minutes=3), 1
IMAGES_OF_ADDRESS = Rule(60, MINUTE)
IMAGE_SIZE = (240, 88)  # pixels; pages show it at half of that, sharp on a phone
INK, PAPER = (26, 92, 74, 255), (227, 239, 234)
CODE_MOST = 16  # characters of a code as it is typed, with spaces
SMS_DIGITS, SMS_LASTS, SMS_TRIES = 6, timedelta(minutes=5), 5
BUDGETS = (SMS_BUDGET, "sms_blind_budget")
BINDING, BINDING_LASTS = "binding", timedelta(hours=1)
BLIND_SHARE = 10  # a tenth of the budget is for those who cannot see the picture

log = structlog.get_logger(__name__)


class Purpose(StrEnum):
    """What an SMS code is good for, and for nothing else."""

    REGISTER = "register"
    LOGIN = "login"
    RESET = "reset"
    OLD_MOBILE = "old_mobile"
    NEW_MOBILE = "new_mobile"


@dataclass(frozen=True)
class ImageAnswer:
    """What somebody read in a picture, and which picture it was."""

    image_id: str
    text: str


class Letters(ImageCaptcha):
    """Letters that stand apart, so that a person can tell each."""

    word_offset_dx = 0.05
    character_rotate = (-20, 20)
    lookup_table = [min(255, 4 * light) for light in range(256)]  # ink is dark, and drawn as strong as it is light


def binding_of(session: SessionBase) -> str:
    """Return the secret that binds codes to a browser's session; it survives logging in.

    A session that is made for it alone does not outlive its codes for long.
    """
    if BINDING not in session:
        if session.is_empty():
            session.set_expiry(BINDING_LASTS)
        session[BINDING] = secrets.token_urlsafe(16)
    return session[BINDING]


def draw_image_code(*, image_id: str, binding: str, address: str) -> bytes:
    """Return a PNG of letters that are good for one answer within three minutes, in this session.

    Raises TooManyTries for an address that has had IMAGES_OF_ADDRESS: to draw one is work.
    """
    try:
        reserve(Limit("image_address", address, (IMAGES_OF_ADDRESS,)))
    except Reached as reached:
        raise TooManyTries(seconds=reached.seconds) from None
    text = "".join(secrets.choice(IMAGE_LETTERS) for _ in range(IMAGE_LENGTH))
    _store(IMAGE, digest_of(IMAGE, image_id, binding), text, IMAGE_LASTS)
    return Letters(*IMAGE_SIZE, font_sizes=(66, 70, 74)).generate(f"{text} ", fg_color=INK, bg_color=PAPER).getvalue()


def check_image_code(answer: ImageAnswer, *, binding: str) -> None:
    """Take an answer, upper or lower case; right or wrong, the picture is used. Raises WrongImageCode."""
    code = _try(IMAGE, digest_of(IMAGE, answer.image_id, binding), answer.text.strip().upper(), IMAGE_TRIES)
    if code is None or not spend(code):
        raise WrongImageCode


def send_code(
    *, mobile: str, purpose: Purpose, binding: str, address: str, is_blind: bool = False, account_id: int | None = None
) -> None:
    """Send a new code to a number (E.164), whether anybody has it or not: nobody learns which.

    `is_blind` for somebody who cannot see the picture, `account_id` for who need not, being logged in: both may ask
    less often. Raises TooManyTries, SmsBudgetSpent or SmsFailed; then the code sent before stays good, and a message
    that was not taken is not counted. Raises SmsUnanswered when it may have been: it counts, and its code is good.
    """
    limits = _limits(mobile, address, is_blind=is_blind, account_id=account_id)
    moment = _reserve_message(*limits)
    code = f"{secrets.randbelow(10**SMS_DIGITS):0{SMS_DIGITS}}"
    try:
        sms.provider().send(mobile=mobile, purpose=purpose, code=code)
    except SmsUnanswered:
        _store(purpose, digest_of(purpose, mobile, binding), code, SMS_LASTS)
        raise
    except SmsFailed:
        release(moment, *limits)
        raise
    _store(purpose, digest_of(purpose, mobile, binding), code, SMS_LASTS)


def _reserve_message(*limits: Limit) -> int:
    try:
        return reserve(*limits)
    except Reached as reached:
        refused = reached
    if refused.limit.purpose not in BUDGETS:
        raise TooManyTries(seconds=refused.seconds)
    log.error("sms.budget_spent", budget=refused.limit.purpose, seconds=refused.seconds)
    raise SmsBudgetSpent(seconds=refused.seconds)


def _limits(mobile: str, address: str, *, is_blind: bool, account_id: int | None) -> tuple[Limit, ...]:
    limits: tuple[Limit, ...] = (
        Limit("sms_mobile", mobile, (Rule(1, MINUTE), Rule(5, HOUR), Rule(10, DAY))),
        Limit("sms_address", address, (Rule(20, HOUR),)),
        sms_budget(),
    )
    if account_id is not None:
        limits = (*limits, Limit("sms_account", str(account_id), (Rule(6, HOUR), Rule(12, DAY))))
    if not is_blind:
        return limits
    return (
        *limits,
        Limit("sms_blind_mobile", mobile, (Rule(2, HOUR), Rule(4, DAY))),
        Limit("sms_blind_addr", address, (Rule(5, HOUR),)),
        Limit(BUDGETS[1], "", (Rule(max(1, settings.SMS_HOURLY_BUDGET // BLIND_SHARE), HOUR),)),
    )


def check_sms_code(*, mobile: str, purpose: Purpose, binding: str, code: str) -> OneTimeCode:
    """Count a try at a code and return it when it is right, to be used up with `spend`. Raises WrongSmsCode."""
    right = _try(purpose, digest_of(purpose, mobile, binding), code.strip(), SMS_TRIES)
    if right is None:
        raise WrongSmsCode
    return right


@retry_transaction
def spend(code: OneTimeCode) -> bool:
    """Use a code up; False when somebody else was first. In the transaction of what it is good for."""
    return bool(OneTimeCode.objects.filter(pk=code.pk, digest=code.digest).delete()[0])


def spend_sms_code(code: OneTimeCode) -> None:
    """Use an SMS code up. Raises WrongSmsCode when somebody else was first."""
    if not spend(code):
        raise WrongSmsCode


@retry_transaction
def _store(purpose: str, subject: str, text: str, lasts: timedelta) -> None:
    fresh = {"digest": digest_of(purpose, subject, text), "tries": 0, "expires_at": timezone.now() + lasts}
    OneTimeCode.objects.update_or_create(subject=subject, defaults=fresh, create_defaults=fresh | {"purpose": purpose})


@retry_transaction
def _try(purpose: str, subject: str, text: str, most: int) -> OneTimeCode | None:
    """Return the code of a subject when the text is it; a try counts before it is looked at, however many at once."""
    codes = OneTimeCode.objects.filter(subject=subject, expires_at__gt=timezone.now())
    if not codes.filter(tries__lt=most).update(tries=F("tries") + 1):
        return None
    code = codes.first()
    return code if code and constant_time_compare(code.digest, digest_of(purpose, subject, text)) else None
