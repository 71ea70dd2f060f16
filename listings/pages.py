"""What the search says beside the homes it finds: the form's choices, the search in words, its filters one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from ihome_project.templatetags.ihome import short_day, stay_dates, yuan
from listings.calendar import HORIZON_DAYS, Stay, check_stay
from listings.errors import StayInThePast, StayRefused, StayTooFarAhead
from listings.filters import HouseFilterSet
from listings.models import Area, Facility, House
from listings.months import Calendar, draw_calendar, nights_ahead
from listings.pricing import Quote, price_stays
from listings.search import SearchPage

GUESTS_OFFERED = range(1, 11)
AS_IF_NOT_ASKED = {("p", "1"), ("sk", "new")}
ORDERS = {
    "new": gettext_lazy("Newest"),
    "booking": gettext_lazy("Most booked"),
    "price-inc": gettext_lazy("Low price"),
    "price-des": gettext_lazy("High price"),
}


@dataclass(frozen=True)
class Chosen:
    """A filter that is on: what it says, and the query that takes it away."""

    words: str
    query_without: str


@dataclass(frozen=True)
class Asked:
    """A search as its form and headings say it again. Reads no more than the form has read to check it."""

    found: HouseFilterSet

    @property
    def value(self) -> dict:
        """What is asked, by parameter; what could not be read is missing."""
        self.found.is_valid()
        return self.found.form.cleaned_data

    @property
    def areas_by_city(self) -> list[tuple[str, list[Area]]]:
        """Every area under its city, in the order staff gave them."""
        areas = self.found.form.fields["aid"].listed.values()
        cities: dict[str, list[Area]] = {}
        for area in areas:
            cities.setdefault(area.city_name, []).append(area)
        return list(cities.items())

    @property
    def facilities_by_group(self) -> list[tuple[str, list[Facility]]]:
        """Every facility under its heading."""
        return facilities_by_group(self.found.form.fields["facility"].listed.values())

    @property
    def guests_offered(self) -> list[tuple[int, str]]:
        """The numbers of guests to choose from, and whichever was asked for."""
        offered = {*GUESTS_OFFERED, self.value.get("guests") or 1}
        return [(n, guests_words(n)) for n in sorted(offered)]

    @property
    def calendar(self) -> Calendar:
        """The months of the date picker."""
        return draw_calendar(
            nights_ahead(),
            asked=self.found.data.get("month", ""),
            check_in=self.value.get("sd"),
            check_out=self.value.get("ed"),
        )

    @property
    def stay(self) -> Stay | None:
        """The stay that is asked for, when it is one and no longer than any home could give."""
        check_in, check_out = self.value.get("sd"), self.value.get("ed")
        if not (check_in and check_out and check_in < check_out):
            return None
        stay = Stay(check_in, check_out)
        return stay if len(stay) <= HORIZON_DAYS else None

    @property
    def refusal(self) -> StayRefused | None:
        """Why nobody can book the dates that are asked for, in whichever home."""
        ahead, days = nights_ahead(), [day for day in (self.value.get("sd"), self.value.get("ed")) if day]
        if any(day < ahead.first for day in days):
            return StayInThePast()
        return StayTooFarAhead(days=HORIZON_DAYS) if any(day > ahead.last for day in days) else None

    @property
    def stay_query(self) -> str:
        """The query that carries dates and guests to a home's page."""
        carried = {name: self.found.data[name] for name in ("sd", "ed", "guests") if self.value.get(name)}
        return f"?{urlencode(carried)}" if carried else ""

    @property
    def address(self) -> str:
        """Where search engines find this search again: all homes, or those of an area; nothing for any other search.

        Dates, prices, words and later pages make addresses without end that show the same homes in other order.
        """
        names = [*self.found.base_filters, "p"]
        asked = {(name, self.found.data[name]) for name in names if self.found.data.get(name)} - AS_IF_NOT_ASKED
        if any(name != "aid" for name, _value in asked):
            return ""
        return f"{reverse('search')}?{urlencode(sorted(asked))}" if asked else reverse("search")

    @property
    def where(self) -> str:
        """The area with its city, or nothing."""
        area = self.value.get("aid")
        return f"{area.city_name} {area}" if area else ""

    @property
    def when(self) -> str:
        """The dates, or nothing."""
        return dates_words(self.value.get("sd"), self.value.get("ed"))

    @property
    def who(self) -> str:
        """The guests, or nothing."""
        return guests_words(self.value["guests"]) if self.value.get("guests") else ""

    @property
    def summary(self) -> str:
        """Dates and guests in a line."""
        return " · ".join(words for words in (self.when, self.who) if words)

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """Each order with its name and whether it is the present one."""
        present = self.value.get("sk") if self.value.get("sk") in ORDERS else "new"
        return [(order, name, order == present) for order, name in ORDERS.items()]

    @property
    def chosen(self) -> list[Chosen]:
        """Every filter that is on, to be taken away one by one."""
        value = self.value
        single = [
            (value.get("q") and _("“%(words)s”") % {"words": value["q"]}, ("q",)),
            (self.where, ("aid",)),
            (self.when, ("sd", "ed")),
            (self.who, ("guests",)),
            (self.price_words("min_price", _("from %(price)s")), ("min_price",)),
            (self.price_words("max_price", _("up to %(price)s")), ("max_price",)),
        ]
        some = [Chosen(words, self.query_without(*names)) for words, names in single if words]
        facilities = value.get("facility") or ()
        return some + [Chosen(str(one), self.query_without("facility", value=str(one.pk))) for one in facilities]

    def price_words(self, name: str, words: str) -> str:
        """Return a price limit in words, or nothing where there is none; ¥0 is one."""
        fen = self.value.get(name)
        return "" if fen is None else words % {"price": yuan(fen)}

    @property
    def count_in_sheet(self) -> int:
        """How many of the filters that are on stand in the sheet of filters; the others stand in the search form."""
        single = [name for name in ("q", "min_price", "max_price") if self.value.get(name) not in (None, "")]
        return len(single) + len(self.value.get("facility") or ())

    def query_without(self, *names: str, value: str | None = None) -> str:
        """Return the query from its first page on, without some parameters or without one value of one."""
        query: QueryDict = self.found.data.copy()
        query.pop("p", None)
        for name in names:
            query.setlist(name, [] if value is None else [one for one in query.getlist(name) if one != value])
        return f"?{query.urlencode()}"


