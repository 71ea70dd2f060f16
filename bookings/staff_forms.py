"""What staff do with bookings, their money, and what hosts are owed."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.acts import WIDE, ActForm
from accounts.models import User
from bookings.cancelling import cancel_for_staff, refund_part
from bookings.dues import pay_dues
from bookings.errors import DuePaidAlready, RefundChanged
from bookings.models import Booking, BookingQuerySet, HostDue, Payout, Refund, StrayNotice, Trade
from bookings.moderating import deactivate_user, preview_deactivation, settle_notice, suspend_house
from bookings.paying import hurry_trade
from bookings.refunding import retry_refund, settle_refund, take_refund
from ihome_project.errors import DomainError
from ihome_project.templatetags.ihome import stay_dates, yuan
from listings.form_fields import KeyField, YuanField
from listings.models import House
from listings.staff_forms import HouseAct

SHOWN_MOST = 10  # of stays that are left to staff
ALL_OF_IT = _("In yuan. Empty: all that is left of what was paid.")


def listed(stays: BookingQuerySet, *, home: bool = True) -> list[str]:
    """Return the first few of some paid stays in words, the next first, with their home or without."""
    return [
        f"{stay.house} · " * home
        + f"{stay_dates(stay.check_in, stay.check_out)} · {stay.guest} · {yuan(stay.amount_fen)}"
        for stay in stays.select_related("house", "guest").order_by("check_in", "pk")[:SHOWN_MOST]
    ]


class BookingAct(ActForm):
    """An act on a booking that gives money back."""

    permission, is_grave = "bookings.change_booking", True

    amount = YuanField(label=_("Refund"), required=False, widget=forms.TextInput({"inputmode": "decimal"}))
    key = KeyField()
    left_fen = forms.IntegerField(widget=forms.HiddenInput, required=False)  # as it was when the page was shown
    field_order: ClassVar = ("amount", "chosen", "reason")

    def __init__(self, *args: object, row: Booking, **kwargs: object) -> None:
        super().__init__(*args, row=row, initial={"key": uuid4()}, **kwargs)
        self.fields["left_fen"].initial = self.left
        self.fields["amount"].help_text = _("In yuan.")

    @property
    def left(self) -> int:
        """What has been paid and not gone back, in fen."""
        return self.row.captured_fen - self.row.refunded_fen

    @property
    def lines(self) -> list[str]:
        """The stay, and its money."""
        stay, booking = stay_dates(self.row.check_in, self.row.check_out), self.row
        paid = gettext("Paid %(paid)s, of which %(left)s has not gone back.")
        return [
            f"{booking.house} · {stay} · {booking.guest} · {booking.get_status_display()}",
            paid % {"paid": yuan(booking.captured_fen), "left": yuan(self.left)},
        ]

    def perform(self, staff: User) -> bool:
        """Do it; what has changed since the page was shown is shown as it is now."""
        try:
            self.act(staff)
        except RefundChanged as refusal:
            self.data = self.data.copy()
            self.data["left_fen"] = refusal.facts["refund_fen"]
            self.add_error(None, str(refusal))
        except DomainError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return self.is_valid()


class RefundPart(BookingAct):
    """Give a part of what a stay cost back."""

    name, shortcut = "refund", "f"
    title, done = _("Refund a part"), _("The refund is on its way; its state is below.")
    note = _("The guest gets it back, the booking stays as it is, and the host is owed less.")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].required = True

    @classmethod
    def is_possible(cls, row: Booking) -> bool:
        """Whether it has been paid and not cancelled."""
        return row.status in Booking.COUNTED

    def clean_amount(self) -> int | None:
        """Refuse to give back nothing."""
        if self.cleaned_data["amount"] == 0:
            raise forms.ValidationError(_("Give an amount above zero."))
        return self.cleaned_data["amount"]

    def act(self, staff: User) -> None:
        """Refund it, once for the page's key."""
        refund_part(
            staff=staff,
            booking_id=self.row.pk,
            amount_fen=self.cleaned_data["amount"],
            reason=self.words,
            key=self.cleaned_data["key"],
        )


