"""What bookings refuse."""

from django.utils.translation import gettext_lazy as _

from ihome_project.errors import Conflict, NotAllowed, NotFound, NotPossible, ThirdPartyFailed


class BookingNotFound(NotFound):
    """There is no such booking, or whoever asks is neither its guest nor its host."""

    code = "booking_not_found"
    message = _("There is no such booking.")


class NoSuchPage(NotFound):
    """The list has no page of this number."""

    code = "no_such_page"
    message = _("The list has no such page.")


class OwnHouse(NotAllowed):
    """A host cannot be a guest at home."""

    code = "own_house"
    message = _("This is your own home.")


class VerifiedGuestsOnly(NotAllowed):
    """The home takes guests with a verified identity only."""

    code = "verified_guests_only"
    message = _("This home takes guests with a verified identity only.")


class AlreadyBooked(Conflict):
    """The guest has one of the nights already."""

    code = "already_booked"
    message = _("You have already booked these nights.")
    field = "check_in"


class TooManyOpenRequests(NotPossible):
    """The guest has as many unpaid requests as one may have."""

    code = "too_many_open_requests"
    message = _("You have %(requests)s unpaid bookings. Cancel one of them first.")


class PriceChanged(Conflict):
    """The price is not the one that the guest has seen; `quote` is the present one."""

    code = "price_changed"
    message = _("The price has changed since you saw it. Please look at it once more.")


class ChangeNotPossible(NotPossible):
    """The booking's status does not allow this step."""

    code = "change_not_possible"
    message = _("This booking cannot be changed in this way any more.")


class PaymentUnanswered(ThirdPartyFailed):
    """The payment provider did not say, so that it is unknown what it did."""

    code = "payment_unanswered"
    message = _("The payment provider does not answer. Please try again in a moment.")


class NotificationRefused(NotAllowed):
    """What came as a notification is not what the provider has signed."""

    code = "notification_refused"
    message = _("This notification is not signed by the payment provider.")
