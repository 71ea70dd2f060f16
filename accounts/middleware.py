"""What accounts do around every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.sessions import note_seen


class SeenMiddleware:
    """Note that a device is still in use, where the request has read its session anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer first: it is the answer that reads the session or does not."""
        response = self.get_response(request)
        if request.session.accessed:
            note_seen(request.session)
        return response
