"""Passwords: who knows one, how often one may guess, and how one changes."""

from django.contrib.auth.backends import AllowAllUsersModelBackend
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.codes import ImageAnswer, Purpose, check_image_code, check_sms_code, spend_sms_code
from accounts.errors import (
    ImageCodeNeeded,
    NoPassword,
    NoSuchAccount,
    TooManyTries,
    UserInactive,
    WeakPassword,
    WrongCredentials,
    WrongPassword,
)
from accounts.limits import HOUR, MINUTE, Limit, Reached, Rule, forget, is_reached, release, reserve
from accounts.mobiles import parse_mobile
from accounts.models import ApiKey, OneTimeCode, User
from accounts.sessions import end_other_devices
from ihome_project.db import retry_transaction

PASSWORD_MOST = 128  # characters
GUESSES = Rule(5, 15 * MINUTE, penalty=15 * MINUTE)
GUESSES_OF_ADDRESS = Rule(100, HOUR)


def authenticate_user(
    *, mobile: str, password: str, address: str, binding: str = "", image: ImageAnswer | None = None
) -> User:
    """Return the user with this mobile number, in any way a person writes it, and this password.

    Every try counts before it is looked at, and a right one clears what was counted. Raises InvalidMobile,
    ImageCodeNeeded or WrongImageCode (after a hundred wrong ones from one address), TooManyTries, WrongCredentials
    (after as long a time for an unknown number as for a known one), or, to whoever knows the password, UserInactive.
    """
    mobile = parse_mobile(mobile)
    tries, of_address = _tries(mobile, address), _tries_of_address(address)
    counted: tuple[Limit, ...] = (tries, of_address)
    try:
        moment = reserve(*counted)
    except Reached as reached:
        if reached.limit is not of_address:
            raise TooManyTries(seconds=reached.seconds) from None
        if image is None:
            raise ImageCodeNeeded from None
        check_image_code(image, binding=binding)
        counted = (tries,)
        moment = _reserve_try(tries)
    # Unlike authenticate(), it tells an inactive user from a wrong password with a single hashing.
    user = AllowAllUsersModelBackend().authenticate(None, username=mobile, password=password)
    if user is None:
        raise WrongCredentials
    release(moment, *counted)
    forget(tries)
    if not user.is_active:
        raise UserInactive
    return user


def needs_image_code(address: str) -> bool:
    """Tell whether a log-in with password from an address has to answer a picture first."""
    return is_reached(_tries_of_address(address))


def verify_password(*, user: User, password: str, address: str) -> None:
    """Make sure that somebody who is logged in knows the account's password; wrong ones count as those of a log-in.

    Raises NoPassword, TooManyTries or WrongPassword.
    """
    if not user.has_usable_password():
        raise NoPassword
    tries = _tries(str(user.mobile), address)
    _reserve_try(tries)
    if not user.check_password(password):
        raise WrongPassword
    forget(tries)


def _tries(mobile: str, address: str) -> Limit:
    return Limit("guess", f"{mobile} {address}", (GUESSES,))


def _tries_of_address(address: str) -> Limit:
    return Limit("guess_address", address, (GUESSES_OF_ADDRESS,))


def _reserve_try(tries: Limit) -> int:
    try:
        return reserve(tries)
    except Reached as reached:
        raise TooManyTries(seconds=reached.seconds) from None


def check_new_password(password: str, user: User | None = None) -> None:
    """Refuse a password that is easy to guess. Raises WeakPassword, which says why."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(words=" ".join(error.messages)) from error


def reset_password(*, mobile: str, sms_code: str, password: str, binding: str) -> User:
    """Give the account of a number (E.164) whose code has arrived another password; its sessions and keys end.

    Raises WeakPassword, WrongSmsCode, NoSuchAccount or UserInactive.
    """
    check_new_password(password)
    code = check_sms_code(mobile=mobile, purpose=Purpose.RESET, binding=binding, code=sms_code)
    return _write_reset(mobile, make_password(password), code)


@retry_transaction
def _write_reset(mobile: str, password: str, code: OneTimeCode) -> User:
    """Use the code up and write the hash of a password, both or neither."""
    with transaction.atomic():
        user = User.objects.select_for_update().filter(mobile=mobile).first()
        if user is None:
            raise NoSuchAccount
        if not user.is_active:
            raise UserInactive
        if user.password == password:  # salted: an earlier run of this very call, whose connection was lost, wrote it
            return user
        spend_sms_code(code)
        _set_password(user, password)
        ApiKey.objects.filter(user=user).delete()  # somebody else may have made one
    return user


def change_password(*, user: User, old: str, new: str, address: str, session_key: str | None) -> None:
    """Give an account another password and end all its sessions but the one that asks.

    Raises NoPassword, TooManyTries, WrongPassword or WeakPassword.
    """
    verify_password(user=user, password=old, address=address)
    check_new_password(new, user)
    _write_change(user, make_password(new), session_key)


@retry_transaction
def _write_change(user: User, password: str, session_key: str | None) -> None:
    with transaction.atomic():
        _set_password(user, password, but=session_key)


def _set_password(user: User, password: str, but: str | None = None) -> None:
    """Write the hash of a password, and end what whoever knew the old one has opened."""
    user.password = password
    user.save(update_fields=("password",))
    end_other_devices(user=user, session_key=but)
    forget_setup(user)


def forget_setup(user: User) -> None:
    """Have the next page that sets an authenticator up show another secret: somebody else may have seen this one."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
