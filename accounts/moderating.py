"""What staff do to accounts by themselves: end their sessions, give them back, send a message again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import (
    MessageArrived,
    MessageNotFound,
    MessageWaiting,
    NoSmsForMessage,
    OnlyAdministrators,
    UserActive,
    UserClosed,
    UserInactive,
    UserNotFound,
)
from accounts.messages import has_sms
from accounts.models import ApiKey, Message, StaffAct, User
from accounts.passwords import forget_setup
from accounts.staff_log import act_since, require_reason, write_act
from ihome_project.cache import forget_on_commit, of_user
from ihome_project.db import retry_transaction

Act = StaffAct.Act
Sms = Message.Sms


@dataclass(frozen=True)
class Ended:
    """How many sessions were alive, and how many keys of programs there were."""

    sessions: int
    keys: int


def locked_user(user_id: int) -> User:
    """Return an account whose row is locked until the present transaction ends. Raises UserNotFound."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def end_access(user: User) -> Ended:
    """Log an account out everywhere, revoke its keys and drop a second factor that is yet to be confirmed.

    Inside a transaction that has locked it.
    """
    keys = ApiKey.objects.filter(user=user)
    ended = Ended(user.sessions.alive().count(), keys.count())
    user.sessions.all().delete()
    keys.delete()
    forget_setup(user)
    return ended


def end_sessions(*, staff: User, user_id: int, reason: str) -> Ended:
    """Log an account out everywhere and revoke its keys, as staff who say why; return how many these were.

    Raises ReasonMissing, UserNotFound, or OnlyAdministrators (a colleague's, by who may not give roles).
    """
    return _end_sessions(staff, user_id, require_reason(reason), timezone.now())


@retry_transaction
def _end_sessions(staff: User, user_id: int, reason: str, began: datetime) -> Ended:
    with transaction.atomic():
        user = locked_user(user_id)
        if user.is_staff and user.pk != staff.pk and not staff.has_perm("accounts.grant_roles"):
            raise OnlyAdministrators
        if done := act_since(began, staff=staff, act=Act.END_SESSIONS, thing=user):
            return Ended(**done.before)  # an earlier run of this call came through, though its connection was lost
        ended = end_access(user)
        write_act(staff=staff, act=Act.END_SESSIONS, thing=user, subject=user, reason=reason, before=asdict(ended))
    return ended


def reactivate_user(*, staff: User, user_id: int, reason: str) -> User:
    """Give a deactivated account back to its owner, as staff who say why; its homes stay suspended, one by one.

    Raises ReasonMissing, UserNotFound, UserActive, or UserClosed (its owner has left for good).
    """
    return _reactivate(staff, user_id, require_reason(reason), timezone.now())


@retry_transaction
def _reactivate(staff: User, user_id: int, reason: str, began: datetime) -> User:
    with transaction.atomic():
        user = locked_user(user_id)
        if user.closed_at:
            raise UserClosed
        if not user.is_active:
            set_active(user, is_active=True)
            write_act(
                staff=staff,
                act=Act.REACTIVATE_USER,
                thing=user,
                subject=user,
                reason=reason,
                before={"is_active": False},
                after={"is_active": True},
            )
        elif not act_since(began, staff=staff, act=Act.REACTIVATE_USER, thing=user):
            raise UserActive
    return user


def set_active(user: User, *, is_active: bool) -> None:
    """Write whether an account is active; inside a transaction that has locked it."""
    user.is_active = is_active
    user.save(update_fields=("is_active",))
    forget_on_commit(of_user(user.pk))


def resend_message(*, staff: User, message_id: int, reason: str) -> Message:
    """Have a message whose SMS did not go out, or perhaps not, sent once more, as staff who say why.

    Raises ReasonMissing, MessageNotFound, UserInactive, MessageWaiting (in the outbox, or its SMS is yet to be tried),
    MessageArrived (read, or sent), or NoSmsForMessage.
    """
    return _resend(staff, message_id, require_reason(reason), timezone.now())


@retry_transaction
def _resend(staff: User, message_id: int, reason: str, began: datetime) -> Message:
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None:
            raise MessageNotFound
        if act_since(began, staff=staff, act=Act.RESEND_MESSAGE, thing=message):
            return message  # an earlier run of this call came through, though its connection was lost
        check_can_be_sent(message)
        before = {"sms": message.sms_state}
        message.sms_state, message.sms_tries, message.sms_said, message.due_at = Sms.DUE, 0, "", timezone.now()
        message.save(update_fields=("sms_state", "sms_tries", "sms_said", "due_at"))
        write_act(
            staff=staff,
            act=Act.RESEND_MESSAGE,
            thing=message,
            subject=message.user,
            reason=reason,
            before=before,
            after={"sms": message.sms_state},
        )
    return message


def check_can_be_sent(message: Message) -> None:
    """Refuse a message of which no SMS can go out now. Raises what `resend_message` says of it."""
    if not message.user.is_active:
        raise UserInactive
    if message.due_at:
        raise MessageWaiting
    if message.read_at or message.sms_state == Sms.SENT:
        raise MessageArrived
    if not has_sms(message.kind):
        raise NoSmsForMessage
