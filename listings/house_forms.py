"""The forms of the steps in which a host says what a home is: each writes some fields, and may be left incomplete."""

from collections.abc import Mapping
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AccountForm, WordsField
from ihome_project.errors import DomainError
from ihome_project.templatetags.ihome import yuan
from listings.errors import HouseIncomplete, NightPriceRefused
from listings.fields import LACKING, WRITABLE
from listings.filters import ListedField, ListedMultipleField
from listings.form_fields import KeyField, YuanField, plain_yuan
from listings.models import Area, Facility, House
from listings.models.houses import FEN_MOST
from listings.pages import facilities_by_group


def said(name: str, **options: object) -> forms.Field:
    """Return the form field of a home's field: as long as the model allows, and empty unless told otherwise."""
    return House._meta.get_field(name).formfield(**{"required": False, **options})


def words(name: str, rows: int, **options: object) -> forms.Field:
    """Return a text of several lines of a home."""
    widget = forms.Textarea({"class": "input", "rows": rows})
    return said(name, form_class=WordsField, widget=widget, **options)


def line(**attrs: object) -> forms.TextInput:
    """Return an input of one line."""
    return forms.TextInput({"class": "input", "autocomplete": "off", **attrs})


def clock() -> forms.TimeInput:
    """Return the browser's own picker of a time."""
    return forms.TimeInput({"class": "input", "type": "time"}, format="%H:%M")


def number(name: str, **options: object) -> forms.Field:
    """Return a whole number of a home, within the bounds of the model."""
    bounds = {"min_value": None, "validators": House._meta.get_field(name).validators}
    return said(name, widget=line(inputmode="numeric", maxlength=6), **bounds, **options)


def money(**options: object) -> YuanField:
    """Return an amount of a home, which may be missing."""
    attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 12}
    return YuanField(required=False, widget=forms.TextInput(attrs), **options)


def switch(name: str, **options: object) -> forms.Field:
    """Return a yes or no of a home."""
    return said(name, widget=forms.CheckboxInput({"role": "switch"}), **options)


def paid(fen: int | None) -> int | None:
    """Return the price of a night, or None for none yet; refuse 0."""
    if fen == 0:
        raise forms.ValidationError(str(NightPriceRefused(most=yuan(FEN_MOST))))
    return fen


class StepForm(AccountForm):
    """A step. `empty` says what is meant by nothing in fields that a draft has, too."""

    empty: Mapping[str, object] = {}

    def __init__(self, data: Mapping | None = None, *, house: House | None = None) -> None:
        super().__init__(data, initial=self.said_by(house) if house else None)

    def said_by(self, house: House) -> dict:
        """Return what a home says so far; nothing where a draft lacks it."""
        columns = {name: House._meta.get_field(name).attname for name in WRITABLE if name in self.base_fields}
        values = {name: getattr(house, column) for name, column in columns.items()}
        return {name: "" if name in LACKING and not value else value for name, value in values.items()}

    def as_fields(self) -> dict:
        """Return what a valid form asks to write, in the words of `save_house`."""
        return {name: self.empty.get(name) if value is None else value for name, value in self.cleaned_data.items()}

    def refuse(self, error: DomainError) -> None:
        """Show a refusal; what a home must have stands beside each of the fields that lack it."""
        if not isinstance(error, HouseIncomplete):
            super().refuse(error)
            return
        for each in error.facts["missing"]:
            here = each.field in self.fields
            words = gettext("Only a draft can be without this.") if here else str(error)
            self.add_error(each.field if here else None, words)


class BasicsForm(StepForm):
    """What kind of home it is, and what it is like."""

    title = said(
        "title",
        label=_("Title"),
        widget=line(placeholder=_("Courtyard under the persimmon tree")),
        help_text=_("What is special about it, in 64 characters at most. Guests see it first."),
    )
    kind = said("kind", label=_("What guests have for themselves"), widget=forms.RadioSelect, required=True)
    description = words(
        "description",
        rows=8,
        label=_("Description"),
        help_text=_("The rooms, the light, the neighbourhood, and for whom it is right. 4,000 characters at most."),
    )


class NewHouseForm(BasicsForm):
    """The first step of a home that is not there yet, with a key so that it is begun once."""

    key = KeyField()

    def __init__(self, data: Mapping | None = None) -> None:
        super().__init__(data)
        self.initial = {"key": uuid4(), "kind": House.Kind.WHOLE}


