"""What homes and their calendar refuse."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ihome_project.errors import (
    AlreadyExists,
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    NotPossible,
    TooMany,
)
from ihome_project.templatetags.ihome import first_and_last


class HouseNotFound(NotFound):
    """There is no such home, or whoever asks may not see it."""

    code = "house_not_found"
    message = _("There is no such home.")


class StayRefused(Invalid):
    """The dates of a stay, or the number of its guests, cannot be had here."""


class OtherStayFree(DomainError):
    """Other dates can be had: `nearest` among the facts is the stay to take instead, where there is one."""

    def __str__(self) -> str:
        """Say what is refused, and then what is free."""
        refusal, nearest = super().__str__(), self.facts.get("nearest")
        if nearest is None:
            return refusal
        first, last = first_and_last(nearest.check_in, nearest.check_out)  # type: ignore[attr-defined]
        return gettext("%(refusal)s Free from %(first)s to %(last)s.") % {
            "refusal": refusal,
            "first": first,
            "last": last,
        }


class NoNight(StayRefused):
    """A stay needs a night."""

    code = "no_night"
    message = _("The day of leaving must be after the day of arrival.")
    field = "check_out"


class StayInThePast(OtherStayFree, StayRefused):
    """The stay begins before today, or today after the check-in time."""

    code = "stay_in_the_past"
    message = _("This day has passed. Choose a later one.")
    field = "check_in"


class StayTooFarAhead(OtherStayFree, StayRefused):
    """The stay ends beyond the horizon."""

    code = "stay_too_far_ahead"
    message = _("Stays can be booked up to %(days)s days ahead.")
    field = "check_out"


class StayTooShort(OtherStayFree, StayRefused):
    """The home asks for more nights."""

    code = "stay_too_short"
    message = _("This home takes stays of %(nights)s nights or more.")
    field = "check_out"


class StayTooLong(OtherStayFree, StayRefused):
    """The home takes fewer nights."""

    code = "stay_too_long"
    message = _("This home takes stays of %(nights)s nights at most.")
    field = "check_out"


class TooManyGuests(StayRefused):
    """The home has no room for so many."""

    code = "too_many_guests"
    message = _("This home takes %(guests)s guests at most.")
    field = "guests"


class NightsTaken(OtherStayFree, Conflict):
    """Somebody else has one of the nights."""

    code = "nights_taken"
    message = _("These nights have been taken. Choose other dates.")
    field = "check_in"


class NightsInTheWay(Conflict):
    """Guests hold some of the nights: `nights` are those, and `holds` the numbers of the holds, among the facts."""

    code = "nights_in_the_way"
    message = _("Guests have some of these nights. Nothing has been blocked.")


class NightPriceRefused(Invalid):
    """A night costs something, and not without limit."""

    code = "night_price_refused"
    message = _("A night costs from ¥0.01 to %(most)s.")
    field = "price"


class PhotoMissing(NotPossible):
    """A home is published with a photo at least."""

    code = "photo_missing"
    message = _("A home needs a photo before it can be published.")


class HouseIncomplete(NotPossible):
    """The home lacks something that it must have in its status; `missing` says all of it, a few words each."""

    code = "house_incomplete"
    message = _("This home still needs: %(words)s.")

    def __str__(self) -> str:
        """Say everything that is missing."""
        words = ", ".join(str(each.words) for each in self.facts["missing"])  # type: ignore[attr-defined]
        return str(self.message) % {"words": words}


class StatusNotPossible(NotPossible):
    """The home's status does not allow this step."""

    code = "status_not_possible"
    message = _("This home cannot be changed in this way now.")


class EditedAgain(Conflict):
    """The home is not as staff have seen it, or another of them has seen it too."""

    code = "edited_again"
    message = _("This home has changed meanwhile. Look at it once more.")


class NotYuan(Invalid):
    """The text is not an amount in yuan."""

    code = "not_yuan"
    message = _("Give an amount in yuan, such as 200 or 200.50.")


class TooManyYuan(Invalid):
    """The amount is more than anything here costs."""

    code = "too_many_yuan"
    message = _("The amount can be ¥1,000,000 at most.")


class WrongValue(Invalid):
    """A field of a home cannot have this value; `words` says why."""

    code = "wrong_value"
    message = "%(words)s"

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words=words)
        self.field = field


class NightsContradict(Invalid):
    """The longest stay is shorter than the shortest one."""

    code = "nights_contradict"
    message = _("The longest stay must not be shorter than the shortest one; 0 means no limit.")
    field = "max_nights"


class UnknownArea(Invalid):
    """There is no such area."""

    code = "unknown_area"
    message = _("There is no such area.")
    field = "area"


class UnknownFacility(Invalid):
    """There is no such facility."""

    code = "unknown_facility"
    message = _("There is no such facility.")
    field = "facilities"


class NotYourHouse(NotAllowed):
    """Whoever asks may see the home, but it is somebody else's."""

    code = "not_your_house"
    message = _("Only the host of this home may do this.")


class RequestKeyReused(Conflict):
    """The key has been used for another request."""

    code = "request_key_reused"
    message = _("This key has been used for another request.")


class PhotoNotFound(NotFound):
    """The home has no such photo."""

    code = "photo_not_found"
    message = _("There is no such photo.")


class TooManyPhotos(NotPossible):
    """The home has as many photos as one may have."""

    code = "too_many_photos"
    message = _("A home can have %(photos)s photos. Remove one first.")


class LastPhoto(NotPossible):
    """A published home keeps a photo."""

    code = "last_photo"
    message = _("A published home keeps a photo. Add another one first.")


class OtherPhotos(Invalid):
    """The photos put in order are not exactly those of the home."""

    code = "other_photos"
    message = _("The photos have changed meanwhile. Put them in order again.")
    field = "order"


class ReviewNotFound(NotFound):
    """There is no such review."""

    code = "review_not_found"
    message = _("There is no such review.")


class PersonNotFound(NotFound):
    """There is no such person, or whoever asks has nothing to do with them."""

    code = "person_not_found"
    message = _("There is no such person.")


class ReportNotFound(NotFound):
    """There is no such report."""

    code = "report_not_found"
    message = _("There is no such report.")


class ReportNotOpen(NotPossible):
    """The report has been decided."""

    code = "report_not_open"
    message = _("This report has been decided already.")


class CannotReportYourself(NotAllowed):
    """It is the reporter, or the reporter's own."""

    code = "cannot_report_yourself"
    message = _("You cannot report yourself, or what is yours.")


class AlreadyReported(AlreadyExists):
    """The reporter has reported the same thing, and staff have not decided yet."""

    code = "already_reported"
    message = _("You have reported this already. We are still looking at it.")


class UnknownWhy(Invalid):
    """What is not right is none of what can be not right with such a thing."""

    code = "unknown_why"
    message = _("Choose what is not right.")
    field = "why"


class ReportWordsMissing(Invalid):
    """Something else is not right, and nothing says what."""

    code = "report_words_missing"
    message = _("Say in a few words what is not right.")
    field = "words"


class TooManyReports(TooMany):
    """The reporter has reported as much as one may in a day."""

    code = "too_many_reports"
    message = _("You have reported a lot today. Please go on tomorrow.")
