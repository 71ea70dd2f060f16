"""Lists of the admin as CSV: what a list shows of every row that it finds, for a spreadsheet."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from html import unescape
from io import StringIO
from itertools import dropwhile
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import StaffAct
from accounts.staff_log import write_act
from ihome_project.logs import HIDDEN, redact_text
from ihome_project.templatetags.ihome import yuan

ROWS_AT_ONCE = 1000
QUERY_MOST = 500  # characters that the staff log keeps of a list's filters
MARK = "\ufeff"  # by which Excel knows UTF-8
PAGING = ("p", "all", "e")
AMOUNT = re.compile(r"(-?)¥([\d,]+)(\.\d\d)?")
NOTHING = {"–", "-", ""}
FORMULA = {"=", "+", "-", "@"}  # how one begins; a spreadsheet takes the full-width ones as well
BREAKS = set("\t\r\n")


class Exporting:
    """Adds to a list of the admin a button that exports all that the list finds, with its columns and in its order.

    `exported_also` are columns for which a page has no room.
    """

    exported_also: tuple[str, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the export."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Show the list, with the button."""
        asked = _without_paging(request)
        address = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_export")
        export = f"{address}?{asked.urlencode()}" if asked else address
        return super().changelist_view(request, {"export": export, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponse:
        """Answer with the rows that the list's own query finds, once the staff log says so; only to a POST.

        Raises PermissionDenied for who may not see the list.
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        request.GET = _without_paging(request)
        try:
            found = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            address = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
            return HttpResponseRedirect(f"{address}?e=1", status=303)
        _write_down(request, found)
        return StreamingHttpResponse(
            _pages(found, get_language()),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{_file_name(self.opts)}"',
                "Cache-Control": "no-store",
            },
        )


def rows_by_pages(rows: QuerySet, ordering: Iterable[Any]) -> Iterator[list[Model]]:
    """Give all rows in an order, ROWS_AT_ONCE by a query, of which none skips rows.

    The order is that of own columns that are never empty; any other is left for the order of the key: a page must be
    found again by its last row.
    """
    keys = _keys(rows.model, ordering)
    rows, after = rows.order_by(*(F(name).desc() if down else F(name).asc() for name, down in keys)), Q()
    while page := list(rows.filter(after)[:ROWS_AT_ONCE]):
        yield page
        if len(page) < ROWS_AT_ONCE:
            return
        after = _after(page[-1], keys)


def cell(value: Any) -> str:
    """Return a value as a spreadsheet takes it: amounts and days as such, and nothing that it would run as a formula.

    No whole number of a person gets out, whatever a column shows.
    """
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return redact_text(str(value))
    return _words(value)


def _words(value: Any) -> str:
    """Return what is said, without the tags of a link; an amount as a number, and nothing where there is nothing."""
    text = unescape(strip_tags(value)) if isinstance(value, SafeString) else str(value)
    if value is None or text in NOTHING:
        return ""
    if amount := AMOUNT.fullmatch(text):
        sign, whole, cents = amount.groups()
        return f"{sign}{whole.replace(',', '')}{cents or '.00'}"
    return _as_text(redact_text(text))


def _as_text(text: str) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would take it for a formula."""
    visible = "".join(dropwhile(_is_blank, text))
    blanks = text.removesuffix(visible)
    begins = unicodedata.normalize("NFKC", visible[:1])
    return f"'{text}" if begins in FORMULA or BREAKS & set(blanks) else text


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf", "Zs"}


def _without_paging(request: HttpRequest) -> QueryDict:
    asked = request.GET.copy()
    for name in PAGING:
        asked.pop(name, None)
    return asked


def _file_name(opts: Any) -> str:
    return f"ihome-{opts.app_label}-{opts.model_name}-{timezone.localdate()}.csv"


def _write_down(request: HttpRequest, found: ChangeList) -> None:
    """Have the staff log say which list was exported and how it was filtered, without the words of a search."""
    asked = request.GET.copy()
    if "q" in asked:
        asked["q"] = HIDDEN
    after = {
        "list": found.opts.label_lower,
        "query": redact_text(asked.urlencode(safe="*"))[:QUERY_MOST],
        "rows": found.result_count,
    }
    with transaction.atomic():
        write_act(staff=request.user, act=StaffAct.Act.EXPORT, thing=request.user, after=after)


def _pages(found: ChangeList, language: str | None) -> Iterator[str]:
    """Give the file: the names of the columns, then the rows page by page.

    In the language of whoever asked: by the time it is sent, the thread may speak another.
    """
    admin = found.model_admin
    columns = [name for name in (*found.list_display, *admin.exported_also) if name != "action_checkbox"]
    with override(language):
        heading = _lines([[cell(capfirst(label_for_field(name, found.model, admin))) for name in columns]])
    yield MARK + heading
    for page in rows_by_pages(found.queryset, found.queryset.query.order_by):
        with override(language):
            lines = _lines([cell(_shown(row, name, admin)) for name in columns] for row in page)
        yield lines


def _lines(rows: Iterable[list[str]]) -> str:
    """Return rows as lines of CSV."""
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _shown(row: Model, name: Any, admin: Any) -> Any:
    """Return what a column says of a row: a choice in words, and whatever a function of the list returns."""
    try:
        field, _attribute, value = lookup_field(name, row, admin)
    except ObjectDoesNotExist:
        return None
    if field is None:
        return value
    if field.is_relation:
        return getattr(row, field.name)
    if field.name.endswith("_fen") and value is not None:
        return yuan(value)
    return str(dict(field.flatchoices).get(value, value)) if field.flatchoices else value


def _keys(model: type[Model], ordering: Iterable[Any]) -> list[tuple[str, bool]]:
    """Return the names that order rows, each with whether it goes down, the key the last of them."""
    keys: dict[str, bool] = {}
    for order in ordering:
        name, down = _named(order)
        name = model._meta.pk.name if name == "pk" else name
        if not _always_there(model, name):
            break
        keys.setdefault(name, down)
        if model._meta.get_field(name).unique:
            return list(keys.items())
    down = next(iter(keys.values()), True)
    return [*keys.items(), (model._meta.pk.name, down)]


def _named(order: Any) -> tuple[str, bool]:
    """Return by what is ordered and whether downwards; no name for an expression that is more than a column."""
    if isinstance(order, str):
        return order.lstrip("-"), order.startswith("-")
    expression = getattr(order, "expression", order)
    return getattr(expression, "name", ""), getattr(order, "descending", False)


def _always_there(model: type[Model], name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return field.concrete and not (field.is_relation or field.null)


def _after(last: Model, keys: list[tuple[str, bool]]) -> Q:
    """Tell which rows come after one. What the first key alone says is there for the database to use its index."""
    (first, down), *_others = keys
    after, equal = Q(), {}
    for name, is_down in keys:
        value = getattr(last, name)
        after |= Q(**equal, **{f"{name}__{'lt' if is_down else 'gt'}": value})
        equal[name] = value
    return Q(**{f"{first}__{'lte' if down else 'gte'}": getattr(last, first)}) & after