class PlaceForm(StepForm):
    """Where it is, and how to get there."""

    area = ListedField(
        Area.objects.all(),
        label=_("Area"),
        required=False,
        widget=forms.Select({"class": "input"}),
        error_messages={"invalid_choice": _("There is no such area.")},
    )
    address = said(
        "address",
        label=_("Street or estate"),
        widget=line(placeholder=_("Wudaoying Hutong")),
        help_text=_("Everybody can read it, so leave out the number of the house and of the door."),
    )
    directions = words(
        "directions",
        rows=5,
        label=_("Arrival directions"),
        help_text=_(
            "The full address, the way from the metro, the code of the door. Only guests who have paid read it."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        cities: dict[str, list[tuple[int, str]]] = {}
        for area in self.fields["area"].listed.values():
            cities.setdefault(area.city_name, []).append((area.pk, str(area)))
        self.fields["area"].widget.choices = [("", _("Choose an area")), *cities.items()]


class FactsForm(StepForm):
    """How large it is, how many it takes, and what it has."""

    unit = said("unit", label=_("Layout"), widget=line(placeholder=_("2 bedrooms, 1 living room, 1 bathroom")))
    room_count = number("room_count", label=_("Rooms"))
    acreage = number("acreage", label=_("Size"))
    capacity = number("capacity", label=_("Guests at most"))
    beds = said("beds", label=_("Beds"), widget=line(placeholder=_("1 double bed (1.8 m), 2 single beds (1.2 m)")))
    facilities = ListedMultipleField(Facility.objects.all(), label=_("What it has"), required=False)

    def said_by(self, house: House) -> dict:
        """Return what a home says so far, its facilities by their ids."""
        return super().said_by(house) | {"facilities": [each.pk for each in house.facilities.all()]}

    @property
    def groups(self) -> list[tuple[str, list[tuple[Facility, bool]]]]:
        """Every facility under its heading, and whether it is ticked."""
        ticked = {str(each) for each in self["facilities"].value() or ()}
        groups = facilities_by_group(self.fields["facilities"].listed.values())
        return [(group, [(each, str(each.pk) in ticked) for each in some]) for group, some in groups]


class PriceForm(StepForm):
    """What it costs, and what holds for a stay."""

    empty = {
        "price_fen": 0,
        "cleaning_fee_fen": 0,
        "deposit_fen": 0,
        "weekly_discount": 0,
        "monthly_discount": 0,
        "max_nights": 0,
    }
    price_fen = money(label=_("Price a night"))
    weekend_price_fen = money(
        label=_("Weekend night"), help_text=_("Friday and Saturday nights. Leave it empty for the same price.")
    )
    cleaning_fee_fen = money(label=_("Cleaning fee"), help_text=_("Once for each stay."))
    deposit_fen = money(label=_("Deposit"), help_text=_("Comes back after the stay."))
    weekly_discount = number("weekly_discount", label=_("Discount from 7 nights"))
    monthly_discount = number("monthly_discount", label=_("Discount from 28 nights"))
    min_nights = number("min_nights", label=_("Nights at least"), required=True)
    max_nights = number("max_nights", label=_("Nights at most"), help_text=_("0: no limit"))
    check_in_time = said("check_in_time", label=_("Check-in from"), widget=clock(), required=True)
    check_out_time = said("check_out_time", label=_("Check-out until"), widget=clock(), required=True)
    instant_book = switch("instant_book", label=_("Instant booking"))
    same_day_turnover = switch("same_day_turnover", label=_("Same-day turnover"))
    verified_guests_only = switch("verified_guests_only", label=_("Verified guests only"))
    cancellation_policy = said(
        "cancellation_policy", label=_("Cancellation policy"), widget=forms.RadioSelect, required=True
    )
    house_rules = words(
        "house_rules", rows=5, label=_("House rules"), help_text=_("One rule a line, such as: quiet after 22:00.")
    )

    def clean_price_fen(self) -> int | None:
        """Refuse nights for nothing."""
        return paid(self.cleaned_data["price_fen"])

    def clean_weekend_price_fen(self) -> int | None:
        """Refuse nights for nothing."""
        return paid(self.cleaned_data["weekend_price_fen"])

    def said_by(self, house: House) -> dict:
        """Return what a home says so far, its amounts as people write them."""
        values = super().said_by(house)
        return {name: plain_yuan(value) if name.endswith("_fen") else value for name, value in values.items()}


STEP_FORMS: dict[str, type[StepForm]] = {
    "basics": BasicsForm,
    "place": PlaceForm,
    "facts": FactsForm,
    "price": PriceForm,
}
