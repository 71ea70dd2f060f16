"""What staff do to homes and people with all that hangs on them: suspend, deactivate; and notices they settle."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from accounts.errors import OwnAccount, UserInactive, UserIsStaff
from accounts.models import StaffAct, User
from accounts.moderating import end_access, locked_user, set_active
from accounts.staff_log import act_since, require_reason, write_act
from bookings.cancelling import Change, cancel_as_staff
from bookings.errors import NoticeNotFound, NoticeSettled
from bookings.life import catch_up
from bookings.models import Booking, BookingQuerySet, HostDue, Refund, Settlement, StrayNotice
from ihome_project.db import retry_transaction
from listings.approval import decide
from listings.calendar import locked_house
from listings.errors import StatusNotPossible
from listings.models import House, HouseQuerySet

Act = StaffAct.Act
Status = House.Status
HOME_IS_CLOSED = gettext_noop("This home cannot be booked any more.")
GUEST_IS_CLOSED = gettext_noop("This guest cannot book any more.")


class _MoreToLock(Exception):
    """A home or a request has come after it was read which homes are to be locked."""


@dataclass(frozen=True)
class Deactivation:
    """What deactivating somebody would do, and what it leaves to staff; each of it is one query or two."""

    homes: HouseQuerySet  # that become suspended
    requests_as_host: BookingQuerySet  # that are cancelled
    requests_as_guest: BookingQuerySet
    stays_as_host: BookingQuerySet  # paid, and left to staff
    stays_as_guest: BookingQuerySet
    owed_fen: int  # to the host for stays that are over; below zero the host owes it
    coming_back_fen: int  # to the guest, of what was paid


def preview_deactivation(user: User) -> Deactivation:
    """Return what deactivating somebody now would do, whether or not it may be done."""
    hosted, made = Booking.objects.hosted_by(user).with_card(), Booking.objects.made_by(user).with_card()
    return Deactivation(
        homes=House.objects.hosted_by(user).suspendable().with_card().order_by("pk"),
        requests_as_host=hosted.waiting().order_by("expires_at", "pk"),
        requests_as_guest=made.waiting().order_by("expires_at", "pk"),
        stays_as_host=hosted.coming(),
        stays_as_guest=made.coming(),
        owed_fen=HostDue.objects.owed_to(user).unpaid().aggregate(sum=Sum("amount_fen", default=0))["sum"],
        coming_back_fen=Refund.objects.owed_to(user).aggregate(sum=Sum("amount_fen", default=0))["sum"],
    )


def suspend_house(*, staff: User, house_id: int, reason: str) -> House:
    """Take a home off the market as staff, with a reason that its host reads, and cancel its unpaid requests.

    Paid stays remain, until staff decide each of them. Raises ReasonMissing, HouseNotFound or StatusNotPossible (a
    draft, suspended already); then nothing has changed.
    """
    return _suspend_house(staff, house_id, require_reason(reason), timezone.now())


@retry_transaction
def _suspend_house(staff: User, house_id: int, reason: str, began: datetime) -> House:
    with locked_house(house_id) as house:
        if house.status in House.SUSPENDABLE:
            _suspend(house, staff=staff, reason=reason)
        elif not act_since(began, staff=staff, act=Act.SUSPEND_HOUSE, thing=house):
            raise StatusNotPossible  # else an earlier run of this call came through, though its connection was lost
    return house


def _suspend(house: House, *, staff: User, reason: str) -> list[int]:
    """Suspend a home and return which requests are cancelled by that; inside `locked_house`."""
    requests = Booking.objects.filter(house=house)
    cancelled = _cancel_requests(requests, staff=staff, reason=reason, told=HOME_IS_CLOSED)
    more = {"cancelled": cancelled}
    decide(house, Status.SUSPENDED, staff=staff, act=Act.SUSPEND_HOUSE, reason=reason, more=more)
    return cancelled


def _cancel_requests(requests: BookingQuerySet, *, staff: User, reason: str, told: str) -> list[int]:
    """Cancel those that are not paid, and return which; their homes are locked.

    Both sides read `told`, in the site's language: the reason is for the one whom staff mean.
    """
    cancelled = []
    with translation.override(settings.LANGUAGE_CODE):
        told = translation.gettext(told)
    for booking in requests.waiting().with_card().select_related("hold").order_by("pk"):
        catch_up(booking)
        if booking.is_waiting:
            cancel_as_staff(booking, Change(staff, reason, uuid4().hex), refund_fen=0, told=told)
            cancelled.append(booking.pk)
    return cancelled


def deactivate_user(*, staff: User, user_id: int, reason: str) -> User:
    """Shut somebody out as staff, with all that `preview_deactivation` says; their drafts stay drafts.

    Raises ReasonMissing, OwnAccount, UserNotFound, UserIsStaff (their roles are taken away first) or UserInactive;
    then nothing has changed.
    """
    reason, began = require_reason(reason), timezone.now()
    if staff.pk == user_id:
        raise OwnAccount
    while True:
        try:
            return _deactivate(staff, user_id, reason, began)
        except _MoreToLock:
            continue  # once more from the start: homes are locked in one order, and before people


@retry_transaction
def _deactivate(staff: User, user_id: int, reason: str, began: datetime) -> User:
    with transaction.atomic():
        houses = list(House.objects.select_for_update().filter(pk__in=homes_about(user_id)).order_by("pk"))
        user = locked_user(user_id)  # from here on nothing begins that is theirs
        if not user.is_active and act_since(began, staff=staff, act=Act.DEACTIVATE_USER, thing=user):
            return user  # an earlier run of this call came through, though its connection was lost
        _check_can_be_deactivated(user)
        if not homes_about(user_id) <= {house.pk for house in houses}:
            raise _MoreToLock
        set_active(user, is_active=False)
        after = _close_for(user, houses, staff=staff, reason=reason) | asdict(end_access(user))
        write_act(
            staff=staff,
            act=Act.DEACTIVATE_USER,
            thing=user,
            subject=user,
            reason=reason,
            before={"is_active": True},
            after={"is_active": False, **after},
        )
    return user


def homes_about(user_id: int) -> set[int]:
    """Return the homes of somebody's, and those in which a request of theirs waits: what is locked before them."""
    asked = Booking.objects.waiting().filter(guest=user_id).values_list("house", flat=True)
    return {*House.objects.filter(host=user_id).values_list("pk", flat=True), *asked}


