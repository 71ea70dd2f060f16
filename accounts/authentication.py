"""How the API knows who asks by a browser's session."""

from rest_framework.request import Request

from accounts.errors import SecondFactorNeeded
from accounts.second_factor import has_passed
from ihome_project.api import SessionAuthentication


class PassedSessionAuthentication(SessionAuthentication):
    """The site's session cookie, of staff only once their session has passed the second factor."""

    def authenticate(self, request: Request) -> tuple | None:
        """Return the session's user. Raises SecondFactorNeeded for staff whose session has not passed.

        A view with `is_before_second_factor` is there for them all the same.
        """
        found = super().authenticate(request)
        is_before = getattr(request.parser_context["view"], "is_before_second_factor", False)
        session_holder = request._request  # noqa: SLF001 — the session belongs to Django's request
        if found and found[0].is_staff and not is_before and not has_passed(session_holder):
            raise SecondFactorNeeded
        return found
