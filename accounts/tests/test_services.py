"""How accounts come to be and change."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.codes import Purpose, send_code
from accounts.errors import (
    InvalidName,
    KeyNameTaken,
    MobileTaken,
    NameTaken,
    TooManyKeys,
    UserInactive,
    WrongSmsCode,
)
from accounts.factories import PASSWORD
from accounts.models import ApiKey, User
from accounts.privacy import close_account
from accounts.services import (
    change_mobile,
    change_profile,
    lock_active,
    log_in_by_code,
    make_key,
    register_user,
    rename_user,
    set_avatar,
)

pytestmark = pytest.mark.django_db
MOBILE = "+8613900000001"


@pytest.fixture
def code(sms):
    """Has a code sent and returns it."""

    def send(purpose: Purpose, mobile: str = MOBILE) -> str:
        send_code(mobile=mobile, purpose=purpose, binding="mine", address="1.2.3.4")
        return sms()[-1]["code"]

    return send


def enter(code: str, mobile: str = MOBILE) -> User:
    return log_in_by_code(mobile=mobile, sms_code=code, binding="mine")


def test_who_registers_gets_a_neutral_name_and_the_password(code):
    user = register_user(mobile=MOBILE, sms_code=code(Purpose.REGISTER), password="hutong-2026", binding="mine")
    assert user.check_password("hutong-2026")
    assert user.name
    assert "139" not in user.name


def test_a_code_for_logging_in_registers_nobody(code):
    with pytest.raises(WrongSmsCode):
        register_user(mobile=MOBILE, sms_code=code(Purpose.LOGIN), password="hutong-2026", binding="mine")


def test_who_has_a_code_comes_in_without_a_password(code, guest):
    assert enter(code(Purpose.LOGIN, guest.mobile), guest.mobile) == guest


def test_a_code_lets_somebody_in_once(code, guest):
    sent = code(Purpose.LOGIN, guest.mobile)
    enter(sent, guest.mobile)
    with pytest.raises(WrongSmsCode):
        enter(sent, guest.mobile)


def test_a_new_number_gets_an_account_on_the_spot(code):
    user = enter(code(Purpose.LOGIN))
    assert (user.mobile, user.has_usable_password()) == (MOBILE, False)


def test_an_inactive_user_does_not_come_in_with_a_code(code, guest):
    User.objects.update(is_active=False)
    with pytest.raises(UserInactive):
        enter(code(Purpose.LOGIN, guest.mobile), guest.mobile)


def move(guest, code, old=None, new=None, mobile=MOBILE):
    old, new = old or code(Purpose.OLD_MOBILE, guest.mobile), new or code(Purpose.NEW_MOBILE, mobile)
    change_mobile(user=guest, mobile=mobile, old_code=old, new_code=new, binding="mine")


def test_a_number_changes_with_codes_to_the_old_and_the_new_one(code, guest):
    move(guest, code)
    guest.refresh_from_db()
    assert guest.mobile == MOBILE


@pytest.mark.parametrize(("changes", "field"), [({"old": "abcdef"}, "old_code"), ({"new": "abcdef"}, "new_code")])
def test_either_code_that_is_wrong_is_named_and_changes_nothing(code, guest, changes, field):
    with pytest.raises(WrongSmsCode) as refused:
        move(guest, code, **changes)
    guest.refresh_from_db()
    assert (refused.value.field, guest.mobile) == (field, "+8613800138002")


def test_a_number_of_somebody_else_is_not_taken_over(code, guest, host):
    with pytest.raises(MobileTaken):
        move(guest, code, mobile=host.mobile)
    guest.refresh_from_db()
    assert guest.mobile == "+8613800138002"


def test_a_name_is_kept_as_it_is_read(guest):
    assert rename_user(user=guest, name=" Ｔｏｍ ") == "Tom"
    guest.refresh_from_db()
    assert guest.name == "Tom"


def test_a_profile_changes_as_a_whole_or_not_at_all(guest, host):
    for name, refusal in ((host.name, NameTaken), ("", InvalidName)):
        with pytest.raises(refusal):
            change_profile(user=guest, name=name, about="喜欢走路。")
    guest.refresh_from_db()
    assert (guest.name, guest.about) == ("王小明", "")


def test_somebody_has_twenty_keys_at_most(guest):
    for n in range(20):
        make_key(user=guest, name=f"calendar {n}")
    with pytest.raises(TooManyKeys):
        make_key(user=guest, name="one more")
    assert ApiKey.objects.count() == 20


def test_a_key_has_a_name_of_its_own(guest):
    make_key(user=guest, name="calendar")
    with pytest.raises(KeyNameTaken):
        make_key(user=guest, name="calendar")


def picture() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (9, 9)).save(file, "PNG")
    return file


@pytest.mark.parametrize(
    "change",
    [
        lambda user: rename_user(user=user, name="王大明"),
        lambda user: change_profile(user=user, name="王大明", about="喜欢走路。"),
        lambda user: make_key(user=user, name="calendar"),
        lambda user: set_avatar(user=user, picture=picture()),
    ],
    ids=["name", "profile", "key", "avatar"],
)
def test_a_request_under_way_writes_nothing_into_a_closed_account(guest, change):
    close_account(user=guest, password=PASSWORD, address="1.2.3.4")
    with pytest.raises(UserInactive):
        change(guest)  # as it was read before
    closed = User.objects.get(pk=guest.pk)
    assert closed.name.startswith("已注销")
    assert (closed.about, closed.avatar, ApiKey.objects.count()) == ("", "", 0)
    assert not default_storage.exists("avatars") or default_storage.listdir("avatars")[1] == []


def test_an_inactive_account_cannot_be_locked(guest):
    lock_active(guest)
    User.objects.update(is_active=False)
    with pytest.raises(UserInactive):
        lock_active(guest)