class CancelBooking(BookingAct):
    """Cancel a request or a paid stay, with a full or a chosen refund."""

    name, shortcut = "cancel", "c"
    title, done = _("Cancel this booking"), _("The booking is cancelled.")
    note = _("The guest gets the refund, the nights are free again, and both sides read the reason.")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = ALL_OF_IT
        if not self.row.captured_fen:
            del self.fields["amount"]

    @classmethod
    def is_possible(cls, row: Booking) -> bool:
        """Whether it waits, or is paid and not over."""
        return row.is_waiting or row.status == Booking.Status.PAID

    def act(self, staff: User) -> None:
        """Cancel it."""
        cancel_for_staff(
            staff=staff,
            booking_id=self.row.pk,
            reason=self.words,
            refund_fen=self.cleaned_data.get("amount"),
            left_fen=self.cleaned_data["left_fen"],
        )


class ReferenceField(forms.CharField):
    """The reference of a transfer at the bank."""

    def __init__(self) -> None:
        most = Payout._meta.get_field("bank_reference").max_length
        super().__init__(label=_("Bank reference"), max_length=most, widget=forms.TextInput(WIDE))


class RefundAct(ActForm):
    """An act on a refund that its provider refuses."""

    permission = "bookings.change_refund"

    @property
    def lines(self) -> list[str]:
        """How much for whom, and what the provider says."""
        return [f"{yuan(self.row.amount_fen)} · {self.row.booking.guest} · {self.row.booking}", self.row.said]


class TakeRefund(RefundAct):
    """Take a refund over, so that staff alone give it back."""

    name, shortcut = "take", "t"
    title, done = (
        _("Take over to transfer it"),
        _("Transfer it now, then write the bank's reference down."),
    )
    note = _("The payment provider refuses it, and is not asked again. Transfer it only after this.")
    reasons = (_("The provider refuses it for good."), _("The guest has waited long enough."))

    @classmethod
    def is_possible(cls, row: Refund) -> bool:
        """Whether the provider has refused it."""
        return row.state == Refund.State.REFUSED

    def act(self, staff: User) -> None:
        """Take it over."""
        take_refund(staff=staff, refund_id=self.row.pk, reason=self.words)


class RetryRefund(RefundAct):
    """Have the provider asked again for a refund that nobody has transferred."""

    name, shortcut = "retry", "r"
    title, done = _("Have the provider try again"), _("The provider is asked again within a few minutes.")
    note = _("Only if it has not been transferred: else the guest gets it twice.")
    reasons = (_("It has been on its way for too long."), _("There is money in the account again."))

    @classmethod
    def is_possible(cls, row: Refund) -> bool:
        """Whether it is not done."""
        return row.state != Refund.State.DONE

    def act(self, staff: User) -> None:
        """Have the worker do so."""
        retry_refund(staff=staff, refund_id=self.row.pk, reason=self.words)


class SettleRefund(RefundAct):
    """Write down under which reference of the bank staff have given a refund back that they took over."""

    name, shortcut, needs_reason = "settle", "b", False
    title, done = _("Given back by transfer"), _("Written down: the refund has been given back by transfer.")
    note = _("Transfer it first. This cannot be taken back.")

    bank_reference = ReferenceField()
    field_order: ClassVar = ("bank_reference",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]

    @classmethod
    def is_possible(cls, row: Refund) -> bool:
        """Whether staff have taken it over."""
        return row.state == Refund.State.BY_STAFF

    def perform(self, staff: User) -> bool:
        """Write it down; False when the service refuses, with its words beside the reference."""
        try:
            settle_refund(staff=staff, refund_id=self.row.pk, bank_reference=self.cleaned_data["bank_reference"])
        except DomainError as refusal:
            self.add_error("bank_reference", str(refusal))
        return self.is_valid()


