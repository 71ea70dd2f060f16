"""What every list of the admin can do: it is looked at by roles, acted on through services, and all of it is logged."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.exporting import Exporting
from accounts.forms.acts import ActForm
from accounts.models import StaffAct
from accounts.staff_log import name_of, write_act
from ihome_project.cache import forget_on_commit
from ihome_project.logs import redact_text
from ihome_project.templatetags.ihome import yuan

HISTORY_PAGE = 50
SECRET = re.compile(r"password|mobile|digest|sealed|session|(^|_)key")
QUEUE_MOST = 1000  # rows that are looked through for the one that comes next


class StaffAdmin(Exporting, admin.ModelAdmin):
    """A list of the admin, with what may be done to a row (`acts`), and with what waits for somebody to do it."""

    acts: tuple[type[ActForm], ...] = ()
    change_form_template = "admin/case.html"
    object_history_template = "admin/history.html"
    show_full_result_count = False

    @classmethod
    def offer(cls, *acts: type[ActForm]) -> None:
        """Add acts that only an app above knows how to do."""
        cls.acts = (*cls.acts, *acts)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse filters by which a secret could be guessed piece by piece."""
        return not SECRET.search(lookup) and super().lookup_allowed(lookup, value, request)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list as it is filtered. Raises IncorrectLookupParameters, also for what no database can hold."""
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError) as error:  # some values are looked at only once the rows are counted
            raise IncorrectLookupParameters from error

    # --- acts ---------------------------------------------------------------------------------------------------------

    def waiting(self) -> QuerySet[Model] | None:
        """The rows that wait for somebody, the first first; None where nothing ever waits."""
        return None

    def waiting_for(self, request: HttpRequest) -> QuerySet[Model] | None:
        """Those of the rows that wait which somebody may see, in the same order; None where nothing ever waits."""
        waiting = self.waiting()
        return None if waiting is None else waiting.filter(pk__in=self.get_queryset(request).order_by().values("pk"))

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each act, and the way to what waits."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("queue", wrap(self.queue_view), name=f"{name}_queue"),
            path("<int:row_id>/<slug:act>", wrap(self.act_view), name=f"{name}_act"),
            *super().get_urls(),
        ]

    def address(self, page: str, *args: object) -> str:
        """Return the address of one of this list's pages."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """Lead to what has waited longest. Raises PermissionDenied for who may not see the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        waiting = self.waiting_for(request)
        if waiting is None:
            raise Http404
        first = waiting.first()
        if first is None:
            self.message_user(request, _("Nothing is waiting here."))
            return HttpResponseRedirect(self.address("changelist"))
        return HttpResponseRedirect(self.address("change", first.pk))

    def act_view(self, request: HttpRequest, row_id: int, act: str) -> HttpResponse:
        """Ask before an act, then do it, and lead to what waits next. Raises PermissionDenied for who may not do it."""
        kind = next((each for each in self.acts if each.name == act), None)
        if kind is None:
            raise Http404
        if not (self.has_view_permission(request) and request.user.has_perm(kind.permission)):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=row_id)
        form = kind(request.POST or None, row=row, seen=request.GET.get("seen", ""))
        if request.method == "POST" and form.is_valid():
            following = self.after(request, row_id)
            if form.perform(request.user) and not form.result:
                self.message_user(request, form.done, messages.SUCCESS)
                return HttpResponseRedirect(following, status=303)
        page = {"form": form, "row": form.row, "opts": self.opts, "title": form.title, "media": self.media}
        page["back"] = self.address("change", row_id)
        context = self.admin_site.each_context(request) | page
        return TemplateResponse(request, "admin/act.html", context)

    def after(self, request: HttpRequest, row_id: int) -> str:
        """Return where to go once something is done to a row: to what waits next, or back to the row."""
        place = self.place_of(request, row_id)
        if place is None:
            return self.address("change", row_id)
        return self.address("change", place["next"]) if place["next"] else self.address("changelist")

    def place_of(self, request: HttpRequest, row_id: int) -> dict[str, Any] | None:
        """Return the place of a row among what waits, and the one after it; None for one that does not wait."""
        waiting = self.waiting_for(request)
        rows = [] if waiting is None else list(waiting.values_list("pk", flat=True)[:QUEUE_MOST])
        if row_id not in rows:
            return None
        at = rows.index(row_id)
        following = rows[(at + 1) % len(rows)]
        return {"number": at + 1, "count": len(rows), "next": following if following != row_id else None}

    def offered(self, request: HttpRequest, row: Model) -> list[dict[str, Any]]:
        """Return which acts somebody may do to a row as it is, each with its page, which knows what is shown here."""
        kinds = [kind for kind in self.acts if request.user.has_perm(kind.permission) and kind.is_possible(row)]
        return [{"title": kind.title, "url": self.act_address(kind, row), "kind": kind} for kind in kinds]

    def act_address(self, kind: type[ActForm], row: Model) -> str:
        """Return the address of an act's page for a row as somebody sees it."""
        address, seen = self.address("act", row.pk, kind.name), kind.version_of(row)
        return f"{address}?{urlencode({'seen': seen})}" if seen else address

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Show a row, with what may be done to it and the way to what waits next."""
        row = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if row is not None and self.has_view_permission(request, row):
            more = {"offered": self.offered(request, row), "place": self.place_of(request, row.pk)}
            if more["place"] and more["place"]["next"]:
                more["place"]["url"] = self.address("change", more["place"]["next"])
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Show the list. What is searched for comes by POST, so that no whole number is ever in an address."""
        if request.method == "POST" and "search" in request.POST:
            asked = request.GET.dict() | {"q": redact_text(request.POST["search"].strip())}
            asked.pop("p", None)
            return HttpResponseRedirect(f"{self.address('changelist')}?{urlencode(asked)}", status=303)
        waiting = self.waiting_for(request)
        more = {} if waiting is None else {"queue": self.address("queue"), "waiting": waiting.count()}
        return super().changelist_view(request, more | (extra_context or {}))

    # --- the staff log, instead of Django's own -----------------------------------------------------------------------

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Show whoever may see a row all that staff, whoever it was, have done to it, so that colleagues know its case.

        What somebody has exported is no case: it is shown to them, and to who may audit. A line leads to its page for
        those two only. Raises PermissionDenied for who may not see the row, Http404.
        """
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        lines = StaffAct.objects.filter(thing=name_of(row)).select_related("actor")
        audits = request.user.has_perm("accounts.audit_staff")
        if not audits:
            lines = lines.filter(Q(actor=request.user.pk) | ~Q(act=StaffAct.Act.EXPORT))
        page = Paginator(lines, HISTORY_PAGE).get_page(request.GET.get("p"))
        context = {"title": _("What staff have done"), "page": page, "object": row, "opts": self.opts}
        opens = request.user.has_perm("accounts.view_staffact")
        context["opened"] = {line.pk for line in page if opens and (audits or line.actor_id == request.user.pk)}
        context["module_name"] = str(capfirst(self.opts.verbose_name_plural))
        context |= self.admin_site.each_context(request) | (extra_context or {})
        return TemplateResponse(request, self.object_history_template, context)

    def construct_change_message(
        self,
        request: HttpRequest,
        form: ModelForm,
        formsets: object,
        add: bool = False,  # noqa: FBT001, FBT002 — Django's
    ) -> dict[str, dict[str, Any]]:
        """Return what a form changes, before and after."""
        names = form.changed_data
        before = {} if add else {name: plain(form.initial.get(name)) for name in names}
        return {"before": before, "after": {name: plain(form.cleaned_data.get(name)) for name in names}}

    def log_addition(self, request: HttpRequest, obj: Model, message: dict) -> None:
        """Write into the staff log that a row was added."""
        write_act(staff=request.user, act=StaffAct.Act.ADD_ROW, thing=obj, after=message["after"])

    def log_change(self, request: HttpRequest, obj: Model, message: dict) -> None:
        """Write into the staff log what was changed."""
        write_act(staff=request.user, act=StaffAct.Act.CHANGE_ROW, thing=obj, **message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> None:
        """Write into the staff log that rows are deleted."""
        for row in queryset:
            write_act(staff=request.user, act=StaffAct.Act.DELETE_ROW, thing=row)


class ReadOnly:
    """Shows rows, and lets nobody add, change or delete one by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


class Remembered:
    """Has kept answers forget what staff change."""

    names_of: Callable[[Model], tuple[str, ...]]  # the names under which answers show a row

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:  # noqa: FBT001 — Django's signature
        """Save a row."""
        super().save_model(request, obj, form, change)
        forget_on_commit(*self.names_of(obj))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete a row."""
        names = self.names_of(obj)
        super().delete_model(request, obj)
        forget_on_commit(*names)


def plain(value: object) -> Any:
    """Return a value as the log can hold it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def in_yuan(field: str, description: str = _("in yuan")) -> Callable[[Model], str]:
    """Return a column, or a read-only field, that shows an amount of fen in yuan."""

    @admin.display(description=description, ordering=field)
    def amount(row: Model) -> str:
        fen = getattr(row, field)
        return "–" if fen is None else yuan(fen)

    return amount
