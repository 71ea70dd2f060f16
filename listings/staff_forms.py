"""What staff are about to do with a home or a review in the admin."""

from typing import ClassVar

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ihome_project.errors import DomainError
from listings.approval import approve_house, refuse_house
from listings.models import House, Review
from listings.reviews import show_review


class HouseActForm(forms.Form):
    """An act of staff on a home, and why. Raises Http404 for what cannot be done."""

    ACTS: ClassVar = {
        "approve": (approve_house, _("Publish this home"), _("The home is published.")),
        "refuse": (refuse_house, _("Refuse this home"), _("The home is a draft again; its host reads why.")),
    }

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput({"class": "vLargeTextField"}))

    def __init__(self, *args: object, act: str, house: House, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if act not in self.ACTS:
            raise Http404
        self.act, self.house = act, house
        self.service, self.title, self.done = self.ACTS[act]
        self.fields["reason"].required = act != "approve"

    def perform(self, staff: User) -> bool:
        """Do it; False when the service refuses, with its words beside the reason."""
        try:
            self.service(staff=staff, house_id=self.house.pk, reason=self.cleaned_data["reason"])
        except DomainError as refusal:
            self.add_error("reason", str(refusal))
        return self.is_valid()


class ReviewActForm(forms.Form):
    """An act of staff on a review, and why. Raises Http404 for what cannot be done."""

    TITLES: ClassVar = {"hide": _("Hide this review"), "show": _("Show this review again")}
    DONE: ClassVar = {"hide": _("The review is hidden."), "show": _("The review is shown again.")}

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput({"class": "vLargeTextField"}))

    def __init__(self, *args: object, act: str, review: Review, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if act not in self.TITLES:
            raise Http404
        self.act, self.review = act, review
        self.title, self.done = self.TITLES[act], self.DONE[act]

    def perform(self, staff: User) -> bool:
        """Do it; False when the service refuses, with its words beside the reason."""
        reason = self.cleaned_data["reason"]
        try:
            show_review(staff=staff, review_id=self.review.pk, is_visible=self.act == "show", reason=reason)
        except DomainError as refusal:
            self.add_error("reason", str(refusal))
        return self.is_valid()
