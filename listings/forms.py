"""What pages ask about a stay: its dates, its guests, and which page of a list to show."""

from collections.abc import Mapping

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ihome_project.errors import DomainError
from listings.calendar import Stay
from listings.filters import GUESTS_WRONG, ISO_DATE, NO_SUCH_DAY
from listings.models import House
from listings.months import Calendar, Nights, draw_calendar
from listings.pages import guests_words
from listings.pricing import Quote

PAGE_FIELDS = {"check_in": "sd", "check_out": "ed"}  # what the query calls the fields that a refusal names
PAGE_MOST = 100_000


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format=ISO_DATE[0], attrs={"required": True})


class DayField(forms.DateField):
    """A day that need not have been chosen yet."""

    widget = DayInput

    def __init__(self, **kwargs: object) -> None:
        super().__init__(required=False, input_formats=ISO_DATE, error_messages=NO_SUCH_DAY, **kwargs)


class DatesForm(forms.Form):
    """Two dates; empty ones are no mistake, they have not been chosen yet."""

    sd = DayField(label=_("Check-in"))
    ed = DayField(label=_("Check-out"))

    def calendar(self, nights: Nights) -> Calendar:
        """Return the months around the dates, or those from the query's `month`."""
        asked = self.cleaned_data if self.is_valid() else {}
        return draw_calendar(
            nights, asked=self.data.get("month", ""), check_in=asked.get("sd"), check_out=asked.get("ed")
        )


class StayForm(DatesForm):
    """A stay in a home that a guest thinks of."""

    guests = forms.IntegerField(
        label=_("Guests"), required=False, min_value=1, widget=forms.Select, error_messages=GUESTS_WRONG
    )

    def __init__(self, data: Mapping, *, house: House) -> None:
        super().__init__(data)
        self.house = house
        self.stay: Stay | None = None
        self.nearest: Stay | None = None
        for name in ("sd", "ed"):
            self.fields[name].widget.attrs["min"] = timezone.localdate().isoformat()
        self.fields["guests"].widget.choices = [(n, guests_words(n)) for n in range(1, house.capacity + 1)]

    def quote(self, nights: Nights) -> Quote | None:
        """Return the price of the stay; None while dates are missing, or with the refusal among the errors.

        `nearest` is then the stay to take instead, where there is one.
        """
        asked = self.cleaned_data if self.is_valid() else {}
        if not (asked.get("sd") and asked.get("ed")):
            return None
        try:
            self.stay = Stay(asked["sd"], asked["ed"])
            return nights.quote(self.stay, guests=asked["guests"] or 1)
        except DomainError as refusal:
            self.nearest = refusal.facts.get("nearest")
            self.add_error(PAGE_FIELDS.get(refusal.field, refusal.field), str(refusal))
            return None

    @property
    def nearest_url(self) -> str:
        """The address of the home's page with the nearest stay, for as many guests."""
        query = {**in_query(self.nearest), "guests": self.cleaned_data["guests"] or 1}
        return reverse("house", args=[self.house.pk], query=query, fragment="stay-box")


def in_query(stay: Stay) -> dict[str, str]:
    """Return the dates of a stay as addresses carry them."""
    return {"sd": stay.check_in.isoformat(), "ed": stay.check_out.isoformat()}


class PageForm(forms.Form):
    """Which page of a list."""

    p = forms.IntegerField(
        label=_("Page"),
        required=False,
        min_value=1,
        max_value=PAGE_MOST,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("There is no such page.")),
    )

    @property
    def number(self) -> int:
        """The page asked for, the first unless another is; once valid."""
        return self.cleaned_data["p"] or 1
