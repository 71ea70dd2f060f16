"""Pages of a list: which one the address asks for, and what the links to the others need."""

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ihome_project.errors import NotFound

PAGE_SIZE = 20


class NoSuchPage(NotFound):
    """The list has no page of this number."""

    code = "no_such_page"
    message = _("The list has no such page.")


def page_of(request: HttpRequest, found: QuerySet) -> Page:
    """Return the page of a list that the address asks for. Raises NoSuchPage."""
    try:
        return Paginator(found, PAGE_SIZE).page(request.GET.get("p", 1))
    except InvalidPage as error:
        raise NoSuchPage from error


def pager(page: Page) -> dict:
    """Return what the links to the other pages need; None among the numbers is a gap."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "number": page.number,
        "numbers": [number if isinstance(number, int) else None for number in numbers],
        "before": page.number - 1 if page.has_previous() else None,
        "after": page.number + 1 if page.has_next() else None,
    }
