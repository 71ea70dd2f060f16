"""How a host answers a guest's request."""

from uuid import uuid4

from accounts.errors import ReasonMissing
from accounts.models import User
from bookings.errors import BookingNotFound, ChangeNotPossible, NotTheHost, RequestRanOut
from bookings.life import change_status
from bookings.models import Booking
from ihome_project.db import retry_transaction
from listings.calendar import locked_house

Status = Booking.Status


def accept_request(*, host: User, booking_id: int, key: str = "") -> Booking:
    """Accept a request for one of a host's homes: its guest may pay now.

    The same `key` accepts once, however often it comes. Raises BookingNotFound, NotTheHost (to the guest),
    ChangeNotPossible or RequestRanOut.
    """
    return _answer(host, booking_id, Status.WAIT_PAYMENT, "", key or uuid4().hex)


def reject_request(*, host: User, booking_id: int, reason: str, key: str = "") -> Booking:
    """Decline a request for one of a host's homes, with a reason that the guest reads; the nights are free again.

    The same `key` rejects once, however often it comes. Raises BookingNotFound, NotTheHost (to the guest),
    ReasonMissing, ChangeNotPossible or RequestRanOut.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    return _answer(host, booking_id, Status.REJECTED, reason, key or uuid4().hex)


@retry_transaction
def _answer(host: User, booking_id: int, to: str, reason: str, change_key: str) -> Booking:
    seen = Booking.objects.visible_to(host).filter(pk=booking_id).first()
    if seen is None:
        raise BookingNotFound
    with locked_house(seen.house_id) as house:
        booking = Booking.objects.with_card().select_related("hold").get(pk=booking_id)
        if booking.events.filter(change_key=change_key).exists():
            return booking  # an earlier run of this very call came through, though its connection was lost
        if house.host_id != host.pk:
            raise NotTheHost
        if booking.status != Status.WAIT_ACCEPT:
            raise ChangeNotPossible
        if booking.has_run_out:
            raise RequestRanOut
        change_status(booking, to, actor=host, reason=reason, change_key=change_key)
    return booking
