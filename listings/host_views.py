"""The pages on which hosts run their homes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import NotVerified
from ihome_project.errors import NotPossible
from listings.models import House
from listings.services import publish_house, take_offline


@login_required
@never_cache
@require_safe
def my_homes(request: HttpRequest) -> HttpResponse:
    """List a host's homes, newest first, and what each can do next."""
    homes = House.objects.hosted_by(request.user).newest().with_card()
    return render(request, "listings/my_homes.html", {"homes": homes, "is_verified": request.user.is_verified})


@login_required
@require_POST
def publish(request: HttpRequest, house_id: int) -> HttpResponse:
    """Publish a home, or say what it needs first."""
    try:
        home = publish_house(host=request.user, house_id=house_id)
    except (NotVerified, NotPossible) as refusal:
        messages.error(request, str(refusal))
    else:
        is_waiting = home.status == House.Status.PENDING
        words = (
            _("Our staff look at “%(home)s” first.") if is_waiting else _("Guests can find and book “%(home)s” now.")
        )
        messages.success(request, words % {"home": home.title})
    return HttpResponseRedirect(reverse("my-homes"), status=303)


@login_required
@require_POST
def offline(request: HttpRequest, house_id: int) -> HttpResponse:
    """Take a home offline."""
    try:
        home = take_offline(host=request.user, house_id=house_id)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(home)s” is offline. Stays that are booked remain.") % {"home": home.title})
    return HttpResponseRedirect(reverse("my-homes"), status=303)
