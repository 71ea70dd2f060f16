"""What happens around every request: an id for its log lines, the visitor's language, refusals of the domain."""

import re
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.http import ConditionalGetMiddleware
from django.shortcuts import render
from django.utils import translation

from ihome_project.api import API_PREFIX, words_of
from ihome_project.errors import DomainError, NotFound, TooMany

GetResponse = Callable[[HttpRequest], HttpResponse]
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
