"""What homes and their calendar refuse."""

from django.utils.translation import gettext_lazy as _

from ihome_project.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossible


class HouseNotFound(NotFound):
    """There is no such home, or whoever asks may not see it."""

    code = "house_not_found"
    message = _("There is no such home.")


class NotYourHome(NotAllowed):
    """The home is somebody else's, and whoever asks may see it but not change it."""

    code = "not_your_home"
    message = _("This is not your home.")


class StayRefused(Invalid):
    """The dates of a stay, or the number of its guests, cannot be had here."""


class NoNight(StayRefused):
    """A stay needs a night."""

    code = "no_night"
    message = _("The day of leaving must be after the day of arrival.")
    field = "check_out"


class StayInThePast(StayRefused):
    """The stay begins before today, or today after the check-in time."""

    code = "stay_in_the_past"
    message = _("This day has passed. Choose a later one.")
    field = "check_in"


class StayTooFarAhead(StayRefused):
    """The stay ends beyond the horizon."""

    code = "stay_too_far_ahead"
    message = _("Stays can be booked up to %(days)s days ahead.")
    field = "check_out"


class StayTooShort(StayRefused):
    """The home asks for more nights."""

    code = "stay_too_short"
    message = _("This home takes stays of %(nights)s nights or more.")
    field = "check_out"


class StayTooLong(StayRefused):
    """The home takes fewer nights."""

    code = "stay_too_long"
    message = _("This home takes stays of %(nights)s nights at most.")
    field = "check_out"


class TooManyGuests(StayRefused):
    """The home has no room for so many."""

    code = "too_many_guests"
    message = _("This home takes %(guests)s guests at most.")
    field = "guests"


class NightsTaken(Conflict):
    """Somebody else has one of the nights."""

    code = "nights_taken"
    message = _("These nights have been taken. Choose other dates.")
    field = "check_in"


class PhotoMissing(NotPossible):
    """A home is published with a photo at least."""

    code = "photo_missing"
    message = _("A home needs a photo before it can be published.")


class StatusNotPossible(NotPossible):
    """The home's status does not allow this step."""

    code = "status_not_possible"
    message = _("This home cannot be changed in this way now.")


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
