"""What staff do with homes, reviews and reports."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.forms.acts import ActForm
from accounts.models import User
from listings.approval import approve_edits, approve_house, refuse_house, restore_house, state_of
from listings.models import House, Report, Review
from listings.reporting import decide_report
from listings.reviews import show_review


class HouseAct(ActForm):
    """An act on a home."""

    permission = "listings.change_house"

    @property
    def lines(self) -> list[str]:
        """The home and its host."""
        return [f"{self.row} · {self.row.host}"]


class LookAtHouse(HouseAct):
    """An act on a home as it was looked at."""

    @classmethod
    def version_of(cls, row: House) -> str:
        """The state it is in."""
        return state_of(row)


class ApproveHouse(LookAtHouse):
    """Publish a home that waits for its review."""

    name, shortcut, needs_reason = "approve", "a", False
    title, done = _("Publish this home"), _("The home is published.")
    note = _("Guests can find and book it at once.")

    @classmethod
    def is_possible(cls, row: House) -> bool:
        """Whether it waits."""
        return row.status == House.Status.PENDING

    def act(self, staff: User) -> None:
        """Publish it."""
        approve_house(staff=staff, house_id=self.row.pk, reason=self.words, seen=self.cleaned_data["seen"])


class RefuseHouse(ApproveHouse):
    """Give a home back to its host as a draft."""

    name, shortcut, needs_reason, is_grave = "refuse", "r", True, True
    title, done = _("Refuse this home"), _("The home is a draft again; its host reads why.")
    note = _("It is a draft again: its host reads the reason, and may publish it anew.")
    reasons = (
        _("The photos are not of this home."),
        _("The description does not say what guests get."),
        _("The address cannot be right."),
        _("The price cannot be right."),
        _("There are phone numbers or advertisements in the words or photos."),
    )

    def act(self, staff: User) -> None:
        """Refuse it."""
        refuse_house(staff=staff, house_id=self.row.pk, reason=self.words, seen=self.cleaned_data["seen"])


class ApproveEdits(LookAtHouse):
    """Let what a host has changed of a published home be."""

    name, shortcut, needs_reason = "edits", "a", False
    title, done = _("Approve what has changed"), _("The changes are approved.")
    note = _("The home stays published as it is now.")

    @classmethod
    def is_possible(cls, row: House) -> bool:
        """Whether it is published and has changed since somebody looked."""
        return row.status == House.Status.PUBLISHED and row.edited_at is not None

    def act(self, staff: User) -> None:
        """Approve it."""
        approve_edits(staff=staff, house_id=self.row.pk, reason=self.words, seen=self.cleaned_data["seen"])


class RestoreHouse(HouseAct):
    """Lift the suspension of a home."""

    name, shortcut = "restore", "a"
    title, done = _("Restore this home"), _("The home is restored; its host may publish it again.")
    note = _("It is offline: its host may publish it again.")

    @classmethod
    def is_possible(cls, row: House) -> bool:
        """Whether it is suspended."""
        return row.status == House.Status.SUSPENDED

    def act(self, staff: User) -> None:
        """Restore it."""
        restore_house(staff=staff, house_id=self.row.pk, reason=self.words)


class ReviewAct(ActForm):
    """An act on a review."""

    permission = "listings.change_review"

    @property
    def lines(self) -> list[str]:
        """The home, the author, and the words."""
        return [f"{self.row.house} · {self.row.author}", self.row.comment]

    def act(self, staff: User) -> None:
        """Hide it, or show it again."""
        show_review(staff=staff, review_id=self.row.pk, is_visible=self.name == "show", reason=self.words)


class HideReview(ReviewAct):
    """Hide a review."""

    name, shortcut, is_grave = "hide", "r", True
    title, done = _("Hide this review"), _("The review is hidden.")
    note = _("Nobody sees it on the page of the home, and its stars do not count.")
    reasons = (
        _("It insults somebody."),
        _("It tells personal data of somebody."),
        _("It is not about the stay."),
        _("It is an advertisement."),
    )

    @classmethod
    def is_possible(cls, row: Review) -> bool:
        """Whether it is visible."""
        return row.is_visible


class ShowReview(ReviewAct):
    """Show a review again."""

    name, shortcut = "show", "a"
    title, done = _("Show this review again"), _("The review is shown again.")
    note = _("Everybody sees it on the page of the home again, and its stars count.")

    @classmethod
    def is_possible(cls, row: Review) -> bool:
        """Whether it is hidden."""
        return not row.is_visible


class ReportAct(ActForm):
    """A decision on a report; what is said is read by whoever made it."""

    permission = "listings.change_report"
    field_order: ClassVar = ("chosen", "reason")

    @classmethod
    def is_possible(cls, row: Report) -> bool:
        """Whether it waits."""
        return row.is_open

    @property
    def lines(self) -> list[str]:
        """What is reported, and why."""
        return [f"{self.row} · {self.row.get_why_display()}", self.row.words]

    def act(self, staff: User) -> None:
        """Decide it."""
        decide_report(staff=staff, report_id=self.row.pk, is_upheld=self.name == "uphold", outcome=self.words)


class UpholdReport(ReportAct):
    """Agree with a report."""

    name, shortcut = "uphold", "a"
    title, done = _("Uphold this report"), _("The report is upheld; who made it reads what came of it.")
    note = _("First do what is to be done to the home, the review or the person. Who reported it reads your words.")
    reasons = (
        _("Thank you. We have taken it off the site."),
        _("Thank you. We have spoken to the person."),
        _("Thank you. It has been put right."),
    )


class DismissReport(ReportAct):
    """Disagree with a report."""

    name, shortcut, is_grave = "dismiss", "r", True
    title, done = _("Dismiss this report"), _("The report is dismissed; who made it reads why.")
    note = _("Who reported it reads your words.")
    reasons = (
        _("We have looked at it and found nothing against our rules."),
        _("We cannot tell from here. Please write to us with more about it."),
    )
