"""What staff do with homes and reviews."""

from django.utils.translation import gettext_lazy as _

from accounts.forms.acts import ActForm
from accounts.models import User
from listings.approval import approve_house, refuse_house
from listings.models import House, Review
from listings.reviews import show_review


class HouseAct(ActForm):
    """An act on a home."""

    permission = "listings.change_house"

    @property
    def lines(self) -> list[str]:
        """The home and its host."""
        return [f"{self.row} · {self.row.host}"]


class ApproveHouse(HouseAct):
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
        approve_house(staff=staff, house_id=self.row.pk, reason=self.words)


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
        refuse_house(staff=staff, house_id=self.row.pk, reason=self.words)


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
