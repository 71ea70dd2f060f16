"""The second factor of staff: an authenticator app (TOTP), and backup codes for the day on which it is lost.

django-otp keeps the rows. Its middleware is not used, for it would set `is_verified`, which says here that somebody's
real name is known; its throttling is not either, for `accounts.limits` counts across everything. Of a backup code only
a keyed hash is stored, in the place of django-otp's token.
"""

import secrets
from base64 import b32encode
from urllib.parse import quote, urlencode

import segno
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.errors import OwnSecondFactor, TooManyTries, WrongSecondFactor
from accounts.limits import Limit, Reached, digest_of, forget, reserve
from accounts.models import StaffAct, User
from accounts.passwords import GUESSES
from accounts.sessions import is_of_staff, mark_staff
from accounts.staff_log import require_reason, write_act
from ihome_project.db import retry_transaction
from ihome_project.errors import NotFound

ISSUER, NAME = "ihome", "authenticator app"
DIGITS, BACKUP_DIGITS, BACKUP_CODES = 6, 12, 10
GROUP = 4  # characters that stand together where somebody copies them by hand
TOKEN_MOST = StaticToken._meta.get_field("token").max_length
KNOWN = "has_passed_second_factor"  # on the request, so that the database is asked once


def has_passed(request: HttpRequest) -> bool:
    """Tell whether the session has passed the second factor of its user: with an authenticator that is still theirs."""
    known = vars(request)
    if KNOWN not in known:
        named = request.session.get(DEVICE_ID_SESSION_KEY) if is_of_staff(request.session) else None
        authenticator = TOTPDevice.from_persistent_id(named) if named else None
        known[KNOWN] = bool(authenticator and authenticator.confirmed and authenticator.user_id == request.user.pk)
    return known[KNOWN]


def note_passed(request: HttpRequest, authenticator: TOTPDevice) -> None:
    """Let the session in, under a new key; it is one of staff from now on, if it was not yet."""
    request.session.cycle_key()
    request.session[DEVICE_ID_SESSION_KEY] = authenticator.persistent_id
    mark_staff(request.session)
    vars(request)[KNOWN] = True


def authenticator_of(user: User) -> TOTPDevice | None:
    """Return the authenticator that a user has set up, if there is one."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


@retry_transaction
def new_authenticator(user: User) -> TOTPDevice:
    """Return the authenticator that a user is about to set up: made once, and the same until a code confirms it.

    Another password, and staff who end the user's sessions, have the next one made anew.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # of two pages opened at once, one makes it
        made = TOTPDevice.objects.filter(user=user, confirmed=False).first()
        return made or TOTPDevice.objects.create(user=user, name=NAME, confirmed=False)


def secret_of(authenticator: TOTPDevice) -> str:
    """Return the secret in the letters that an app takes when it is typed."""
    return b32encode(authenticator.bin_key).decode()


def grouped(text: str) -> str:
    """Return a secret or a code in groups, as people read and type them."""
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def address_of(authenticator: TOTPDevice) -> str:
    """Return the otpauth:// address that sets an app up; it names the person as the site does, and no number."""
    facts = {"secret": secret_of(authenticator), "issuer": ISSUER, "algorithm": "SHA1", "digits": DIGITS, "period": 30}
    return f"otpauth://totp/{quote(f'{ISSUER}:{authenticator.user.name}')}?{urlencode(facts)}"


def qr_of(authenticator: TOTPDevice) -> str:
    """Return that address as a QR code: SVG to stand in a page, dark on light whatever the theme."""
    code = segno.make(address_of(authenticator), error="m", micro=False)
    return code.svg_inline(omitsize=True, light="#fff", svgclass=None, lineclass=None)


def enrol(*, user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """Confirm the authenticator that a user sets up by a code of it; return it and the backup codes, to be shown once.

    Raises TooManyTries or WrongSecondFactor.
    """
    tries = _count_try(user)
    enrolled = _enrol(user, code)
    forget(tries)
    return enrolled


@retry_transaction
def _enrol(user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # before the authenticator, as whoever resets it locks them
        authenticator = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if authenticator is None or not _is_shown_by(authenticator, code):
            raise WrongSecondFactor
        authenticator.confirmed, authenticator.created_at = True, timezone.now()
        authenticator.save()
        return authenticator, _replace_backup_codes(user)


def verify(*, user: User, code: str) -> TOTPDevice:
    """Take a code of the app, or a backup code, and return the authenticator that it stands for; each is good once.

    Every try counts before it is looked at, and a right one clears what was counted. Raises TooManyTries or
    WrongSecondFactor.
    """
    tries = _count_try(user)
    authenticator = _verify(user, code)
    forget(tries)
    return authenticator


@retry_transaction
def _verify(user: User, code: str) -> TOTPDevice:
    """Use a code up. After a lost connection it may count as used though nobody was told: then the next one is good."""
    with transaction.atomic():
        authenticator = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        if authenticator is None or not (_is_shown_by(authenticator, code) or _spend_backup_code(user, code)):
            raise WrongSecondFactor
    return authenticator


def _count_try(user: User) -> Limit:
    tries = Limit("second_factor", str(user.pk), (GUESSES,))
    try:
        reserve(tries)
    except Reached as reached:
        raise TooManyTries(seconds=reached.seconds) from None
    return tries


def _is_shown_by(authenticator: TOTPDevice, code: str) -> bool:
    """Tell whether an app shows a code now, or did or will half a minute away, and have it never count again."""
    return len(code) == DIGITS and code.isdecimal() and authenticator.verify_token(code)


def _spend_backup_code(user: User, code: str) -> bool:
    return bool(StaticToken.objects.filter(device__user=user, token=_digest(user, code)).delete()[0])


def _digest(user: User, code: str) -> str:
    return digest_of("backup_code", user.pk, code)[:TOKEN_MOST]


def make_backup_codes(*, user: User, code: str) -> list[str]:
    """Return new backup codes, to be shown once, for a code of the app or one of the old, which end.

    Raises TooManyTries or WrongSecondFactor.
    """
    verify(user=user, code=code)
    return _replace_backup_codes(user)


@retry_transaction
def _replace_backup_codes(user: User) -> list[str]:
    codes = [f"{secrets.randbelow(10**BACKUP_DIGITS):0{BACKUP_DIGITS}}" for _ in range(BACKUP_CODES)]
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # of two askings at once, the codes of one are left
        StaticDevice.objects.filter(user=user).delete()
        kept = StaticDevice.objects.create(user=user, name="backup codes")
        StaticToken.objects.bulk_create(StaticToken(device=kept, token=_digest(user, code)) for code in codes)
    return [grouped(code) for code in codes]


def count_backup_codes(user: User) -> int:
    """Return how many backup codes are left."""
    return StaticToken.objects.filter(device__user=user).count()


def remove_second_factor(user: User) -> None:
    """Delete a user's authenticator and backup codes: no session has passed any more."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


@retry_transaction
def reset_second_factor(*, staff: User | None, user_id: int, reason: str) -> None:
    """Have somebody who has lost the second factor set another one up at the next log-in; their sessions end.

    By another member of staff, or by whoever runs the server (None). Raises ReasonMissing, NotFound or
    OwnSecondFactor.
    """
    reason = require_reason(reason)
    if staff and staff.pk == user_id:
        raise OwnSecondFactor
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise NotFound
        remove_second_factor(user)
        user.sessions.all().delete()
        act = StaffAct.Act.RESET_SECOND_FACTOR
        write_act(staff=staff, act=act, thing=user, subject=user, reason=reason)
