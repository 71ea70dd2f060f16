"""What hosts, guests and reporters are told of what staff decide: written in the transaction of that, each once."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.messages import Kind, register, tell
from accounts.models import StaffAct
from listings.models import House, Report, Review

Act = StaffAct.Act
KINDS = {
    Act.APPROVE_HOUSE: Kind("home.approved", _("%(home)s is published: guests find it now."), "circle-check"),
    Act.REFUSE_HOUSE: Kind("home.refused", _("%(home)s is not published yet. See why, and send it again."), "circle-x"),
    Act.SUSPEND_HOUSE: Kind(
        "home.suspended",
        _("%(home)s is suspended by our staff. See why."),
        "ban",
        _("A home of yours is suspended, see why"),
    ),
    Act.RESTORE_HOUSE: Kind(
        "home.restored", _("%(home)s is no longer suspended. You can publish it again."), "circle-check"
    ),
    Act.HIDE_REVIEW: Kind("review.hidden", _("Your review of %(home)s is no longer shown."), "eye-off"),
    Act.SHOW_REVIEW: Kind("review.shown", _("Your review of %(home)s is shown again."), "eye"),
}
REPORT_DECIDED = Kind("report_decided", _("We have looked at what you reported. Read what came of it."), "flag")


def register_kinds() -> None:
    """Put the kinds of messages about homes, reviews and reports into the registry."""
    for each in (*KINDS.values(), REPORT_DECIDED):
        register(each)


def tell_of_home(house: House, act: StaffAct) -> None:
    """Tell a host what staff have done to a home; inside the transaction of that. The reason stands on the page."""
    path = reverse("house-review", args=[house.pk])
    facts, key = {"home": house.title}, f"act-{act.pk}"
    tell(user=house.host, kind=KINDS[Act(act.act)].name, key=key, facts=facts, path=path)


def tell_of_review(review: Review, act: StaffAct) -> None:
    """Tell a guest whether their review is shown; inside the transaction of that."""
    path = reverse("house", args=[review.house_id])
    facts, key = {"home": review.house.title}, f"act-{act.pk}"
    tell(user=review.author, kind=KINDS[Act(act.act)].name, key=key, facts=facts, path=path)


def tell_of_decision(report: Report) -> None:
    """Tell whoever reported something that it is decided, and nobody else; inside the transaction of that."""
    kind, path = REPORT_DECIDED.name, reverse("my-reports")
    tell(user=report.reporter, kind=kind, key=f"{kind}-{report.pk}", facts={}, path=f"{path}#report-{report.pk}")
