"""Pages on which hosts see their homes and what needs them now, who stays with them, and what they earn."""

from datetime import date
from itertools import groupby

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.booking_views import by_stage
from bookings.earnings import lines_of, months_earned, sum_up
from bookings.hosting import draw_host_page
from bookings.models import Booking, HostDue
from ihome_project.paging import page_of, pager

YEAR = 12  # months


@login_required
@never_cache
@require_safe
def my_homes(request: HttpRequest) -> HttpResponse:
    """Show what needs a host now, who comes when, what was earned, and their homes, newest first."""
    page = draw_host_page(request.user)
    return render(request, "bookings/my_homes.html", {"page": page, "now": timezone.now()})


@login_required
@never_cache
@require_safe
def guests_bookings(request: HttpRequest) -> HttpResponse:
    """List what others have booked in the visitor's homes, by where it stands."""
    hosted = Booking.objects.hosted_by(request.user).by_stage_of_host().with_card().prefetch_related("events")
    return render(request, "bookings/guests_bookings.html", by_stage(request, hosted) | {"now": timezone.now()})


@login_required
@never_cache
@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    """Show a host what they are owed, line by line and by month, and what was paid."""
    lines = page_of(request, lines_of(request.user))
    page = {
        "lines": lines,
        "by_month": [(month, list(group)) for month, group in groupby(lines, key=month_of)],
        "pager": pager(lines),
        "months": months_earned(request.user, many=YEAR),
        "totals": sum_up(request.user),
        "commission_percent": settings.COMMISSION_PERCENT,
    }
    return render(request, "bookings/earnings.html", page)


def month_of(line: HostDue) -> date:
    """Return the first day of the month in which a line was written, in the site's time zone."""
    return timezone.localdate(line.created_at).replace(day=1)
