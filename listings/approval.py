"""What staff decide of a home: whether it is published, where the site wants that, and when it is suspended no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import StaffAct, User
from accounts.staff_log import act_since, refuse_own, require_reason, write_act
from ihome_project.db import retry_transaction
from listings.calendar import locked_house
from listings.errors import EditedAgain, StatusNotPossible
from listings.models import House
from listings.services import change_status, check_ready
from listings.telling import tell_of_home

Act = StaffAct.Act
Status = House.Status
DECISIONS = {Act.APPROVE_HOUSE: Status.PUBLISHED, Act.REFUSE_HOUSE: Status.DRAFT}  # of a home that waits
TAKEN_BACK = {Status.DRAFT, Status.SUSPENDED}  # whose host reads why


def state_of(house: House) -> str:
    """Return a name of what a home says to staff: another once its host has changed that, or has sent it anew."""
    return house.edited_at.isoformat() if house.edited_at else "-"


def approve_house(*, staff: User, house_id: int, reason: str = "", seen: str | None = None) -> House:
    """Publish a home that waits for its review, and write that into the staff log.

    `seen` is the state (see `state_of`) that staff have looked at; None, whichever it is in. Raises HouseNotFound,
    OwnCase, StatusNotPossible (it does not wait), EditedAgain (it is in another state), or NotVerified, PhotoMissing
    or HouseIncomplete when it lacks something by now.
    """
    return _decide_waiting(staff, house_id, Act.APPROVE_HOUSE, reason.strip(), seen, timezone.now())


def approve_edits(*, staff: User, house_id: int, seen: str, reason: str = "") -> House:
    """Note that staff have seen what a host has changed of a home, in the state `seen` (see `state_of`), and let it be.

    Raises HouseNotFound, OwnCase, StatusNotPossible (it waits to be published), or EditedAgain (it has changed since,
    or somebody has noted it before).
    """
    return _approve_edits(staff, house_id, seen, reason.strip(), timezone.now())


@retry_transaction
def _approve_edits(staff: User, house_id: int, seen: str, reason: str, began: datetime) -> House:
    with locked_house(house_id) as house:
        refuse_own(staff, house.host_id)
        if house.status == Status.PENDING:
            raise StatusNotPossible
        if house.edited_at and seen == state_of(house):
            house.edited_at = None
            house.save(update_fields=("edited_at",))
            before = {"edited_at": seen}
            write_act(staff=staff, act=Act.APPROVE_HOUSE, thing=house, subject=house.host, reason=reason, before=before)
        elif not act_since(began, staff=staff, act=Act.APPROVE_HOUSE, thing=house):
            raise EditedAgain  # else an earlier run of this call came through, though its connection was lost
    return house


def refuse_house(*, staff: User, house_id: int, reason: str, seen: str | None = None) -> House:
    """Give a home that waits for its review back to its host as a draft, with the reason; the staff log keeps it.

    `seen` is the state (see `state_of`) that staff have looked at; None, whichever it is in. Raises ReasonMissing,
    HouseNotFound, OwnCase, StatusNotPossible (it does not wait) or EditedAgain (it is in another state).
    """
    return _decide_waiting(staff, house_id, Act.REFUSE_HOUSE, require_reason(reason), seen, timezone.now())


@retry_transaction
def _decide_waiting(
    staff: User, house_id: int, act: StaffAct.Act, reason: str, seen: str | None, began: datetime
) -> House:
    with locked_house(house_id) as house:
        refuse_own(staff, house.host_id)
        if house.status == Status.PENDING:
            check_seen(house, seen)
            if act == Act.APPROVE_HOUSE:
                check_ready(house)
            return decide(house, DECISIONS[act], staff=staff, act=act, reason=reason)
        if not act_since(began, staff=staff, act=act, thing=house):
            raise StatusNotPossible  # else an earlier run of this call came through, though its connection was lost
    return house


def restore_house(*, staff: User, house_id: int, reason: str) -> House:
    """Lift the suspension of a home, as staff who say why: it is offline, and its host may publish it again.

    Raises ReasonMissing, HouseNotFound, OwnCase or StatusNotPossible (it is not suspended).
    """
    return _restore(staff, house_id, require_reason(reason), timezone.now())


@retry_transaction
def _restore(staff: User, house_id: int, reason: str, began: datetime) -> House:
    with locked_house(house_id) as house:
        refuse_own(staff, house.host_id)
        if house.status == Status.SUSPENDED:
            return decide(house, Status.OFFLINE, staff=staff, act=Act.RESTORE_HOUSE, reason=reason)
        if not act_since(began, staff=staff, act=Act.RESTORE_HOUSE, thing=house):
            raise StatusNotPossible  # else an earlier run of this call came through, though its connection was lost
    return house


def decide(
    house: House, status: str, *, staff: User, act: StaffAct.Act, reason: str, more: Mapping[str, Any] | None = None
) -> House:
    """Give a home the status that staff decide, write it into their log, and tell its host; inside `locked_house`.

    The host reads the reason on the home's pages where it is not on the market by that. `more` is what else the log
    says of afterwards.
    """
    before, after = {"status": house.status}, {"status": status, **(more or {})}
    change_status(house, status, reason=reason if status in TAKEN_BACK else "")
    line = write_act(staff=staff, act=act, thing=house, subject=house.host, reason=reason, before=before, after=after)
    tell_of_home(house, line)
    return house


def check_seen(house: House, seen: str | None) -> None:
    """Refuse a home that is in another state than the one that staff have seen. Raises EditedAgain."""
    if seen not in {None, state_of(house)}:
        raise EditedAgain
