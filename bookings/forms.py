"""Forms of asking for a stay, cancelling it and speaking of it: they check shape, and show what services refuse."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.errors import RefundChanged, WordsMissing
from bookings.nights import Act, runs_of
from ihome_project.errors import DomainError
from ihome_project.templatetags.ihome import yuan
from listings.calendar import Stay
from listings.errors import NoNight, NotYuan, TooManyGuests
from listings.filters import ISO_DATE, NO_SUCH_DAY
from listings.form_fields import YuanField
from listings.models import House, Review
from listings.pages import guests_words

FIELDS = {"check_in": "sd", "check_out": "ed", "guests": "guests"}  # what a refusal is about, and its field here
SAID_MOST = Review._meta.get_field("comment").max_length
DATE_MISSING = _("Choose the day of arrival and the day of leaving.")


def stars_choices() -> list[tuple[int, str]]:
    """Return one to five stars with their words in the reader's language."""
    return [(n, ngettext("%(stars)s star", "%(stars)s stars", n) % {"stars": n}) for n in range(1, 6)]


class DayField(forms.DateField):
    """A day of a stay, as it stands in an address."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        messages = NO_SUCH_DAY | {"required": DATE_MISSING}
        super().__init__(input_formats=ISO_DATE, error_messages=messages)


class StayForm(forms.Form):
    """The dates and guests that an address asks for; `stay` is None unless the dates make one."""

    sd, ed = DayField(), DayField()
    guests = forms.IntegerField(label=_("Guests"), min_value=1, widget=forms.Select({"class": "input"}))

    def __init__(self, *args: object, house: House, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.stay: Stay | None = None
        self.refusal: DomainError | None = None
        self.house = house
        self.fields["guests"].widget.choices = [(n, guests_words(n)) for n in range(1, house.capacity + 1)]

    def clean_guests(self) -> int:
        """Refuse more guests than the home has room for."""
        guests = self.cleaned_data["guests"]
        if guests > self.house.capacity:
            raise forms.ValidationError(str(TooManyGuests(guests=self.house.capacity)))
        return guests

    def clean(self) -> dict:
        """Make the stay of the two dates."""
        cleaned = super().clean()
        if cleaned.get("sd") and cleaned.get("ed"):
            try:
                self.stay = Stay(cleaned["sd"], cleaned["ed"])
            except NoNight as error:
                self.refuse(error)
        return cleaned

    def refuse(self, error: DomainError) -> None:
        """Show a refusal beside what it is about; the first one only."""
        if self.refusal is None:
            self.refusal = error
            self.add_error(FIELDS.get(error.field), str(error))


class BookingForm(StayForm):
    """A stay that a guest confirms: with the price that the page has shown, and a key so that it is asked for once."""

    agreed_fen = forms.IntegerField(min_value=0)
    request_key = forms.UUIDField()

    def clean(self) -> dict:
        """Ask to confirm again when the page's own fields did not come back as they were."""
        cleaned = super().clean()
        if not {"agreed_fen", "request_key"} <= cleaned.keys():
            self.add_error(None, _("Please look at everything once more, and confirm again."))
        return cleaned

    def as_request(self) -> dict:
        """Return what a valid form asks for, in the words of `request_booking`."""
        return {
            "house_id": self.house.pk,
            "stay": self.stay,
            "guests": self.cleaned_data["guests"],
            "agreed_fen": self.cleaned_data["agreed_fen"],
            "key": self.cleaned_data["request_key"].hex,
        }


GUESTS_REASONS = {
    "plans": _("My plans have changed"),
    "dates": _("I chose the wrong dates"),
    "other": _("I found something more suitable"),
}
HOSTS_REASONS = {
    "repairs": _("The home cannot be used then"),
    "own use": _("I need the home myself"),
    "asked": _("The guest asked me to"),
}
WORDS_MOST = 150  # with which a reason of the list still fits into REASON_MOST


