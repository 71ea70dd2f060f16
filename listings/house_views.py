"""The pages on which a host says what a home is, step by step, and publishes it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ihome_project.errors import DomainError
from listings.house_forms import STEP_FORMS, NewHouseForm
from listings.house_pages import Steps, review_of
from listings.models import House
from listings.services import begin_house, save_house


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_house(request: HttpRequest) -> HttpResponse:
    """Ask for the first fields of a home; a POST begins it as a draft, once for each key."""
    form = NewHouseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            house = begin_house(host=request.user, **form.as_fields())
        except DomainError as error:
            form.refuse(error)
        else:
            return saved(request, house, "basics")
    return render(request, "listings/house_edit.html", {"form": form, "steps": Steps("basics")})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_house(request: HttpRequest, house_id: int, step: str) -> HttpResponse:
    """Show a step of a home; a POST saves it, however little it says."""
    house = get_object_or_404(House.objects.hosted_by(request.user), pk=house_id)
    if step not in STEP_FORMS:
        raise Http404
    form = STEP_FORMS[step](request.POST if request.method == "POST" else None, house=house)
    if form.is_valid():
        try:
            house = save_house(host=request.user, house_id=house_id, **form.as_fields())
        except DomainError as error:
            form.refuse(error)
        else:
            return saved(request, house, step)
    page = {"form": form, "house": house, "steps": Steps(step, house)}
    return render(request, "listings/house_edit.html", page)


def saved(request: HttpRequest, house: House, step: str) -> HttpResponse:
    """Lead on from a step that is kept: to the next one, to the review of a home that is no draft, or out."""
    if "close" in request.POST:
        messages.success(request, _("“%(home)s” is saved.") % {"home": house})
        return HttpResponseRedirect(reverse("my-homes"), status=303)
    if house.status != House.Status.DRAFT:
        messages.success(request, _("Saved. This is how it is from now on."))
        return HttpResponseRedirect(reverse("house-review", args=[house.pk]), status=303)
    return HttpResponseRedirect(Steps(step, house).next_address, status=303)


@login_required
@never_cache
@require_safe
def review_house(request: HttpRequest, house_id: int) -> HttpResponse:
    """Show a home in short, and what it lacks before it can be published."""
    homes = House.objects.hosted_by(request.user).with_card().prefetch_related("images", "facilities")
    house = get_object_or_404(homes, pk=house_id)
    return render(request, "listings/house_review.html", review_of(house))
