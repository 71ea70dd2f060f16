"""What bookings refuse."""

from django.utils.translation import gettext_lazy as _

from ihome_project.errors import AlreadyExists, Conflict, Invalid, NotAllowed, NotFound, NotPossible, ThirdPartyFailed


class BookingNotFound(NotFound):
    """There is no such booking, or whoever asks is neither its guest nor its host."""

    code = "booking_not_found"
    message = _("There is no such booking.")


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


class PaymentsNotSetUp(ThirdPartyFailed):
    """The site's settings name no payment provider that works here."""

    code = "payments_not_set_up"
    message = _("Paying is not possible on this site at the moment.")


class NotificationRefused(NotAllowed):
    """What came as a notification is not what the provider has signed."""

    code = "notification_refused"
    message = _("This notification is not signed by the payment provider.")


class RequestRanOut(NotPossible):
    """Nobody has answered or paid the request in time."""

    code = "request_ran_out"
    message = _("This request has run out.")


class StayHasBegun(NotPossible):
    """From check-in on, only our staff can cancel a stay."""

    code = "stay_has_begun"
    message = _("The stay has begun. Please ask our staff.")


class RefundChanged(Conflict):
    """What comes back is not what the page has shown; `refund_fen` is what it is now."""

    code = "refund_changed"
    message = _("What comes back has changed since you saw it. Please look at it once more.")


class RefundTooMuch(NotPossible):
    """There is less left of what was paid than is to be given back; `most_fen` is left."""

    code = "refund_too_much"
    message = _("More cannot be given back than was paid and has not gone back already.")
    field = "amount"


class ReviewNotPossible(NotPossible):
    """The stay cannot be reviewed: it is not over, too long ago, or reviewed already."""

    code = "review_not_possible"
    message = _("A stay can be reviewed once, within %(days)s days after it.")


class ReplyNotPossible(NotPossible):
    """There is no review, or it has a reply already."""

    code = "reply_not_possible"
    message = _("A review can be replied to once.")


class WordsMissing(Invalid):
    """Nothing has been written."""

    code = "words_missing"
    message = _("Please write something.")
    field = "comment"


class DueNotFound(NotFound):
    """There is no such line of what a host is owed."""

    code = "due_not_found"
    message = _("There is no such line.")


class DuePaidAlready(AlreadyExists):
    """The line has been paid; `line` names it by its booking and its number."""

    code = "due_paid_already"
    message = _("Line %(line)s has been paid already.")


class ReferenceMissing(Invalid):
    """A transfer has a reference at the bank."""

    code = "reference_missing"
    message = _("Give the bank's reference of the transfer.")
    field = "bank_reference"


class PaymentNotOffered(ThirdPartyFailed):
    """The trade's provider is not the one that the site uses now."""

    code = "payment_not_offered"
    message = _("This booking cannot be paid here. Please ask our staff.")


class NotTheHost(NotAllowed):
    """Only the host answers a request."""

    code = "not_the_host"
    message = _("Only the host can answer a request.")


class NotTheGuest(NotAllowed):
    """Only the guest pays for a stay and reviews it."""

    code = "not_the_guest"
    message = _("Only the guest can do this.")


class RefundNotFound(NotFound):
    """There is no such refund."""

    code = "refund_not_found"
    message = _("There is no such refund.")


class RefundNotRefused(NotPossible):
    """The provider has given the refund back, or may still do so."""

    code = "refund_not_refused"
    message = _("Only a refund that the payment provider refuses can be taken over.")


class RefundDone(NotPossible):
    """The money is with the guest."""

    code = "refund_done"
    message = _("This refund is done.")


class TradeNotOpen(NotPossible):
    """It is known what became of the trade."""

    code = "trade_not_open"
    message = _("It is known already what became of this trade.")


class TradeNotFound(NotFound):
    """There is no such trade."""

    code = "trade_not_found"
    message = _("There is no such trade.")


class RefundNotTaken(NotPossible):
    """The worker still has the refund, or it is done."""

    code = "refund_not_taken"
    message = _("Take this refund over first: until then the payment provider may still give it back.")


class NoticeNotFound(NotFound):
    """There is no such stray notification."""

    code = "notice_not_found"
    message = _("There is no such notice.")


class NoticeSettled(AlreadyExists):
    """Somebody has looked after the notification."""

    code = "notice_settled"
    message = _("Somebody has settled this notice already.")
