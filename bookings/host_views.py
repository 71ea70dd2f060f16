"""The page on which hosts see their homes, and what needs them now."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.hosting import draw_host_page


@login_required
@never_cache
@require_safe
def my_homes(request: HttpRequest) -> HttpResponse:
    """Show what needs a host now, and their homes, newest first."""
    page = draw_host_page(request.user)
    return render(request, "bookings/my_homes.html", {"page": page, "now": timezone.now()})