def facilities_by_group(facilities: Iterable[Facility]) -> list[tuple[str, list[Facility]]]:
    """Return facilities under their headings, in the order of the headings."""
    order = Facility.Group.values
    ordered = sorted(facilities, key=lambda one: order.index(one.group))
    return [(Facility.Group(group).label, list(some)) for group, some in groupby(ordered, lambda one: one.group)]


def dates_words(check_in: date | None, check_out: date | None) -> str:
    """Return the dates of a search in words: both, one, or none."""
    if check_in and check_out:
        return short_day(check_in) if check_in == check_out else stay_dates(check_in, check_out)
    if check_in:
        return _("from %(day)s on, every night") % {"day": short_day(check_in)}
    return _("every night until %(day)s") % {"day": short_day(check_out)} if check_out else ""


def guests_words(count: int) -> str:
    """Return a number of guests in words."""
    return ngettext("%(n)s guest", "%(n)s guests", count) % {"n": count}


def heading(page: SearchPage, where: str) -> str:
    """Return how many homes a search has found, and where; past the last page, that there is none."""
    if page.count and not page.houses:
        return _("No home on page %(number)s") % {"number": page.number}
    facts = {"count": page.words, "where": where}
    if where:
        return ngettext("%(count)s home in %(where)s", "%(count)s homes in %(where)s", page.count) % facts
    return ngettext("%(count)s home", "%(count)s homes", page.count) % facts


def priced(houses: list[House], stay: Stay | None) -> list[tuple[House, Quote | None, str]]:
    """Return each home with the price of a stay or, where the home does not take it, the code of the refusal."""
    if not stay:
        return [(house, None, "") for house in houses]
    quotes = zip(houses, price_stays(houses, stay), strict=True)
    refused = {house.pk: refusal_code(house, stay) for house in houses}
    return [(house, None if refused[house.pk] else quote, refused[house.pk]) for house, quote in quotes]


def refusal_code(house: House, stay: Stay) -> str:
    """Return the code of the refusal with which a home answers a stay for one guest, or nothing."""
    try:
        check_stay(house, stay, guests=1)
    except StayRefused as refusal:
        return refusal.code
    return ""


def hindrance(house: House, user: User | AnonymousUser) -> str:
    """Return why somebody can never book a home: own, unverified, or nothing; a visitor may be anybody."""
    if not user.pk:
        return ""
    if house.host_id == user.pk:
        return "own"
    return "unverified" if house.verified_guests_only and not user.is_verified else ""
