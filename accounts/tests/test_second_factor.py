"""The second factor: how it is set up, what passes it and how often, and how it is reset."""

from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.chapter import erase, export
from accounts.codes import Purpose, send_code
from accounts.errors import OwnSecondFactor, ReasonMissing, TooManyTries, WrongSecondFactor
from accounts.factories import PASSWORD, UserFactory
from accounts.models import StaffAct, User
from accounts.moderating import end_sessions
from accounts.passwords import change_password, reset_password
from accounts.second_factor import (
    BACKUP_CODES,
    address_of,
    authenticator_of,
    count_backup_codes,
    enrol,
    grouped,
    make_backup_codes,
    new_authenticator,
    qr_of,
    reset_second_factor,
    secret_of,
    verify,
)
from ihome_project.errors import NotFound

pytestmark = pytest.mark.django_db
WRONG = "000000"


def code_of(user: User, *, steps: int = 0) -> str:
    """What the app of a user shows now, or some half minutes away."""
    return f"{TOTP(TOTPDevice.objects.get(user=user).bin_key, drift=steps).token():06}"


def typed(code: str) -> str:
    """A backup code as the form hands it on."""
    return code.replace(" ", "")


@pytest.fixture
def staff() -> User:
    return UserFactory(mobile="+8613800138000", name="爱家: 站长", is_staff=True)


@pytest.fixture
def backup_codes(staff) -> list[str]:
    """What a member of staff has been shown who has just set the second factor up."""
    new_authenticator(staff)
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        return enrol(user=staff, code=code_of(staff))[1]


# --- setting it up ----------------------------------------------------------------------------------------------------


def test_an_authenticator_is_made_once_and_stays_until_it_is_confirmed(staff):
    assert new_authenticator(staff) == new_authenticator(staff)
    assert authenticator_of(staff) is None


def by_change(user: User, sms) -> None:
    change_password(user=user, old=PASSWORD, new="hutong-2026", address="1.2.3.4", session_key="mine")


def by_reset(user: User, sms) -> None:
    send_code(mobile=user.mobile, purpose=Purpose.RESET, binding="mine", address="1.2.3.4")
    reset_password(mobile=user.mobile, sms_code=sms()[-1]["code"], password="hutong-2026", binding="mine")


def by_staff(user: User, sms) -> None:
    end_sessions(staff=UserFactory(is_staff=True, is_superuser=True), user_id=user.pk, reason="密码被盗")


@pytest.mark.parametrize("end", [by_change, by_reset, by_staff])
def test_a_secret_that_a_thief_may_have_seen_sets_nothing_up_once_the_thief_is_out(staff, sms, end):
    seen = code_of(new_authenticator(staff).user)
    end(staff, sms)
    new_authenticator(staff)
    with pytest.raises(WrongSecondFactor):
        enrol(user=staff, code=seen)
    assert authenticator_of(staff) is None


@pytest.mark.parametrize("end", [by_change, by_reset, by_staff])
def test_an_authenticator_that_is_set_up_stays(staff, backup_codes, sms, end):
    end(staff, sms)
    assert authenticator_of(staff)


def test_an_app_names_the_site_and_the_person_and_no_number(staff):
    made = new_authenticator(staff)
    address = urlsplit(address_of(made))
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/ihome:爱家: 站长")
    assert parse_qs(address.query)["secret"] == [secret_of(made)]
    assert "138" not in unquote(address.path)


def test_the_qr_code_needs_no_style(staff):
    svg = qr_of(new_authenticator(staff))
    assert svg.startswith("<svg ")
    assert "style" not in svg


def test_a_secret_stands_in_groups():
    assert grouped("ABCDEFGHIJ") == "ABCD EFGH IJ"


@pytest.mark.parametrize("code", [WRONG, "", "12345", "１２３４５６", "-12345", "abcdef", "1" * 12])
def test_a_wrong_code_sets_nothing_up(staff, code):
    new_authenticator(staff)
    with pytest.raises(WrongSecondFactor):
        enrol(user=staff, code=code)
    assert authenticator_of(staff) is None
    assert count_backup_codes(staff) == 0


def test_a_code_of_the_app_sets_it_up_and_gives_backup_codes(staff):
    made = new_authenticator(staff)
    confirmed, codes = enrol(user=staff, code=code_of(staff))
    assert (authenticator_of(staff), len(set(codes)), count_backup_codes(staff)) == (made, BACKUP_CODES, BACKUP_CODES)
    assert confirmed == made


def test_no_backup_code_is_stored_as_it_is_read(backup_codes):
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not stored & {typed(code) for code in backup_codes}
    assert {len(token) for token in stored} == {16}


