"""Staff look at a home before it is published, where the site wants that."""

from accounts.errors import ReasonMissing
from accounts.models import StaffAct, User
from accounts.staff_log import write_act
from listings.calendar import locked_house
from listings.errors import StatusNotPossible
from listings.models import House
from listings.services import change_status, check_ready

Status = House.Status


def approve_house(*, staff: User, house_id: int, reason: str = "") -> House:
    """Publish a home that waits for its review, and write that into the staff log.

    Raises HouseNotFound, StatusNotPossible (it does not wait), or NotVerified, PhotoMissing or HouseIncomplete when it
    lacks something by now.
    """
    with locked_house(house_id) as house:
        check_waits(house)
        check_ready(house)
        act = StaffAct.Act.APPROVE_HOUSE
        write_act(staff=staff, act=act, thing=house, subject=house.host, reason=reason.strip())
        return change_status(house, Status.PUBLISHED)


def refuse_house(*, staff: User, house_id: int, reason: str) -> House:
    """Give a home that waits for its review back to its host as a draft, with the reason; the staff log keeps it.

    Raises ReasonMissing, HouseNotFound or StatusNotPossible (it does not wait).
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    with locked_house(house_id) as house:
        check_waits(house)
        write_act(staff=staff, act=StaffAct.Act.REFUSE_HOUSE, thing=house, subject=house.host, reason=reason)
        return change_status(house, Status.DRAFT, reason=reason)


def check_waits(house: House) -> None:
    """Refuse a home that waits for no review. Raises StatusNotPossible."""
    if house.status != Status.PENDING:
        raise StatusNotPossible
