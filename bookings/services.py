"""How a booking comes to be, and how requests that ran out make room."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError

from accounts.models import User
from accounts.services import lock_active
from bookings.errors import OwnHouse, PriceChanged, TooManyOpenRequests, VerifiedGuestsOnly
from bookings.ledger import open_trade
from bookings.life import change_status, deadline, write_event
from bookings.models import OPEN_REQUESTS, Booking
from ihome_project.db import retry_transaction
from ihome_project.errors import DomainError
from listings.calendar import Stay, check_free, check_in_moment, check_stay, hold_nights, locked_house
from listings.errors import HouseNotFound, RequestKeyReused
from listings.hints import with_nearest
from listings.models import Hold, House
from listings.pricing import Quote, quote_stay

Status = Booking.Status


@dataclass(frozen=True)
class Request:
    """What a guest asks for, and the key under which they ask once, however often it comes."""

    guest: User
    house_id: int
    stay: Stay
    guests: int
    agreed_fen: int | None
    key: str

    @property
    def digest(self) -> str:
        """What is asked, in short: the same for the same."""
        asked = (self.house_id, self.stay.check_in, self.stay.check_out, self.guests, self.agreed_fen)
        return sha256(repr(asked).encode()).hexdigest()

    def made_before(self) -> Booking | None:
        """Return the booking that this key has made already. Raises RequestKeyReused when it was for something else."""
        made = Booking.objects.filter(guest=self.guest, request_key=self.key).first()
        if made and made.request_digest != self.digest:
            raise RequestKeyReused
        return made


def request_booking(
    *, guest: User, house_id: int, stay: Stay, guests: int, agreed_fen: int | None = None, key: str = ""
) -> Booking:
    """Hold the nights of a stay for a guest at the price the guest has seen, and return the booking.

    `agreed_fen` is that price in fen (None: whatever it is now). The same `key` by the same guest gives the same
    booking, however often it is asked. Raises HouseNotFound, OwnHouse, VerifiedGuestsOnly, StayRefused (in the past,
    too far ahead, too short, too long, too many guests), TooManyOpenRequests, PriceChanged, NightsTaken,
    RequestKeyReused or UserInactive; then nothing has changed, but that the guest's own overdue requests are cancelled.
    Where other dates would pass, the refusal of these names the nearest.
    """
    request = Request(guest, house_id, stay, guests, agreed_fen, key or uuid4().hex)
    if made := request.made_before():
        return made
    expire_overdue_of(guest)
    try:
        return _look_then_book(request)
    except DomainError:  # it may be refused because the same request, sent twice, has just come through
        if made := request.made_before():
            return made
        raise


def _look_then_book(request: Request) -> Booking:
    house = House.objects.open_to(request.guest).filter(pk=request.house_id).first()
    if house is None:
        raise HouseNotFound
    with with_nearest(house, request.stay, guests=request.guests, given=lambda: has_room(request.guest)):
        _check_request(house, request)  # cheap: most of what must fail fails without a lock
        check_free(house, request.stay)
        return _book(house, request)


def _book(house: House, request: Request) -> Booking:
    for left in range(OPEN_REQUESTS, -1, -1):
        try:
            return _hold_and_book(request)
        except IntegrityError:  # a unique key refused: find out which, from outside the transaction that is gone
            if not left:
                raise
            check_free(house, request.stay)  # the nights; else this key or the slot was used, and the next run sees it
    raise AssertionError("unreachable")


@retry_transaction  # the whole of it, from outside, on 1213, 1205 and a lost connection
def _hold_and_book(request: Request) -> Booking:
    with locked_house(request.house_id) as house:  # first of all writes, so that guests asking at once go in turn
        if made := request.made_before():
            return made
        if house.status != House.Status.PUBLISHED:
            raise HouseNotFound
        lock_active(request.guest)
        quote = _check_request(house, request)
        check_free(house, request.stay)
        release_overdue(house, request.stay)
        until = first_deadline(house, request.stay)
        hold = hold_nights(house, request.stay, expires_at=until)  # the key decides, whatever else happened
        return _write_booking(house, request, quote, hold=hold, until=until)


def _check_request(house: House, request: Request) -> Quote:
    """Refuse what the home or the guest's state does not allow; return the present price."""
    _check_guest(house, request.guest)
    check_stay(house, request.stay, guests=request.guests)
    _free_slot(request.guest)
    quote = quote_stay(house, request.stay)
    if request.agreed_fen is not None and request.agreed_fen != quote.amount_fen:
        raise PriceChanged(quote=quote)
    return quote


