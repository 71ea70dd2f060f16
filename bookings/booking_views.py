"""Pages of bookings that have been made: the list of one's own, and each with all that its two people do about it."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ReasonMissing
from bookings.booking_page import BookingPage, find_booking
from bookings.cancelling import cancel_booking
from bookings.errors import RefundChanged
from bookings.forms import CancelForm, ReplyForm, ReviewForm
from bookings.ics import calendar_of
from bookings.models import Booking, BookingQuerySet
from bookings.paying import ask_soon, payment_address
from bookings.reviewing import reply_to_review, review_stay
from ihome_project.errors import NotPossible, ThirdPartyFailed
from ihome_project.paging import page_of, pager
from ihome_project.templatetags.ihome import yuan


@login_required
@never_cache
@require_safe
def bookings(request: HttpRequest) -> HttpResponse:
    """List what the visitor has booked, by where it stands."""
    mine = Booking.objects.made_by(request.user).by_stage().with_card()
    return render(request, "bookings/bookings.html", by_stage(request, mine))


def by_stage(request: HttpRequest, found: BookingQuerySet) -> dict:
    """Return a page of a list, in groups. Raises NoSuchPage."""
    page = page_of(request, found)
    stages = [
        (Booking.Stage(stage).label, list(group)) for stage, group in groupby(page, key=lambda booking: booking.stage)
    ]
    return {"page": page, "pager": pager(page), "stages": stages}


@login_required
@never_cache
@require_safe
def booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show a booking to its guest or its host.

    A guest who comes back from paying may be here before the provider's word: it is asked for then.
    """
    found = find_booking(request.user, booking_id)
    has_paid = "trade_no" in request.GET and found.status == Booking.Status.WAIT_PAYMENT
    if has_paid:
        ask_soon(found)
    return show(request, found, has_paid=has_paid)


def show(request: HttpRequest, booking: Booking, *, status: int = 200, **sent: object) -> HttpResponse:
    """Show a booking, with the form that has been sent where there is something wrong with it."""
    page = BookingPage(booking, request.user, timezone.now())
    shown = {
        "booking": booking,
        "page": page,
        "cancel_form": CancelForm(is_guest=page.is_guest),
        "review_form": ReviewForm(),
        "reply_form": ReplyForm(),
        "can_cancel": page.cancellation is not None and "cancel_form" not in sent,
    }
    return render(request, "bookings/booking.html", shown | sent, status=status)


def see_booking(booking_id: int, part: str | None = None) -> HttpResponse:
    """Lead on to a booking's page, or to a part of it."""
    return HttpResponseRedirect(reverse("booking", args=[booking_id], fragment=part), status=303)


@login_required
@never_cache
@require_safe
def pay(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Send the guest to where the money is taken.

    It is a link and no form: the Content-Security-Policy would not let a form lead to another site.
    """
    is_phone = "Mobi" in request.headers.get("User-Agent", "")
    try:
        address = payment_address(guest=request.user, booking_id=booking_id, is_phone=is_phone)
    except (NotPossible, ThirdPartyFailed) as error:
        messages.error(request, str(error))
        return see_booking(booking_id)
    return HttpResponseRedirect(address)


@login_required
@never_cache
@require_POST
def cancel(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Cancel a booking for what the page has said comes back."""
    booking = find_booking(request.user, booking_id)
    is_guest = booking.guest_id == request.user.pk
    form = CancelForm(request.POST, is_guest=is_guest)
    if form.is_valid():
        try:
            cancel_booking(actor=request.user, booking_id=booking_id, **form.as_change())
        except (ReasonMissing, RefundChanged) as error:
            form.refuse(error)
        except NotPossible as error:
            messages.error(request, str(error))
            return see_booking(booking_id)
        else:
            messages.success(request, said_of_cancelling(booking, form.cleaned_data["agreed_fen"], is_guest=is_guest))
            return see_booking(booking_id)
    status = 409 if isinstance(form.refusal, RefundChanged) else 400
    return show(request, find_booking(request.user, booking_id), status=status, cancel_form=form)


def said_of_cancelling(booking: Booking, refund_fen: int, *, is_guest: bool) -> str:
    """Say what has just been done, and what comes back."""
    if not is_guest and refund_fen:
        return _("Cancelled. %(amount)s goes back to the guest.") % {"amount": yuan(refund_fen)}
    if booking.captured_fen == 0:
        return _("Cancelled. The nights are free again, and nothing is charged.")
    if refund_fen:
        return _("Cancelled. %(amount)s is on its way back to you.") % {"amount": yuan(refund_fen)}
    return _("Cancelled. Nothing comes back, as agreed.")


@login_required
@never_cache
@require_POST
def review(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Take what the guest says of a stay."""
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return show(request, find_booking(request.user, booking_id), status=400, review_form=form)
    try:
        review_stay(guest=request.user, booking_id=booking_id, **form.cleaned_data)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Thank you. Other guests can read it now."))
    return see_booking(booking_id, "review")


@login_required
@never_cache
@require_POST
def reply(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Take what the host replies to it."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return show(request, find_booking(request.user, booking_id), status=400, reply_form=form)
    try:
        reply_to_review(host=request.user, booking_id=booking_id, **form.cleaned_data)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your reply stands below the review."))
    return see_booking(booking_id, "review")


@login_required
@never_cache
@require_safe
def booking_calendar(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Send the stay as a file that calendars open."""
    content = calendar_of(find_booking(request.user, booking_id))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="stay-{booking_id}.ics"'
    return response