class CancelForm(forms.Form):
    """Why somebody cancels a booking, and what they have seen comes back; a guest need not say why."""

    why = forms.ChoiceField(label=_("Why do you cancel?"), required=False, widget=forms.Select({"class": "input"}))
    reason = forms.CharField(
        label=_("In your own words"),
        max_length=WORDS_MOST,
        required=False,
        widget=forms.TextInput({"class": "input", "autocomplete": "off"}),
    )
    agreed_fen = forms.IntegerField(min_value=0)

    def __init__(self, *args: object, is_guest: bool) -> None:
        super().__init__(*args)
        self.reasons = GUESTS_REASONS if is_guest else HOSTS_REASONS
        self.fields["why"].choices = [("", _("Choose, or write below")), *self.reasons.items()]
        self.refusal: DomainError | None = None

    def clean(self) -> dict:
        """Put the reason of the list before one's own words; look again when the sum did not come back as it was."""
        cleaned = super().clean()
        if "agreed_fen" not in cleaned:
            self.refuse(RefundChanged())
        said = (self.reasons.get(cleaned.get("why", "")), cleaned.get("reason"))
        return cleaned | {"reason": " · ".join(str(words) for words in said if words)}

    def as_change(self) -> dict:
        """Return what a valid form asks for, in the words of `cancel_booking`."""
        return {"reason": self.cleaned_data["reason"], "agreed_fen": self.cleaned_data["agreed_fen"]}

    def refuse(self, error: DomainError) -> None:
        """Show a refusal beside what it is about."""
        self.refusal = error
        self.add_error(error.field if error.field in self.fields else None, str(error))


class WordsField(forms.CharField):
    """What somebody writes for all to read, with room for a review."""

    def __init__(self, **more: object) -> None:
        attrs = {"class": "input", "rows": 4, "data-count": ""}
        missing = {"required": WordsMissing.message}
        super().__init__(max_length=SAID_MOST, widget=forms.Textarea(attrs), error_messages=missing, **more)


class ReviewForm(forms.Form):
    """What a guest says of a stay."""

    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=stars_choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one to five stars.")},
    )
    comment = WordsField(label=_("What should other guests know?"))


class ReplyForm(forms.Form):
    """What a host replies to a review."""

    reply = WordsField(label=_("Your reply"))


class NightsField(forms.Field):
    """Nights that have been ticked, each named by the date it begins."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> list[date]:
        """Return the nights as dates."""
        day = forms.DateField(input_formats=ISO_DATE, error_messages=NO_SUCH_DAY)
        return [day.clean(text) for text in super().clean(value)]


def usual_price(house: House) -> str:
    """Say what a night costs that has no price of its own."""
    price, weekend = yuan(house.price_fen), yuan(house.weekend_price_fen or 0)
    if house.weekend_price_fen is None:
        return _("Usually %(price)s.") % {"price": price}
    return _("Usually %(price)s, Friday and Saturday %(weekend)s.") % {"price": price, "weekend": weekend}


class NightsForm(forms.Form):
    """What a host does to nights of a home."""

    night = NightsField(error_messages={"required": _("Choose a night first.")})
    act = forms.TypedChoiceField(coerce=Act, choices=[(act.value, act.value) for act in Act])
    price = YuanField(
        label=_("Price a night"),
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "maxlength": 10}),
    )

    def __init__(self, *args: object, house: House) -> None:
        super().__init__(*args)
        self.refusal: DomainError | None = None
        self.fields["price"].help_text = usual_price(house)

    @property
    def ticked(self) -> frozenset[str]:
        """The nights as they were sent, so that they can be ticked again."""
        return frozenset(self["night"].value() or ())

    def clean(self) -> dict:
        """Ask for a price only where one is to be set."""
        cleaned = super().clean()
        if cleaned.get("act") is not Act.PRICE:
            self.errors.pop("price", None)
        elif cleaned.get("price", "") is None:
            self.add_error("price", str(NotYuan()))
        return cleaned

    def as_change(self) -> dict:
        """Return what a valid form asks for, in the words of `change_nights`."""
        cleaned = self.cleaned_data
        return {"runs": runs_of(cleaned["night"]), "act": cleaned["act"], "price_fen": cleaned.get("price")}

    def refuse(self, error: DomainError) -> None:
        """Show a refusal beside what it is about."""
        self.refusal = error
        self.add_error(error.field if error.field in self.fields else None, str(error))
