"""What staff are about to do with bookings and with what hosts are owed, in the admin."""

from collections.abc import Sequence
from typing import ClassVar

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.cancelling import cancel_for_staff, refund_part
from bookings.dues import pay_dues
from bookings.errors import DuePaidAlready, RefundChanged
from bookings.models import REASON_MOST, Booking, HostDue, Payout, Refund
from bookings.refunding import settle_refund
from ihome_project.errors import DomainError
from listings.form_fields import KeyField, YuanField

WIDE = {"class": "vLargeTextField"}
ALL_OF_IT = _("In yuan. Empty: all that is left of what was paid.")


class BookingActForm(forms.Form):
    """An act of staff on a booking, and why. Raises Http404 for what cannot be done."""

    TITLES: ClassVar = {"refund": _("Refund a part"), "cancel": _("Cancel this booking")}
    DONE: ClassVar = {
        "refund": _("The refund is on its way; its state is below."),
        "cancel": _("The booking is cancelled."),
    }

    amount = YuanField(label=_("Refund"), required=False, widget=forms.TextInput({"inputmode": "decimal"}))
    reason = forms.CharField(label=_("Reason"), max_length=REASON_MOST, widget=forms.TextInput(WIDE))
    key = KeyField()
    left_fen = forms.IntegerField(widget=forms.HiddenInput, required=False)  # as it was when the page was shown

    def __init__(self, *args: object, act: str, booking: Booking, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if act not in self.TITLES:
            raise Http404
        self.act, self.booking = act, booking
        self.title, self.done = self.TITLES[act], self.DONE[act]
        self.fields["left_fen"].initial = booking.captured_fen - booking.refunded_fen
        if act == "refund":
            self.fields["amount"].required, self.fields["amount"].help_text = True, _("In yuan.")
        elif booking.captured_fen:
            self.fields["amount"].help_text = ALL_OF_IT
        else:
            del self.fields["amount"]

    @property
    def still_there_fen(self) -> int:
        """What has been paid and not gone back."""
        return self.booking.captured_fen - self.booking.refunded_fen

    def clean_amount(self) -> int | None:
        """Refuse to give back nothing as a part."""
        amount_fen = self.cleaned_data["amount"]
        if self.act == "refund" and amount_fen == 0:
            raise forms.ValidationError(_("Give an amount above zero."))
        return amount_fen

    def perform(self, staff: User) -> bool:
        """Do it; False when the service refuses, with its words beside what they are about."""
        said = {"staff": staff, "booking_id": self.booking.pk, "reason": self.cleaned_data["reason"]}
        amount_fen = self.cleaned_data.get("amount")
        try:
            if self.act == "refund":
                refund_part(amount_fen=amount_fen, key=self.cleaned_data["key"], **said)
            else:
                cancel_for_staff(refund_fen=amount_fen, left_fen=self.cleaned_data["left_fen"], **said)
        except RefundChanged as refusal:
            self.data = self.data.copy() | {"left_fen": refusal.facts["refund_fen"]}  # as it is shown now
            self.add_error(None, str(refusal))
        except DomainError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return self.is_valid()


class ReferenceField(forms.CharField):
    """The reference of a transfer at the bank."""

    def __init__(self) -> None:
        most = Payout._meta.get_field("bank_reference").max_length
        super().__init__(label=_("Bank reference"), max_length=most, widget=forms.TextInput(WIDE))


class SettleForm(forms.Form):
    """Under which reference of the bank a refund has been given back that its provider refuses."""

    bank_reference = ReferenceField()

    def __init__(self, *args: object, refund: Refund, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.refund = refund

    def perform(self, staff: User) -> bool:
        """Write down that it has been given back; False when the service refuses, with its words."""
        try:
            settle_refund(staff=staff, refund_id=self.refund.pk, bank_reference=self.cleaned_data["bank_reference"])
        except DomainError as refusal:
            self.add_error("bank_reference", str(refusal))
        return self.is_valid()


class PayForm(forms.Form):
    """Under which reference of the bank some lines have been paid."""

    bank_reference = ReferenceField()

    def __init__(self, *args: object, lines: Sequence[HostDue], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines

    @property
    def sum_fen(self) -> int:
        """What all lines come to."""
        return sum(line.amount_fen for line in self.lines)

    def perform(self, staff: User) -> bool:
        """Write down that all of them are paid; False when one cannot be, and then none is."""
        ids = [line.pk for line in self.lines]
        try:
            pay_dues(staff=staff, due_ids=ids, bank_reference=self.cleaned_data["bank_reference"])
        except DuePaidAlready as refusal:
            nothing = _("Nothing has been written down.")
            self.add_error("bank_reference", f"{refusal} {nothing}")
        except DomainError as refusal:
            self.add_error("bank_reference", str(refusal))
        return self.is_valid()
