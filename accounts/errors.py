"""What accounts refuse."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ihome_project.errors import (
    AlreadyExists,
    Conflict,
    DomainError,
    Inactive,
    Invalid,
    NotAllowed,
    NotFound,
    NotPossible,
    ThirdPartyFailed,
    TooMany,
    WrongCode,
)

MINUTE = 60


class InvalidMobile(Invalid):
    """The text is not the number of a mainland China mobile."""

    code = "invalid_mobile"
    message = _("Enter a mobile number of mainland China.")
    field = "mobile"


class InvalidName(Invalid):
    """The text cannot be somebody's name."""

    code = "invalid_name"
    message = _("A name has 1 to 32 visible characters.")
    field = "name"


class NameTaken(AlreadyExists):
    """Somebody else has this name."""

    code = "name_taken"
    message = _("Somebody else has this name. Choose another.")
    field = "name"


class WeakPassword(Invalid):
    """The password is too easy to guess; `words` says why."""

    code = "weak_password"
    message = "%(words)s"
    field = "password"


class WrongCredentials(DomainError):
    """Mobile number and password do not belong together (or the number is unknown: nobody learns which)."""

    code = "wrong_credentials"
    message = _("Wrong mobile number or password.")


class WrongPassword(NotAllowed):
    """The password that somebody gave again is not theirs."""

    code = "wrong_password"
    message = _("This is not your password.")
    field = "password"


class NoPassword(NotPossible):
    """The account has no password yet, for its owner has always come in with codes."""

    code = "no_password"
    message = _("You have no password yet. Set one with a code first.")
    field = "password"


class UserInactive(Inactive):
    """The account has been closed or deactivated."""

    code = "user_inactive"
    message = _("This account is not active.")


class MobileTaken(AlreadyExists):
    """The number has an account already."""

    code = "mobile_taken"
    message = _("This number has an account already. Log in with it.")
    field = "mobile"


class NoSuchAccount(NotFound):
    """The number has no account; said only to whoever has shown a code sent to it."""

    code = "no_such_account"
    message = _("This number has no account yet.")
    field = "mobile"


class WrongImageCode(WrongCode):
    """The letters are not those of the picture, or the picture has expired or been used."""

    code = "wrong_image_code"
    message = _("This is not what the picture says. Here is another one.")
    field = "image_code"


class ImageCodeNeeded(WrongCode):
    """So much went wrong from this address that the letters of a picture are asked for first."""

    code = "image_code_needed"
    message = _("Type the letters of the picture too.")
    field = "image_code"


class WrongSmsCode(WrongCode):
    """The code is not the one that was sent, or it has expired, been used, or been tried too often."""

    code = "wrong_sms_code"
    message = _("This code is wrong or has expired. Have a new one sent.")
    field = "sms_code"