def _check_guest(house: House, guest: User) -> None:
    if house.host_id == guest.pk:
        raise OwnHouse
    if house.verified_guests_only and not guest.is_verified:
        raise VerifiedGuestsOnly


def quote_request(*, guest: User, house: House, stay: Stay) -> Quote:
    """Return the price at which the guest could ask for a stay now; nothing is held by that.

    Raises OwnHouse, VerifiedGuestsOnly, StayRefused, TooManyOpenRequests or NightsTaken, as request_booking would and
    with the nearest stay as well; a request of the guest's that is overdue does not count, for it will make room.
    """
    _check_guest(house, guest)
    with with_nearest(house, stay, guests=1, given=lambda: has_room(guest)):
        check_stay(house, stay, guests=1)
        if not has_room(guest):
            raise TooManyOpenRequests(requests=OPEN_REQUESTS)
        check_free(house, stay)
    return quote_stay(house, stay)


def has_room(guest: User) -> bool:
    """Tell whether a guest may have one more request that is not paid; an overdue one makes room."""
    return Booking.objects.made_by(guest).waiting().not_overdue().count() < OPEN_REQUESTS


def _free_slot(guest: User) -> int:
    """Return a number from 1 to OPEN_REQUESTS that no waiting request of the guest has. Raises TooManyOpenRequests."""
    used = set(Booking.objects.made_by(guest).waiting().values_list("open_slot", flat=True))
    free = [slot for slot in range(1, OPEN_REQUESTS + 1) if slot not in used]
    if not free:
        raise TooManyOpenRequests(requests=OPEN_REQUESTS)
    return free[0]


def first_deadline(house: House, stay: Stay) -> datetime:
    """Return when a new request runs out: unanswered, or with instant booking unpaid; never past check-in."""
    patience = {"minutes": settings.PAY_MINUTES_INSTANT} if house.instant_book else {"hours": settings.ACCEPT_HOURS}
    return deadline(check_in_moment(house, stay.check_in), timedelta(**patience))


def _write_booking(house: House, request: Request, quote: Quote, *, hold: Hold, until: datetime) -> Booking:
    """Write the booking and the first line of its history."""
    booking = Booking.objects.create(
        guest=request.guest,
        house=house,
        check_in=request.stay.check_in,
        check_out=request.stay.check_out,
        guests=request.guests,
        status=Status.WAIT_PAYMENT if house.instant_book else Status.WAIT_ACCEPT,
        open_slot=_free_slot(request.guest),
        check_in_time=house.check_in_time,
        commission_percent=settings.COMMISSION_PERCENT,
        cancellation_policy=house.cancellation_policy,
        request_key=request.key,
        request_digest=request.digest,
        **quote.as_agreed(),
        hold=hold,
        expires_at=until,
    )
    if booking.status == Status.WAIT_PAYMENT:
        open_trade(booking, until=until)
    write_event(booking, was="", actor=request.guest)
    return booking


def release_overdue(house: House, stay: Stay) -> None:
    """Cancel the requests for nights of a stay that ran out longer ago than the grace; inside `locked_house`."""
    overdue = Booking.objects.overdue().filter(house=house, check_in__lte=stay.check_out, check_out__gte=stay.check_in)
    for booking in overdue.select_related("hold", "house"):
        change_status(booking, Status.CANCELED, actor=None)


def expire_overdue_of(guest: User) -> None:
    """Cancel a guest's own requests that ran out longer ago than the grace, so that they fill no slot."""
    for house_id in set(Booking.objects.made_by(guest).overdue().values_list("house_id", flat=True)):
        _expire_overdue(guest, house_id)


@retry_transaction
def _expire_overdue(guest: User, house_id: int) -> None:
    with locked_house(house_id) as house:
        for booking in Booking.objects.made_by(guest).overdue().filter(house=house).select_related("hold", "house"):
            change_status(booking, Status.CANCELED, actor=None)