def test_whoever_sets_it_up_locks_the_person_first_as_whoever_resets_it_does(staff, monkeypatch):
    new_authenticator(staff)
    code, locked, lock = code_of(staff), [], QuerySet.select_for_update

    def noted(rows: QuerySet, *args: object, **kwargs: object) -> QuerySet:
        locked.append(rows.model)
        return lock(rows, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", noted)
    enrol(user=staff, code=code)
    of_both = [model for model in locked if model in {User, TOTPDevice}]
    assert of_both[:2] == [User, TOTPDevice]


def test_it_is_set_up_once(staff, backup_codes):
    with pytest.raises(WrongSecondFactor):
        enrol(user=staff, code=code_of(staff))


# --- passing it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_half_a_minute_away_passes(staff, backup_codes, steps):
    assert verify(user=staff, code=code_of(staff, steps=steps)) == authenticator_of(staff)


@pytest.mark.parametrize("steps", [-3, 3])
def test_one_that_is_older_or_newer_does_not(staff, backup_codes, steps):
    with pytest.raises(WrongSecondFactor):
        verify(user=staff, code=code_of(staff, steps=steps))


def test_a_code_of_the_app_passes_once(staff, backup_codes):
    code = code_of(staff)
    verify(user=staff, code=code)
    with pytest.raises(WrongSecondFactor):
        verify(user=staff, code=code)


def test_the_code_that_has_set_it_up_does_not_pass_too(staff):
    new_authenticator(staff)
    code = code_of(staff)
    enrol(user=staff, code=code)
    with pytest.raises(WrongSecondFactor):
        verify(user=staff, code=code)


def test_each_backup_code_passes_once(staff, backup_codes):
    for code in backup_codes:
        verify(user=staff, code=typed(code))
        with pytest.raises(WrongSecondFactor):
            verify(user=staff, code=typed(code))
    assert count_backup_codes(staff) == 0


def test_nobody_passes_by_the_codes_of_somebody_else(staff, backup_codes):
    other = UserFactory(is_staff=True)
    new_authenticator(other)
    enrol(user=other, code=code_of(other))
    for code in (typed(backup_codes[0]), code_of(staff)):
        with pytest.raises(WrongSecondFactor):
            verify(user=other, code=code)
    assert count_backup_codes(staff) == BACKUP_CODES


def test_after_five_wrong_codes_even_a_right_one_waits_a_quarter_of_an_hour(staff, backup_codes):
    for _ in range(5):
        with pytest.raises(WrongSecondFactor):
            verify(user=staff, code=WRONG)
    with pytest.raises(TooManyTries) as refused:
        verify(user=staff, code=typed(backup_codes[0]))
    assert 890 < refused.value.seconds <= 900
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        assert verify(user=staff, code=typed(backup_codes[0]))


def test_a_right_code_clears_what_was_counted(staff, backup_codes):
    for code in backup_codes[:3]:
        for _ in range(4):
            with pytest.raises(WrongSecondFactor):
                verify(user=staff, code=WRONG)
        verify(user=staff, code=typed(code))


def test_new_backup_codes_end_the_old(staff, backup_codes):
    new = make_backup_codes(user=staff, code=typed(backup_codes[0]))
    assert count_backup_codes(staff) == BACKUP_CODES
    with pytest.raises(WrongSecondFactor):
        verify(user=staff, code=typed(backup_codes[1]))
    assert verify(user=staff, code=typed(new[0]))


def test_new_backup_codes_are_not_made_for_a_wrong_code(staff, backup_codes):
    with pytest.raises(WrongSecondFactor):
        make_backup_codes(user=staff, code=WRONG)
    assert verify(user=staff, code=typed(backup_codes[1]))


# --- resetting it -----------------------------------------------------------------------------------------------------


def test_another_administrator_resets_it_and_the_log_says_so(staff, backup_codes):
    Client().force_login(staff)
    other = UserFactory(is_staff=True)
    reset_second_factor(staff=other, user_id=staff.pk, reason=" 手机丢了 ")
    assert (authenticator_of(staff), count_backup_codes(staff), staff.sessions.count()) == (None, 0, 0)
    line = StaffAct.objects.get()
    assert (line.actor, line.subject, line.act, line.reason) == (other, staff, "reset_second_factor", "手机丢了")


def test_what_is_set_up_after_a_reset_has_another_secret(staff, backup_codes):
    before = secret_of(authenticator_of(staff))
    reset_second_factor(staff=None, user_id=staff.pk, reason="手机丢了")
    assert secret_of(new_authenticator(staff)) != before


@pytest.mark.parametrize(("reason", "refusal"), [("  ", ReasonMissing), ("手机丢了", OwnSecondFactor)])
def test_it_is_reset_with_a_reason_and_by_another(staff, backup_codes, reason, refusal):
    with pytest.raises(refusal):
        reset_second_factor(staff=staff, user_id=staff.pk, reason=reason)
    assert authenticator_of(staff)
    assert not StaffAct.objects.exists()


def test_nobody_is_nobody(staff):
    with pytest.raises(NotFound):
        reset_second_factor(staff=staff, user_id=0, reason="手机丢了")


def test_the_operator_resets_that_of_the_only_administrator(staff, backup_codes, capsys):
    call_command("reset_second_factor", "138 0013 8000")
    assert authenticator_of(staff) is None
    assert (StaffAct.objects.get().actor, StaffAct.objects.get().reason) == (None, "on the server")
    assert "13800138000" not in capsys.readouterr().out


@pytest.mark.parametrize("mobile", ["13800138003", "13900000000", "x"])
def test_the_operator_is_told_that_no_member_of_staff_has_the_number(stranger, mobile):
    with pytest.raises(CommandError):
        call_command("reset_second_factor", mobile)


# --- what is known of it ----------------------------------------------------------------------------------------------


def test_it_is_taken_along_without_its_secret(staff, backup_codes):
    told = export(staff)["second_factor"]
    assert told.keys() == {"name", "since"}
    assert export(UserFactory())["second_factor"] is None


def test_nothing_of_it_is_left_when_an_account_is_erased(staff, backup_codes):
    erase(staff)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
