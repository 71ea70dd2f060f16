"""Where hosts accept and decline requests."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.answer_forms import RejectForm
from bookings.answering import accept_request, reject_request
from bookings.errors import BookingNotFound, ChangeNotPossible, NotTheHost, RequestRanOut
from bookings.models import Booking
from ihome_project.returning import way_back
from ihome_project.templatetags.ihome import moment


@login_required
@require_POST
def accept(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Accept a request, and lead back to where it was accepted."""
    act = partial(accept_request, host=request.user, booking_id=booking_id)
    return answer(request, act, _("Accepted. %(guest)s has until %(until)s to pay."))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reject(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask why a request is declined; a POST declines it, and leads back to where it was declined."""
    booking = booking_to_answer(request, booking_id)
    form = RejectForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        act = partial(reject_request, host=request.user, booking_id=booking_id, reason=reason)
        return answer(request, act, _("Declined. The nights are free again, and %(guest)s reads your reason."))
    page = {"booking": booking, "form": form, "back": back(request), "now": timezone.now()}
    return render(request, "bookings/reject.html", page, status=400 if form.errors else 200)


def answer(request: HttpRequest, act: Callable[[], Booking], done: str) -> HttpResponse:
    """Answer a request, and say on the page it came from that it is done, or why it cannot be any more."""
    try:
        booking = act()
    except RequestRanOut:
        messages.error(request, _("This request has run out: the nights are free again, and nobody was charged."))
    except ChangeNotPossible:
        messages.error(request, _("This request has been answered or cancelled already."))
    else:
        until = moment(booking.expires_at) if booking.expires_at else ""
        messages.success(request, done % {"guest": booking.guest.name, "until": until})
    return HttpResponseRedirect(back(request), status=303)


def booking_to_answer(request: HttpRequest, booking_id: int) -> Booking:
    """Return a booking of one of the visitor's homes. Raises BookingNotFound, or NotTheHost (to the guest)."""
    booking = Booking.objects.visible_to(request.user).with_card().filter(pk=booking_id).first()
    if booking is None:
        raise BookingNotFound
    if booking.house.host_id != request.user.pk:
        raise NotTheHost
    return booking


def back(request: HttpRequest) -> str:
    """Return where the form was, or the host's page where that is not a page of this site."""
    return way_back(request, reverse("my-homes"))
