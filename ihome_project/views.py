"""Pages of the project itself: is it alive, and what a visitor sees when something is wrong."""

import re

from django.contrib.auth import get_user_model
from django.core.exceptions import RequestDataTooBig
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ihome_project.api import API_PREFIX, plain_answer
from ihome_project.storage import open_object
from ihome_project.templatetags.ihome import absolute

NOT_FOR_ROBOTS = ("/admin", "/account", "/host", "/api", "/bookings")  # "/host" is not the beginning of "/houses"
PHOTO_NAME = re.compile(r"[a-z]+(/[0-9a-z-]+)+\.webp")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers with a real table; otherwise the error is a 500 like any other."""
    get_user_model().objects.exists()
    return JsonResponse({"status": "ok"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is not for them, and where the site's map is."""
    lines = ("User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), "")
    return HttpResponse("\n".join((*lines, f"Sitemap: {absolute('/sitemap.xml')}", "")), content_type="text/plain")


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """Send a stored photo as WebP and as nothing else, whatever the bytes are; for a site without nginx or S3."""
    if not PHOTO_NAME.fullmatch(name):
        raise Http404
    try:
        content = open_object(name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django itself refused to read."""
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400, template="400.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer an unsafe request without a valid CSRF token."""
    return error_page(request, 403, template="403_csrf.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what somebody may not do."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error that nobody foresaw, with the id under which the log has it."""
    return error_page(request, 500)


def error_page(request: HttpRequest, status: int, template: str | None = None) -> HttpResponse:
    """Return the envelope under /api/ and elsewhere a page, which shows the request's id."""
    if request.path.startswith(API_PREFIX):
        return plain_answer(status, {"request_id": request.request_id} if status >= 500 else None)  # noqa: PLR2004
    return render(request, template or f"{status}.html", status=status)
