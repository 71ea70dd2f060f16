"""What the domain refuses, in families that the API maps to an errcode and a page shows in words. Imports nothing."""


class DomainError(Exception):
    """A rule of the domain refuses what was asked, and nothing has been changed.

    `code` is stable and names the rule; `message` is a sentence for a person (translated when shown); `field` is the
    form field to show it beside; `facts` fill the placeholders of the message.
    """

    code = "refused"
    message: object = "This is not possible."  # translated ones are text only when they are shown
    field: str | None = None

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return str(self.message) % self.facts if self.facts else str(self.message)


class NotFound(DomainError):
    """There is no such thing, or it is not visible to whoever asks."""

    code = "not_found"
    message = "There is no such thing."


class AlreadyExists(DomainError):
    """The thing is there already."""


class Conflict(DomainError):
    """What was asked contradicts what is stored."""


class Invalid(DomainError):
    """A value has the right shape but cannot be accepted."""


class NotAllowed(DomainError):
    """Whoever asks may see the thing but not do this to it."""


class NotPossible(DomainError):
    """The thing is in a state in which this cannot happen."""


class Inactive(DomainError):
    """Whoever asks has an account that is closed."""

    code = "inactive"
    message = "This account is not active."


class TooMany(DomainError):
    """It has happened too often lately; `seconds` among the facts says when it is possible again."""

    code = "too_many"
    message = "Too many requests."

    @property
    def seconds(self) -> int:
        """In how many seconds it is worth another try, at least 1."""
        return int(str(self.facts["seconds"]))


class WrongCode(DomainError):
    """A one-time code is not the right one, has expired or has been used."""


class ThirdPartyFailed(DomainError):
    """A service that the site relies on did not do its part (SMS, payment, storage)."""
