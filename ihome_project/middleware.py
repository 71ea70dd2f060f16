"""What happens around every request: an id, what browsers may do with the answer, its language, refusals."""

import re
from collections.abc import Callable
from uuid import uuid4

import structlog
from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.middleware.http import ConditionalGetMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_cache_control

from ihome_project.api import API_PREFIX, words_of
from ihome_project.errors import DomainError, NotFound, TooMany

GetResponse = Callable[[HttpRequest], HttpResponse]
ADMIN_PREFIX = "/admin/"
REQUEST_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")


class RequestIdMiddleware:
    """Give each request an id, in every log line, in the answer's X-Request-ID and on error pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the proxy's id when it sends a sound one, else make one."""
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request.request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class PolicyMiddleware(CSPMiddleware):
    """Have browsers run the scripts only that a page of ours names with the nonce of this answer.

    In the admin any script of the site's own: the tags of a form's media cannot carry a nonce.
    """

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponse,
        report_only: bool = False,  # noqa: FBT001, FBT002 — django-csp's signature
    ) -> PolicyParts:
        """Return what the policy of an answer is made of."""
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(ADMIN_PREFIX):
            parts.update = {"script-src": [SELF], **(parts.update or {})}
        return parts


class PermissionsMiddleware:
    """Take from every page, and from whatever a script on it might load, what no page of the site needs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the header once for all answers."""
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class PrivatePagesMiddleware:
    """Have nobody keep a page that was made for somebody who is logged in, and only the visitor's browser any other.

    The API says itself of each answer whether it may be kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer first: it is the answer that reads the session or does not."""
        response = self.get_response(request)
        if request.path.startswith(API_PREFIX):
            return response
        if request.session.accessed and SESSION_KEY in request.session:
            add_never_cache_headers(response)
        elif response.get("Content-Type", "").startswith("text/html") and "Cache-Control" not in response:
            patch_cache_control(response, private=True)
        return response


class ApiMiddleware(ConditionalGetMiddleware):
    """Give the API's answers an ETag and 304; to XMLHttpRequest the status is 200 always.

    Older jQuery clients read errcode in their success handler only. Out here the log has seen the true status.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Leave pages as they are."""
        if not request.path.startswith(API_PREFIX):
            return response
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            response.status_code = 200
            return response
        return super().process_response(request, response)


class LanguageMiddleware:
    """Speak Chinese, or the language the visitor chose (a cookie); programs are always answered in English.

    Django's own middleware would let the browser's Accept-Language decide; here the site is Chinese until one asks.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for this request only."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        if request.path.startswith(API_PREFIX):
            language = "en"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class DomainErrorMiddleware:
    """Answer a refusal that no view translated with a page that says it, and with the status of the API."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; exceptions come to process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render the refusal; anything but a DomainError is left to Django."""
        if not isinstance(error, DomainError):
            return None
        if isinstance(error, NotFound):
            return render(request, "404.html", {"message": str(error)}, status=404)
        response = render(request, "error.html", {"message": str(error)}, status=words_of(error)[1])
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.seconds)
        return response
