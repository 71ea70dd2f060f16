"""Template words of ihome: icons, money, days, and addresses that keep the rest of the query."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from lucide.templatetags.lucide import lucide

register = template.Library()
FEN = 100
# As JSON writes the characters with which a text could end the script it stands in.
INSIDE_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


@register.simple_tag
def icon(name: str, size: str = "") -> str:
    """Draw a Lucide icon that says nothing to a screen reader; `size` is "s", "l" or nothing."""
    return lucide(name, size=None, **{"class": f"icon icon--{size}" if size else "icon", "aria-hidden": "true"})


@register.filter
def absolute(address: str) -> str:
    """Return an address of the site as other sites need it: with SITE_URL before it, unless it names a host itself."""
    return urljoin(settings.SITE_URL, address)


@register.simple_tag
def linked_data(data: Mapping) -> SafeString:
    """Tell search engines in schema.org's words what a page shows (JSON-LD).

    It is data: no browser runs it, so the Content-Security-Policy has nothing against it. Nothing in it ends it early.
    """
    text = json.dumps(data, ensure_ascii=False).translate(INSIDE_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 — escaped above


@register.filter
def yuan(fen: int) -> str:
    """Write an amount of fen: ¥1,445, or ¥19.99 where there are cents, or -¥20."""
    whole, cents = divmod(abs(fen), FEN)
    text = f"¥{whole:,}.{cents:02d}" if cents else f"¥{whole:,}"
    return f"-{text}" if fen < 0 else text


@register.filter
def day(value: date) -> str:
    """Write a day: 11月22日 周日, or Sun 22 Nov; of another year than this one with the year."""
    other = value.year != timezone.localdate().year
    if _is_chinese():
        return date_format(value, "Y年n月j日 D" if other else "n月j日 D").replace("星期", "周")
    return date_format(value, "D j M Y" if other else "D j M")


@register.filter(expects_localtime=True)
def short_day(value: date) -> str:
    """Write a day without its weekday: 11月22日, or 22 Nov; of another year than this one with the year."""
    if value.year == timezone.localdate().year:
        return _bare_day(value)
    return f"{value.year}年{_bare_day(value)}" if _is_chinese() else f"{_bare_day(value)} {value.year}"


@register.filter
def moment(value: datetime) -> str:
    """Write an instant in the site's time zone: 11月22日 18:42, or 22 Nov 18:42."""
    local = timezone.localtime(value)
    return f"{short_day(local)} {local:%H:%M}"


def _bare_day(value: date) -> str:
    return date_format(value, "n月j日" if _is_chinese() else "j M")


@register.filter
def month(value: date) -> str:
    """Write a month: 2026年11月, or November 2026."""
    return date_format(value, "Y年n月" if _is_chinese() else "F Y")


@register.simple_tag
def stay_dates(check_in: date, check_out: date) -> str:
    """Write a stay: 11月22日 – 25日 · 3晚, or 22 – 25 Nov · 3 nights; a year only where it is another."""
    nights = (check_out - check_in).days
    return f"{stay_days(check_in, check_out)} · {ngettext('%(n)s night', '%(n)s nights', nights) % {'n': nights}}"


@register.simple_tag
def stay_days(check_in: date, check_out: date) -> str:
    """Write a stay without its nights: 11月22日 – 25日, or 22 – 25 Nov; a year only where it is another."""
    return " – ".join(first_and_last(check_in, check_out))


def first_and_last(first: date, last: date) -> tuple[str, str]:
    """Write two days that stand together; a month and a year that they share are written once."""
    return _days_zh(first, last) if _is_chinese() else _days_en(first, last)


def _days_zh(first: date, last: date) -> tuple[str, str]:
    """Write two days; each begins with the year where it is not the one before."""
    if (first.year, first.month) == (last.year, last.month):
        return short_day(first), f"{last.day}日"
    return short_day(first), f"{f'{last.year}年' if last.year != first.year else ''}{_bare_day(last)}"


def _days_en(first: date, last: date) -> tuple[str, str]:
    """Write two days; the year stands behind."""
    if (first.year, first.month) == (last.year, last.month):
        return str(first.day), short_day(last)
    return _bare_day(first) if first.year == last.year else short_day(first), short_day(last)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """Return the page's query string with some parameters set; an empty value drops one, and `p` always begins anew."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("p", None)
    for name, value in changes.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"
