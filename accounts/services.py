"""How accounts come to be, and how what belongs to one changes."""

from typing import IO

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.avatars import delete_avatar, store_avatar
from accounts.codes import Purpose, check_sms_code, spend, spend_sms_code
from accounts.errors import KeyNameTaken, MobileTaken, NameTaken, TooManyKeys, UserInactive, WrongSmsCode
from accounts.models import ApiKey, OneTimeCode, User
from accounts.names import generate_name, parse_name
from accounts.passwords import check_new_password
from accounts.sessions import handle_of
from ihome_project.cache import forget_on_commit, of_user
from ihome_project.db import retry_transaction

NAME_TRIES = 8
KEYS_MOST = 20


def register_user(*, mobile: str, sms_code: str, password: str, binding: str, key: str = "") -> User:
    """Make an account for a number (E.164) whose code has arrived, with a neutral name.

    The same `key` for the same number gives the same account: a secret that only a second run of one request has.
    Raises WeakPassword, WrongSmsCode or MobileTaken (said only to whoever has the number).
    """
    if key and (made := User.objects.filter(mobile=mobile, request_key=key).first()):
        return made
    check_new_password(password)
    code = check_sms_code(mobile=mobile, purpose=Purpose.REGISTER, binding=binding, code=sms_code)
    return _create_user(mobile, make_password(password), code, key)


def log_in_by_code(*, mobile: str, sms_code: str, binding: str) -> User:
    """Return the user with this number (E.164), whose code has arrived; one who is new gets an account on the spot.

    Raises WrongSmsCode or UserInactive.
    """
    code = check_sms_code(mobile=mobile, purpose=Purpose.LOGIN, binding=binding, code=sms_code)
    user = User.objects.filter(mobile=mobile).first()
    if user is None:
        return _create_user(mobile, make_password(None), code)
    spend_sms_code(code)
    if not user.is_active:
        raise UserInactive
    return user


def _create_user(mobile: str, password: str, code: OneTimeCode, key: str = "") -> User:
    """Use the code up and write the user, both or neither; `password` is hashed."""
    for left in range(NAME_TRIES - 1, -1, -1):
        try:
            return _write_user(mobile, password, code, key)
        except IntegrityError:  # the number or the name: find out which, from outside the transaction that is gone
            if User.objects.filter(mobile=mobile).exists():
                raise MobileTaken from None
            if not left:
                raise
    raise AssertionError("unreachable")


@retry_transaction
def _write_user(mobile: str, password: str, code: OneTimeCode, key: str) -> User:
    with transaction.atomic():
        if spend(code):
            return User.objects.create(mobile=mobile, name=generate_name(), password=password, request_key=key or None)
    # Either an earlier run of this very call came through though its connection was lost (its hash is its own) ...
    made = User.objects.filter(mobile=mobile, password=password).first()
    if made is None:
        raise WrongSmsCode  # ... or another request was first
    return made


def change_mobile(*, user: User, mobile: str, old_code: str, new_code: str, binding: str) -> None:
    """Give an account another number (E.164), with the codes that were sent to the old one and to the new one.

    Raises WrongSmsCode, whose field is that of the code that is wrong, MobileTaken or UserInactive.
    """
    codes = []
    for number, purpose, code in (
        (str(user.mobile), Purpose.OLD_MOBILE, old_code),
        (mobile, Purpose.NEW_MOBILE, new_code),
    ):
        try:
            codes.append(check_sms_code(mobile=number, purpose=purpose, binding=binding, code=code))
        except WrongSmsCode as error:
            error.field = "old_code" if purpose is Purpose.OLD_MOBILE else "new_code"
            raise
    try:
        _write_mobile(user, mobile, codes)
    except IntegrityError as error:
        raise MobileTaken from error
    user.mobile = mobile


@retry_transaction
def _write_mobile(user: User, mobile: str, codes: list[OneTimeCode]) -> None:
    with transaction.atomic():
        lock_active(user)
        if User.objects.filter(pk=user.pk, mobile=mobile).exists():
            return  # an earlier run of this very call came through though its connection was lost
        for sent in codes:
            spend_sms_code(sent)
        User.objects.filter(pk=user.pk).update(mobile=mobile)


@retry_transaction
def rename_user(*, user: User, name: str) -> str:
    """Give a user another name, and return it as it is kept. Raises InvalidName, NameTaken or UserInactive."""
    name = parse_name(name)
    try:
        with transaction.atomic():
            lock_active(user)
            User.objects.filter(pk=user.pk).update(name=name)
            forget_on_commit(of_user(user.pk))
    except IntegrityError as error:
        raise NameTaken from error
    user.name = name
    return name


@retry_transaction
def change_profile(*, user: User, name: str, about: str) -> None:
    """Give a user another name, and other words about them. Raises InvalidName, NameTaken or UserInactive."""
    with transaction.atomic():
        rename_user(user=user, name=name)
        user.about = about
        user.save(update_fields=("about",))


def set_avatar(*, user: User, picture: IO[bytes]) -> str:
    """Show a picture as a user's avatar, and return its address; the object first, the row second.

    Raises BadPicture, StorageFailed or UserInactive. The one before goes from the store once the change is through.
    """
    name = store_avatar(picture)
    try:
        _write_avatar(user, name)
    except UserInactive:
        delete_avatar(name)
        raise
    user.avatar = name
    return user.avatar_url


@retry_transaction
def _write_avatar(user: User, name: str) -> None:
    with transaction.atomic():
        lock_active(user)
        before = User.objects.values_list("avatar", flat=True).get(pk=user.pk)
        if before == name:
            return  # an earlier run of this very call came through though its connection was lost
        User.objects.filter(pk=user.pk).update(avatar=name)
        forget_on_commit(of_user(user.pk))
        transaction.on_commit(lambda: delete_avatar(before), robust=True)


def make_key(*, user: User, name: str) -> str:
    """Make a key for a program of a user's, and return it: it is not kept and cannot be shown again.

    Raises KeyNameTaken (the page may have been sent again), TooManyKeys or UserInactive.
    """
    with transaction.atomic():
        lock_active(user)
        names = list(ApiKey.objects.filter(user=user).values_list("name", flat=True))
        if name in names:
            raise KeyNameTaken
        if len(names) >= KEYS_MOST:
            raise TooManyKeys(keys=KEYS_MOST)
        return ApiKey.objects.create(user=user, name=name)[1]


def revoke_key(*, user: User, handle: str) -> None:
    """Revoke one of a user's keys, if it has not been revoked already."""
    for key in ApiKey.objects.filter(user=user):
        if handle_of(key) == handle:
            key.delete()


def lock_active(user: User) -> None:
    """Keep an account from being closed until the present transaction ends. Raises UserInactive."""
    if not User.objects.select_for_update().values_list("is_active", flat=True).get(pk=user.pk):
        raise UserInactive
