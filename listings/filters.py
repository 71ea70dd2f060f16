"""What a search may ask: the one place where the words of the query become rules, for the page and the API."""

from collections.abc import Sequence
from functools import cached_property
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.encoding import uri_to_iri
from django.utils.translation import gettext_lazy as _

from ihome_project.logs import redact_text
from listings.form_fields import YuanField, plain_yuan
from listings.models import Area, Facility, House, mask_of
from listings.models.missed import QUERY_MOST
from listings.models.querysets import HouseQuerySet

GUESTS_MOST = 100
WORDS_MOST = 100
ISO_DATE = ["%Y-%m-%d"]
NO_SUCH_DAY = {"invalid": _("There is no such day. Choose your dates once more.")}
NO_GUESTS = _("The number of guests must be a whole number from 1.")
GUESTS_WRONG = {"invalid": NO_GUESTS, "min_value": NO_GUESTS, "max_value": _("%(limit_value)s guests at most.")}


class YuanFilter(django_filters.Filter):
    """A filter over an amount typed in yuan."""

    field_class = YuanField


class CountFilter(django_filters.Filter):
    """A filter over a whole number."""

    field_class = forms.IntegerField


class DayFilter(django_filters.DateFilter):
    """A day of the stay; `filter_queryset` takes both of them together."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(method="nothing", input_formats=ISO_DATE, error_messages=NO_SUCH_DAY, **kwargs)


class ListedFieldMixin:
    """Chosen from a list that staff keep short: read once, to check the answer and to draw the control."""

    @cached_property
    def listed(self) -> dict[str, Model]:
        """The rows by the text that chooses them."""
        return {str(row.pk): row for row in self.queryset}

    def row(self, value: object) -> Model:
        """Return the row that a value chooses."""
        if str(value) not in self.listed:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(value)[:WORDS_MOST]}
            )
        return self.listed[str(value)]


class ListedField(ListedFieldMixin, forms.ModelChoiceField):
    """One row of a short list."""

    def to_python(self, value: object) -> Model | None:
        """Return the row, or None for nothing."""
        return None if value in self.empty_values else self.row(value)


class ListedFilter(django_filters.ModelChoiceFilter):
    """A filter over one row of a short list."""

    field_class = ListedField


class ListedMultipleField(ListedFieldMixin, forms.ModelMultipleChoiceField):
    """Several rows of a short list."""

    def clean(self, value: Sequence[object] | None) -> list[Model]:
        """Return the rows."""
        return [self.row(one) for one in dict.fromkeys(value or ())]


class ListedMultipleFilter(django_filters.ModelMultipleChoiceFilter):
    """A filter over several rows of a short list."""

    field_class = ListedMultipleField


class HouseFilterSet(django_filters.FilterSet):
    """`aid`, `sd`, `ed`, `guests`, `min_price`, `max_price`, `facility`, `q` and the order `sk`."""

    ORDERS = {
        "new": HouseQuerySet.newest,
        "booking": HouseQuerySet.most_booked,
        "price-inc": HouseQuerySet.cheapest,
        "price-des": HouseQuerySet.dearest,
    }

    aid = ListedFilter(
        field_name="area",
        queryset=Area.objects.all(),
        label=_("Where"),
        error_messages={"invalid_choice": _("There is no such area.")},
    )
    sd = DayFilter(label=_("Check-in"))
    ed = DayFilter(label=_("Check-out"))
    guests = CountFilter(
        field_name="capacity",
        lookup_expr="gte",
        label=_("Guests"),
        min_value=1,
        max_value=GUESTS_MOST,
        error_messages=GUESTS_WRONG,
    )
    min_price = YuanFilter(field_name="price_fen", lookup_expr="gte", label=_("Lowest price"))
    max_price = YuanFilter(field_name="price_fen", lookup_expr="lte", label=_("Highest price"))
    facility = ListedMultipleFilter(
        method="with_facilities",
        queryset=Facility.objects.all(),
        label=_("Facilities"),
        error_messages={"invalid_choice": _("There is no such facility.")},
    )
    q = django_filters.CharFilter(
        method="with_words",
        max_length=WORDS_MOST,
        label=_("Words in title or address"),
        error_messages={"max_length": _("%(limit_value)s characters at most.")},
    )
    sk = django_filters.CharFilter(method="in_order", label=_("Order"))

    class Meta:
        model = House
        fields = ()

    class AskedForm(forms.Form):
        """Checks the dates, and the prices, against each other."""

        def clean(self) -> dict:
            """Refuse a day of leaving before the day of arrival, and a highest price below the lowest, beside them."""
            cleaned = super().clean()
            check_in, check_out = cleaned.get("sd"), cleaned.get("ed")
            if check_in and check_out and check_in > check_out:
                self.add_error("ed", _("The day of leaving is before the day of arrival."))
            lowest, highest = cleaned.get("min_price"), cleaned.get("max_price")
            if lowest is not None and highest is not None and lowest > highest:
                self.add_error("max_price", _("The highest price is below the lowest."))
            return cleaned

    Meta.form = AskedForm

    def filter_queryset(self, queryset: HouseQuerySet) -> HouseQuerySet:
        """Return the published homes that pass, in the order asked for (newest for an unknown one)."""
        asked = self.form.cleaned_data
        found = super().filter_queryset(queryset.published()).free_between(asked["sd"], asked["ed"])
        return self.ORDERS.get(asked["sk"], HouseQuerySet.newest)(found)

    @property
    def asked(self) -> str:
        """What is asked, in one canonical line: equal for searches that find the same homes in whatever order."""
        asked = self.form.cleaned_data | {"sk": None}
        asked["aid"] = asked["aid"] and asked["aid"].pk
        asked["facility"] = sorted(facility.pk for facility in asked["facility"])
        return repr(sorted(asked.items()))

    @property
    def query(self) -> str:
        """What is asked as the query of the search page, for people to read: no order, no page, nobody's number.

        Equal for searches that ask the same, unless it is cut at QUERY_MOST characters.
        """
        asked = self.form.cleaned_data
        words = redact_text(" ".join(asked["q"].split()).casefold())
        pairs = [
            ("aid", asked["aid"] and asked["aid"].pk),
            ("sd", asked["sd"]),
            ("ed", asked["ed"]),
            ("guests", asked["guests"]),
            ("min_price", plain_yuan(asked["min_price"])),
            ("max_price", plain_yuan(asked["max_price"])),
            *(("facility", pk) for pk in sorted(facility.pk for facility in asked["facility"])),
            ("q", words),
        ]
        line = uri_to_iri(urlencode([(name, value) for name, value in pairs if value not in (None, "")], safe="*"))
        return redact_text(line)[:QUERY_MOST]

    def nothing(self, queryset: HouseQuerySet, name: str, value: object) -> HouseQuerySet:
        """Leave it: the two dates and the order count together, in filter_queryset."""
        return queryset

    in_order = nothing

    def with_facilities(self, queryset: HouseQuerySet, name: str, value: list[Facility]) -> HouseQuerySet:
        """Keep homes that have all of them."""
        return queryset.with_all_facilities(mask_of(facility.pk for facility in value))

    def with_words(self, queryset: HouseQuerySet, name: str, value: str) -> HouseQuerySet:
        """Keep homes with each of the words."""
        return queryset.with_words(value)