def _check_can_be_deactivated(user: User) -> None:
    if not user.is_active:
        raise UserInactive
    if user.is_staff or user.is_superuser:
        raise UserIsStaff


def _close_for(user: User, houses: list[House], *, staff: User, reason: str) -> dict[str, list[int]]:
    """Suspend somebody's homes and cancel their requests; return which these were."""
    suspended, cancelled = [], []
    for house in houses:
        if house.host_id == user.pk and house.status in House.SUSPENDABLE:
            cancelled += _suspend(house, staff=staff, reason=reason)
            suspended.append(house.pk)
    requests = Booking.objects.made_by(user)
    cancelled += _cancel_requests(requests, staff=staff, reason=reason, told=GUEST_IS_CLOSED)
    return {"suspended": suspended, "cancelled": cancelled}


def settle_notice(*, staff: User, notice_id: int, reason: str) -> StrayNotice:
    """Write down that staff have looked after a stray notification, and how: it is left to nobody any more.

    Raises ReasonMissing, NoticeNotFound or NoticeSettled.
    """
    return _settle_notice(staff, notice_id, require_reason(reason), timezone.now())


@retry_transaction
def _settle_notice(staff: User, notice_id: int, reason: str, began: datetime) -> StrayNotice:
    with transaction.atomic():
        notice = StrayNotice.objects.select_for_update().filter(pk=notice_id).first()
        if notice is None:
            raise NoticeNotFound
        if StrayNotice.objects.unsettled().filter(pk=notice_id).exists():
            Settlement.objects.create(notice=notice, actor=staff, reason=reason)
            write_act(staff=staff, act=Act.SETTLE_NOTICE, thing=notice, reason=reason)
        elif not act_since(began, staff=staff, act=Act.SETTLE_NOTICE, thing=notice):
            raise NoticeSettled
    return notice
