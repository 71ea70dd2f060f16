"""The page of asking for a stay."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from bookings.booking_views import see_booking
from bookings.cancellation import cancellation_terms
from bookings.errors import (
    AlreadyBooked,
    OwnHouse,
    PriceChanged,
    TooManyOpenRequests,
    VerifiedGuestsOnly,
)
from bookings.forms import BookingForm, StayForm
from bookings.models import Booking
from bookings.services import first_deadline, quote_request, request_booking
from ihome_project.errors import DomainError, Invalid, NotAllowed, NotFound
from ihome_project.templatetags.ihome import moment
from listings.calendar import check_in_moment
from listings.errors import HouseNotFound, NightsTaken
from listings.forms import in_query
from listings.models import House


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, house_id: int) -> HttpResponse:
    """Show what would be booked and at which price; a POST books it."""
    house = house_to_book(request.user, house_id)
    if request.method != "POST":
        form = StayForm({"guests": 1, **request.GET.dict()}, house=house)
        return confirm_page(request, form)
    form = BookingForm(request.POST, house=house)
    if form.is_valid():
        try:
            booking = request_booking(guest=request.user, **form.as_request())
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(for_guest(error, request.user, form))
        else:
            tell_deadline(request, booking)
            return see_booking(booking.pk)
    return confirm_page(request, form)


def house_to_book(user: User, house_id: int) -> House:
    """Return a home that somebody may ask for; raises HouseNotFound or OwnHouse, which have pages of their own."""
    house = House.objects.open_to(user).with_card().filter(pk=house_id).first()
    if house is None:
        raise HouseNotFound
    if house.host_id == user.pk:
        raise OwnHouse
    return house


def confirm_page(request: HttpRequest, form: StayForm) -> HttpResponse:
    """Show the stay that a form asks for with its price, or what is wrong with it."""
    form.is_valid()  # what is wrong stands in the form, and some of it leaves a stay that can be priced
    page = {"form": form, "house": form.house, "stay": form.stay, "request_key": uuid4()}
    if form.stay:
        try:
            page |= offer(request.user, form)
        except DomainError as error:
            form.refuse(for_guest(error, request.user, form))
    page |= {"way_on": way_on(form), "instead": instead(form)}
    return render(request, "bookings/book.html", page, status=form_status(form))


def for_guest(error: DomainError, guest: User, form: StayForm) -> DomainError:
    """Return what a refusal means to a guest: who comes back after booking has these very nights."""
    mine = Booking.objects.made_by(guest).filter(house=form.house).meeting
    if isinstance(error, (NightsTaken, TooManyOpenRequests)) and mine(form.stay).exists():
        return AlreadyBooked()
    return error


def way_on(form: StayForm) -> dict[str, str]:
    """Return where a guest goes from a stay that cannot be booked, and the words for it."""
    stay = {name: form.data[name] for name in ("sd", "ed", "guests") if form.data.get(name)}
    if isinstance(form.refusal, (AlreadyBooked, TooManyOpenRequests)):
        return {"words": _("Go to my bookings"), "url": reverse("bookings")}
    if isinstance(form.refusal, VerifiedGuestsOnly):
        return {"words": _("Find another home"), "url": reverse("search", query=stay)}
    house = reverse("house", args=[form.house.pk], query=stay, fragment="nights")
    return {"words": _("Choose other dates"), "url": house}


def instead(form: StayForm) -> dict:
    """Return the stay that a refusal names as the nearest free one, and where to book it; nothing where it names none.

    A number of guests that cannot be is left to be chosen there.
    """
    nearest = form.refusal and form.refusal.facts.get("nearest")
    if not nearest:
        return {}
    guests = {name: form.cleaned_data[name] for name in ("guests",) if name in form.cleaned_data}
    return {"stay": nearest, "url": reverse("book", args=[form.house.pk], query={**in_query(nearest), **guests})}


def offer(guest: User, form: StayForm) -> dict:
    """Return price, terms and deadline of the stay that a form asks for, and how far the price has moved."""
    house, stay, now = form.house, form.stay, timezone.now()
    quote = quote_request(guest=guest, house=house, stay=stay)
    check_in_at = check_in_moment(house, stay.check_in)
    seen = form.cleaned_data["agreed_fen"] if isinstance(form.refusal, PriceChanged) else quote.amount_fen
    return {
        "quote": quote,
        "confirm_words": _("Confirm and book") if house.instant_book else _("Confirm and ask"),
        "seen_fen": seen,
        "more_fen": max(0, quote.amount_fen - seen),
        "less_fen": max(0, seen - quote.amount_fen),
        "terms": cancellation_terms(house.cancellation_policy, check_in_at=check_in_at, now=now),
        "check_in_at": check_in_at,
        "now": now,
        "deadline": first_deadline(house, stay),
    }


def form_status(form: StayForm) -> int:
    """Return the HTTP status of a page that shows a form."""
    if not form.errors:
        return 200
    if form.refusal is None or isinstance(form.refusal, Invalid):
        return 400
    return 403 if isinstance(form.refusal, NotAllowed) else 409


def tell_deadline(request: HttpRequest, booking: Booking) -> None:
    """Say on the next page that a stay has been asked for, and until when somebody has to act."""
    words = {
        Booking.Status.WAIT_PAYMENT: _("The nights are held for you until %(until)s."),
        Booking.Status.WAIT_ACCEPT: _("Your request is on its way. The host answers by %(until)s."),
    }
    if booking.status in words:  # the same request may come again when it has gone further
        messages.success(request, words[booking.status] % {"until": moment(booking.expires_at)})
