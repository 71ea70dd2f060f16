"""The page on which hosts plan the nights of a home."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.forms import NightsForm
from bookings.models import Booking
from bookings.nights import Act, change_nights
from bookings.planner import draw_planner
from bookings.views import form_status
from ihome_project.errors import DomainError, NotFound
from listings.errors import NightsInTheWay
from listings.models import House
from listings.services import own_house

DONE = {
    Act.BLOCK: _("Nobody can book these nights now."),
    Act.FREE: _("The nights that you had blocked are free again."),
    Act.PRICE: _("These nights have their new price now."),
    Act.USUAL_PRICE: _("These nights cost what they usually do again."),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def house_calendar(request: HttpRequest, house_id: int) -> HttpResponse:
    """Show a month of a home's nights to its host; a POST blocks, frees or prices those that are ticked."""
    house = own_house(request.user, house_id)
    form = NightsForm(request.POST if request.method == "POST" else None, house=house)
    if request.method == "POST" and form.is_valid():
        change = form.as_change()
        try:
            change_nights(host=request.user, house_id=house_id, **change)
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, DONE[change["act"]])
            return HttpResponseRedirect(request.get_full_path(), status=303)
    return calendar_page(request, house, form)


def calendar_page(request: HttpRequest, house: House, form: NightsForm) -> HttpResponse:
    """Show the month that the address asks for, and what is wrong with what was sent."""
    planner = draw_planner(house, asked=request.GET.get("month", ""), ticked=form.ticked)
    page = {"house": house, "form": form, "planner": planner, "in_the_way": in_the_way(form.refusal)}
    return render(request, "bookings/calendar.html", page, status=form_status(form))


def in_the_way(refusal: DomainError | None) -> Iterable[Booking]:
    """Return the bookings that hold nights which were to be blocked."""
    if not isinstance(refusal, NightsInTheWay):
        return ()
    return Booking.objects.filter(hold__in=refusal.facts["holds"]).select_related("guest").order_by("check_in")
