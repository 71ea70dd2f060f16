"""What hosts do with their homes from the list of them, which bookings show."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import NotVerified
from ihome_project.errors import NotPossible
from listings.models import House
from listings.services import delete_draft, duplicate_house, publish_house, take_offline


@login_required
@require_POST
def publish(request: HttpRequest, house_id: int) -> HttpResponse:
    """Publish a home, or say what it needs first."""
    try:
        home = publish_house(host=request.user, house_id=house_id)
    except (NotVerified, NotPossible) as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("house-review", args=[house_id]), status=303)
    else:
        is_waiting = home.status == House.Status.PENDING
        words = (
            _("Our staff look at “%(home)s” first.") if is_waiting else _("Guests can find and book “%(home)s” now.")
        )
        messages.success(request, words % {"home": home})
    return see_homes()


@login_required
@require_POST
def offline(request: HttpRequest, house_id: int) -> HttpResponse:
    """Take a home offline, or back from its review."""
    try:
        home = take_offline(host=request.user, house_id=house_id)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        is_draft = home.status == House.Status.DRAFT
        words = (
            _("“%(home)s” is a draft again.") if is_draft else _("“%(home)s” is offline. Stays that are booked remain.")
        )
        messages.success(request, words % {"home": home})
    return see_homes()


@login_required
@require_POST
def duplicate(request: HttpRequest, house_id: int) -> HttpResponse:
    """Begin a draft that is like a home."""
    try:
        copy = duplicate_house(host=request.user, house_id=house_id)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The copy of “%(home)s” is a draft. Change what is different.") % {"home": copy})
    return see_homes()


@login_required
@require_POST
def delete(request: HttpRequest, house_id: int) -> HttpResponse:
    """Delete a draft."""
    try:
        delete_draft(host=request.user, house_id=house_id)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The draft is deleted."))
    return see_homes()


def see_homes() -> HttpResponse:
    """Lead on to the list after a POST."""
    return HttpResponseRedirect(reverse("my-homes"), status=303)
