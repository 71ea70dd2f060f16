"""How a host says why a request is declined: with a ready reason, or in words of their own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import REASON_MOST

OWN = "own"
READY = {
    "dates": _("The home is not free on these dates."),
    "repairs": _("The home is being repaired at that time."),
    "guests": _("The home does not suit so many guests."),
}
CHOOSE = _("Choose a reason, or write your own.")


class RejectForm(forms.Form):
    """Why a request is declined; the guest reads it."""

    ready = forms.ChoiceField(
        label=_("Reason"),
        choices=[*READY.items(), (OWN, _("In my own words"))],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label=_("Your reason"),
        max_length=REASON_MOST,
        required=False,
        widget=forms.Textarea({"class": "input", "rows": 3}),
    )

    def clean(self) -> dict:
        """Take the ready reason that was chosen, or else the host's own words."""
        cleaned = super().clean()
        chosen = cleaned.get("ready")
        if chosen in READY:
            cleaned["reason"] = str(READY[chosen])
            self.errors.pop("reason", None)
        elif not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", CHOOSE)
        return cleaned
