"""What accounts do around every request."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from accounts.second_factor import has_passed
from accounts.sessions import is_of_staff, note_seen
from ihome_project.api import API_PREFIX

OPEN = ("second-factor", "logout", "set_language", "healthz", "robots")  # to staff before the second factor


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


class SecondFactorMiddleware:
    """Lead staff to the second factor from every page, whatever they are about to do, until their session has passed.

    That a session is one of staff stands in the session itself. So nobody else's request asks the database for more
    than it did. The API refuses them by itself (`PassedSessionAuthentication`), where it asks who they are at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead there before anything is shown or done, or pass on."""
        has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_cookie and not is_open(request.path) and is_of_staff(request.session) and is_to_pass(request):
            return lead_to_second_factor(request)
        return self.get_response(request)


def is_open(path: str) -> bool:
    """Tell whether an address is there for staff who have not passed the second factor."""
    return path.startswith((API_PREFIX, settings.MEDIA_URL, settings.STATIC_URL)) or path in map(reverse, OPEN)


def is_to_pass(request: HttpRequest) -> bool:
    """Tell whether a session of staff has still to pass; it may have ended, or its user may be staff no more."""
    return request.user.is_staff and not has_passed(request)


def lead_to_second_factor(request: HttpRequest) -> HttpResponse:
    """Lead to the page of the second factor, and from there back to a page that was asked for."""
    is_read = request.method in {"GET", "HEAD"}
    query = f"?{urlencode({'next': request.get_full_path()})}" if is_read else ""
    response = HttpResponseRedirect(f"{reverse('second-factor')}{query}", status=302 if is_read else 303)
    add_never_cache_headers(response)
    return response