class TooManyTries(TooMany):
    """It was tried too often."""

    code = "too_many_tries"

    def __str__(self) -> str:
        """Say how long to wait, in seconds or in minutes."""
        if self.seconds <= 2 * MINUTE:
            words = ngettext(
                "Too often. Try again in %(n)s second.", "Too often. Try again in %(n)s seconds.", self.seconds
            )
            return words % {"n": self.seconds}
        minutes = -(-self.seconds // MINUTE)
        words = ngettext("Too often. Try again in %(n)s minute.", "Too often. Try again in %(n)s minutes.", minutes)
        return words % {"n": minutes}


class WrongSecondFactor(WrongCode):
    """The code is none that the authenticator app shows now, and no backup code that is left."""

    code = "wrong_second_factor"
    message = _("This code is wrong, or has been used. Take the one that the app shows now.")
    field = "second_factor_code"


class SecondFactorNeeded(NotAllowed):
    """Staff have given their password in this browser, and not yet their second factor."""

    code = "second_factor_needed"
    message = _("Enter your second factor first, on the site's pages.")


class OwnSecondFactor(NotAllowed):
    """Somebody would reset their own second factor, and so could whoever has taken over their session."""

    code = "own_second_factor"
    message = _("Another administrator has to reset yours.")


class SmsBudgetSpent(TooMany):
    """The site has sent as many messages in the last hour as its operator allows."""

    code = "sms_budget_spent"
    message = _("No more codes can be sent just now. Log in with your password, or try again later.")


class SmsFailed(ThirdPartyFailed):
    """The provider did not take the message; `said` is its word for why not, with nothing of the message in it."""

    code = "sms_failed"
    message = _("The code could not be sent. Please try again in a moment.")


class SmsUnanswered(SmsFailed):
    """The provider has the message and did not say in time whether it took it: it may arrive, and it may be charged."""

    code = "sms_unanswered"
    message = _("The code may be on its way. If it does not arrive, try again in a minute.")


class InvalidIdNumber(Invalid):
    """The text is not a resident ID number: 18 digits, a real date, the check digit of GB 11643."""

    code = "invalid_id_number"
    message = _("This is not a valid ID number of 18 digits.")
    field = "id_card"


class TooYoung(Invalid):
    """Who is not 18 cannot be verified."""

    code = "too_young"
    message = _("You must be 18 or older.")
    field = "id_card"


class InvalidRealName(Invalid):
    """The text is not a name as an ID card has it."""

    code = "invalid_real_name"
    message = _("Enter the name as it stands on the ID card.")
    field = "real_name"


class UnknownConsent(Invalid):
    """The consent that was given is not to the present text."""

    code = "unknown_consent"
    message = _("The text has changed. Read it once more and agree again.")
    field = "consent_version"


class AlreadySubmitted(AlreadyExists):
    """The identity has been submitted, and has not been rejected."""

    code = "already_submitted"
    message = _("You have submitted your identity already.")


class IdNumberTaken(AlreadyExists):
    """The number belongs to another user."""

    code = "id_number_taken"
    message = _("This ID number belongs to another account.")
    field = "id_card"


class NotSubmitted(NotPossible):
    """There is nothing to decide."""

    code = "not_submitted"
    message = _("This identity is not waiting for a decision.")


class SubmittedAgain(Conflict):
    """The identity is not the one that staff have seen: it was rejected, and its owner has submitted anew."""

    code = "submitted_again"
    message = _("This identity was submitted anew meanwhile. Look at it once more.")


class ReasonMissing(Invalid):
    """The step needs a reason in words."""

    code = "reason_missing"
    message = _("Please give a reason.")
    field = "reason"


class UnreadableNumber(NotPossible):
    """The sealed ID number cannot be opened: it was sealed for another user, changed, or its key is gone."""

    code = "unreadable_number"
    message = _("The ID number cannot be read.")


class KeyNameTaken(AlreadyExists):
    """The user has a key of this name."""

    code = "key_name_taken"
    message = _("You have a key of this name. Choose another.")
    field = "name"


class TooManyKeys(NotPossible):
    """The user has as many keys as one may have."""

    code = "too_many_keys"
    message = _("You have %(keys)s keys. Revoke one of them first.")
    field = "name"


class KeyReused(Conflict):
    """The client's key came before, with another body."""

    code = "key_reused"
    message = "This key was used for something else."


class StillAnswering(Conflict):
    """The first request under the client's key is at work."""

    code = "still_answering"
    message = "The first request with this key is still at work. Send it again in a moment."


class CannotClose(NotPossible):
    """Something of the account's is still open; `reasons` says what, a sentence each."""

    code = "cannot_close"

    def __str__(self) -> str:
        """Say all reasons."""
        return " ".join(str(reason) for reason in self.facts["reasons"])  # type: ignore[attr-defined]


class NotVerified(NotAllowed):
    """Who they are has not been verified, or not yet."""

    code = "not_verified"
    message = _("Verify your identity first.")


class NoRolesForYourself(NotAllowed):
    """Nobody changes their own rights."""

    code = "no_roles_for_yourself"
    message = _("Somebody else has to change your own roles.")
    field = "roles"


class RolesChanged(NotPossible):
    """Somebody else has changed the roles since they were shown."""

    code = "roles_changed"
    message = _("The roles have changed meanwhile. Look again.")
    field = "roles"


class UserNotFound(NotFound):
    """There is no such account."""

    code = "user_not_found"
    message = _("There is no such account.")


class OwnAccount(NotAllowed):
    """Nobody does this to the account by which they act."""

    code = "own_account"
    message = _("You cannot do this to your own account.")


class OwnCase(NotAllowed):
    """Nobody of staff decides what is their own: a home, a stay, an identity, money, a report about them."""

    code = "own_case"
    message = _("Somebody else has to decide what concerns you.")


class UserIsStaff(NotPossible):
    """A member of staff loses their roles before they lose their account."""

    code = "user_is_staff"
    message = _("This is a member of staff. Have their roles taken away first.")


class OnlyAdministrators(NotAllowed):
    """Whoever works here is logged out by those who give roles, and by no other colleague."""

    code = "only_administrators"
    message = _("Only an administrator can do this to a member of staff.")


class UserActive(NotPossible):
    """The account is active already."""

    code = "user_active"
    message = _("This account is active already.")


class UserClosed(NotPossible):
    """Who has closed an account has left for good."""

    code = "user_closed"
    message = _("This account has been closed by its owner, for good.")


class MessageNotFound(NotFound):
    """There is no such message."""

    code = "message_not_found"
    message = _("There is no such message.")


class MessageWaiting(NotPossible):
    """The message is on its way already."""

    code = "message_waiting"
    message = _("This message is on its way already.")


class MessageArrived(NotPossible):
    """The message has been read, or its SMS sent: nothing is to be sent again."""

    code = "message_arrived"
    message = _("This message has arrived already.")


class NoSmsForMessage(NotPossible):
    """Messages of this kind are told in the app alone, or the site sends no notices by SMS."""

    code = "no_sms_for_message"
    message = _("There is no SMS to send for this message.")
