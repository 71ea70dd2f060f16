"""What staff do to accounts by themselves, each with a line in their log."""

from datetime import UTC, datetime

import pytest

from accounts import moderating
from accounts.errors import (
    MessageArrived,
    MessageNotFound,
    MessageWaiting,
    NoSmsForMessage,
    OnlyAdministrators,
    ReasonMissing,
    UserActive,
    UserClosed,
    UserInactive,
    UserNotFound,
)
from accounts.factories import PASSWORD, IdentityFactory, MessageFactory, UserFactory
from accounts.identity import decide_identity
from accounts.messages import deliver_messages, words_of
from accounts.models import ApiKey, Identity, Message, Session, StaffAct, User
from accounts.moderating import Ended, end_sessions, reactivate_user, resend_message

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
WHY = {"reason": "手机丢了"}
Sms = Message.Sms
pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True)


def log() -> list[tuple]:
    return list(StaffAct.objects.order_by("pk").values_list("act", "subject", "before", "after"))


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_sessions_and_keys_end_and_the_log_says_how_many(staff, guest, stranger, client, api):
    client.force_login(guest)
    _, key = ApiKey.objects.create(user=guest, name="script")
    ApiKey.objects.create(user=stranger, name="script")
    ended = end_sessions(staff=staff, user_id=guest.pk, **WHY)
    assert ended == Ended(sessions=1, keys=1)
    assert log() == [("end_sessions", guest.pk, {"sessions": 1, "keys": 1}, {})]
    assert client.get("/account").status_code == 302
    assert api.get("/api/v1.0/user", headers={"Authorization": f"Token {key}"}).status_code == 401
    assert (Session.objects.count(), ApiKey.objects.get().user) == (0, stranger)


def test_ending_sessions_needs_a_reason_and_somebody(staff, guest):
    with pytest.raises(ReasonMissing):
        end_sessions(staff=staff, user_id=guest.pk, reason=" ")
    with pytest.raises(UserNotFound):
        end_sessions(staff=staff, user_id=0, **WHY)
    assert not StaffAct.objects.exists()


def test_only_who_gives_roles_logs_a_colleague_out(staff, client):
    colleague, administrator = UserFactory(is_staff=True), UserFactory(is_staff=True, is_superuser=True)
    client.force_login(colleague)
    with pytest.raises(OnlyAdministrators):
        end_sessions(staff=staff, user_id=colleague.pk, **WHY)
    assert colleague.sessions.exists()
    assert not StaffAct.objects.exists()
    assert end_sessions(staff=administrator, user_id=colleague.pk, **WHY).sessions == 1


def test_staff_end_their_own_sessions(staff, client):
    client.force_login(staff)
    assert end_sessions(staff=staff, user_id=staff.pk, **WHY).sessions == 1


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_reactivated_person_can_log_in_again(staff, guest, client):
    User.objects.filter(pk=guest.pk).update(is_active=False)
    client.force_login(guest)
    assert client.get("/account").status_code == 302
    assert reactivate_user(staff=staff, user_id=guest.pk, **WHY).is_active
    assert client.login(mobile=guest.mobile, password=PASSWORD)
    assert log() == [("reactivate_user", guest.pk, {"is_active": False}, {"is_active": True})]


def test_who_is_active_or_has_left_is_not_reactivated(staff, guest, stranger):
    User.objects.filter(pk=stranger.pk).update(is_active=False, mobile=None, closed_at=NOW)
    for user, refusal in ((guest, UserActive), (stranger, UserClosed)):
        with pytest.raises(refusal):
            reactivate_user(staff=staff, user_id=user.pk, **WHY)
    with pytest.raises(ReasonMissing):
        reactivate_user(staff=staff, user_id=guest.pk, reason="")
    assert not StaffAct.objects.exists()