class HurryTrade(ActForm):
    """Have the provider asked at once what became of a trade."""

    name, shortcut, permission = "ask", "a", "bookings.change_trade"
    title, done = _("Ask the provider now"), _("The provider is asked again within a few minutes.")
    note = _("What it says stands here then; a payment counts, and what comes too late goes back.")
    reasons = (_("It has been open for too long."), _("The guest says that it is paid."))

    @classmethod
    def is_possible(cls, row: Trade) -> bool:
        """Whether it is open."""
        return row.state == Trade.State.OPEN

    @property
    def lines(self) -> list[str]:
        """How much from whom, and what the provider said last."""
        return [f"{yuan(self.row.amount_fen)} · {self.row.booking.guest} · {self.row.booking}", self.row.said]

    def act(self, staff: User) -> None:
        """Have the worker do so."""
        hurry_trade(staff=staff, trade_id=self.row.pk, reason=self.words)


class SuspendHouse(HouseAct):
    """Take a home off the market."""

    name, shortcut, is_grave = "suspend", "s", True
    title, done = _("Suspend this home"), _("The home is suspended; its host reads why.")
    note = _("Nobody finds or books it, and unpaid requests are cancelled. Paid stays remain for you to decide.")
    reasons = (
        _("It is not as it is described."),
        _("It is not safe for guests."),
        _("It is not the host's to let."),
        _("The host asks to be paid outside this site."),
    )

    @classmethod
    def is_possible(cls, row: House) -> bool:
        """Whether it is on the market, or may come back to it."""
        return row.status in House.SUSPENDABLE

    @property
    def lines(self) -> list[str]:
        """The home, and how many requests and stays there are."""
        stays = Booking.objects.filter(house=self.row)
        said = gettext("Requests that are not paid: %(requests)s. Paid stays to come: %(stays)s.")
        counts = {"requests": stays.waiting().count(), "stays": stays.filter(status=Booking.Status.PAID).count()}
        return [*super().lines, said % counts, *listed(stays.filter(status=Booking.Status.PAID), home=False)]

    def act(self, staff: User) -> None:
        """Suspend it."""
        suspend_house(staff=staff, house_id=self.row.pk, reason=self.words)


class DeactivateUser(ActForm):
    """Shut somebody out."""

    name, shortcut, permission, is_grave = "deactivate", "x", "accounts.deactivate_user", True
    title, done = _("Deactivate this person"), _("The account is deactivated.")
    note = _("The person is logged out and cannot log in again. Paid stays remain for you to decide.")
    reasons = (
        _("Fraud."),
        _("Threatens or insults others."),
        _("Asks others to pay outside this site."),
        _("The account is somebody else's by now."),
    )

    @classmethod
    def is_possible(cls, row: User) -> bool:
        """Whether it is active, and no member of staff."""
        return row.is_active and not row.is_staff

    @property
    def lines(self) -> list[str]:
        """The person, and what becomes of their homes, requests and stays."""
        what = preview_deactivation(self.row)
        return [
            str(self.row),
            gettext("Homes that become suspended: %(n)s") % {"n": what.homes.count()},
            gettext("Requests that are cancelled: %(host)s in their homes, %(guest)s of their own")
            % {"host": what.requests_as_host.count(), "guest": what.requests_as_guest.count()},
            gettext("Paid stays that remain: %(host)s in their homes, %(guest)s of their own")
            % {"host": what.stays_as_host.count(), "guest": what.stays_as_guest.count()},
            *listed(what.stays_as_host),
            *listed(what.stays_as_guest),
            gettext("Owed to them: %(owed)s. Coming back to them: %(back)s.")
            % {"owed": yuan(what.owed_fen), "back": yuan(what.coming_back_fen)},
        ]

    def act(self, staff: User) -> None:
        """Deactivate the account."""
        deactivate_user(staff=staff, user_id=self.row.pk, reason=self.words)


class SettleNotice(ActForm):
    """Note that a stray notification has been looked after."""

    name, shortcut, permission = "settle", "a", "bookings.change_straynotice"
    title, done = _("Settle this notification"), _("The notification is settled.")
    note = _("Say what has been done about it, for whoever asks later.")

    @classmethod
    def is_possible(cls, row: StrayNotice) -> bool:
        """Whether nobody has."""
        return not hasattr(row, "settlement")

    def act(self, staff: User) -> None:
        """Settle it."""
        settle_notice(staff=staff, notice_id=self.row.pk, reason=self.words)


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
