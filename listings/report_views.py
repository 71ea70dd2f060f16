"""Pages of reporting a home, a review or a person, and of what one has reported."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ihome_project.api import words_of
from ihome_project.errors import DomainError, NotAllowed, NotFound
from ihome_project.paging import page_of, pager
from ihome_project.returning import way_back
from listings.models import Report
from listings.report_forms import ReportForm
from listings.reporting import begin_report, make_report


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, **target: int) -> HttpResponse:
    """Ask what is not right with the one thing of the address; a POST reports it, and leads back to where it was."""
    begun = begin_report(request.user, **target)
    back, form = way_back(request, home_of(begun)), ReportForm(*sent(request), kind=begun.kind)
    if form.is_valid():
        try:
            make_report(reporter=request.user, **target, **form.cleaned_data)
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Thank you. We look at it, and tell you what came of it."))
            return HttpResponseRedirect(back, status=303)
    page = {"report": begun, "form": form, "back": back, "is_known": Report.objects.like(begun).waiting().exists()}
    return render(request, "listings/report.html", page, status=status_of(form))


def sent(request: HttpRequest) -> tuple:
    """Return what a form is bound to, if to anything."""
    return (request.POST,) if request.method == "POST" else ()


def home_of(report: Report) -> str:
    """Return the page on which the thing is seen, unless somebody comes from another one."""
    if not report.home:
        return reverse("home")
    return reverse("house", args=[report.home.pk], fragment="reviews" if report.review else None)


def status_of(form: ReportForm) -> int:
    """Return the status that goes with what is wrong with a form, if anything is."""
    if form.refusal:
        return words_of(form.refusal)[1]
    return 400 if form.errors else 200


@login_required
@never_cache
@require_safe
def my_reports(request: HttpRequest) -> HttpResponse:
    """List what the visitor has reported and what came of it, the newest first."""
    page = page_of(request, Report.objects.made_by(request.user).with_target())
    return render(request, "listings/my_reports.html", {"page": page, "pager": pager(page)})