def test_a_second_run_after_a_lost_connection_writes_no_second_line(staff, guest, monkeypatch):
    User.objects.filter(pk=guest.pk).update(is_active=False)

    def twice(function):
        return lambda *args: (function(*args), function(*args))[1]

    for name in ("_reactivate", "_end_sessions"):
        monkeypatch.setattr(f"accounts.moderating.{name}", twice(getattr(moderating, name)))
    assert reactivate_user(staff=staff, user_id=guest.pk, **WHY).is_active
    assert end_sessions(staff=staff, user_id=guest.pk, **WHY) == Ended(0, 0)
    assert [line[0] for line in log()] == ["reactivate_user", "end_sessions"]


# --- messages ---------------------------------------------------------------------------------------------------------


def message(user: User, **fields: object) -> Message:
    return MessageFactory(user=user, kind="identity.verified", path="/account/verification", **fields)


@pytest.mark.parametrize("state", [Sms.GIVEN_UP, Sms.UNKNOWN, Sms.NONE])
def test_a_message_is_sent_again_at_once(staff, guest, sms, state):
    failed = message(guest, sms_state=state, sms_tries=9, sms_said="down")
    resend_message(staff=staff, message_id=failed.pk, **WHY)
    assert deliver_messages() == 1
    failed.refresh_from_db()
    assert (failed.sms_state, failed.sms_tries, failed.sms_said, failed.due_at) == (Sms.SENT, 1, "", None)
    assert log() == [("resend_message", guest.pk, {"sms": state}, {"sms": "due"})]
    assert len(sms()) == 1


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"sms_state": Sms.DUE, "due_at": NOW}, MessageWaiting),
        ({"sms_state": Sms.SENDING, "due_at": NOW}, MessageWaiting),
        ({"delivered_at": None, "due_at": NOW}, MessageWaiting),
        ({"sms_state": Sms.SENT}, MessageArrived),
        ({"sms_state": Sms.GIVEN_UP, "read_at": NOW}, MessageArrived),
    ],
)
def test_what_is_under_way_or_has_arrived_is_not_sent_again(staff, guest, fields, refusal):
    with pytest.raises(refusal):
        resend_message(staff=staff, message_id=message(guest, **fields).pk, **WHY)
    assert not StaffAct.objects.exists()


@pytest.mark.parametrize("kind", ["booking.held", "unheard-of"])
def test_a_kind_without_sms_is_not_sent_again(staff, guest, kind):
    with pytest.raises(NoSmsForMessage):
        resend_message(staff=staff, message_id=MessageFactory(user=guest, kind=kind).pk, **WHY)


def test_who_is_not_active_is_sent_nothing_again(staff, guest):
    User.objects.filter(pk=guest.pk).update(is_active=False)
    with pytest.raises(UserInactive):
        resend_message(staff=staff, message_id=message(guest, sms_state=Sms.GIVEN_UP).pk, **WHY)
    with pytest.raises(MessageNotFound):
        resend_message(staff=staff, message_id=0, **WHY)
    with pytest.raises(ReasonMissing):
        resend_message(staff=staff, message_id=0, reason="")


def test_failed_are_those_given_up_or_of_which_nobody_knows(guest):
    for state in Sms.values:
        message(guest, sms_state=state, due_at=NOW if state in {"due", "sending"} else None)
    assert {each.sms_state for each in Message.objects.failed()} == {"given_up", "unknown"}


# --- who is told ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_approved", "kind"), [(True, "identity.verified"), (False, "identity.rejected")])
def test_whose_identity_staff_have_decided_is_told_once(staff, is_approved, kind):
    identity = IdentityFactory(status=Identity.Status.SUBMITTED, decided_at=None)
    decide_identity(staff=staff, identity_id=identity.pk, is_approved=is_approved, reason="照片看不清")
    told = Message.objects.get()
    assert (told.user, told.kind, told.path, told.facts) == (identity.user, kind, "/account/verification", {})
    assert told.sms_state == Sms.DUE
    assert words_of(told)
