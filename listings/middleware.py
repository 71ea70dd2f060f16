"""A shortcut to answers that are kept, past sessions, languages and all else that has no part in them."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.throttles import has_room
from ihome_project.api import ready_answer
from listings.answers import LISTS, NOBODY, house_page, kept_house, kept_list

BASE = "/api/v1.0/"
HOUSE = re.compile(rf"{re.escape(BASE)}houses/([0-9]{{1,18}})")
READS = "GET, HEAD, OPTIONS"
ALL = "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"


class KeptAnswersMiddleware:
    """Answers a list that is the same for everybody, or a home to who is not logged in, at once if it is kept.

    The answer is the same to the byte, headers included, as the API's, which answers whatever is not kept, all other
    methods, and whoever says by a key who they are. It stands within ApiMiddleware, which gives 304.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the shortcut, or go the whole way."""
        if request.path_info.startswith(BASE) and request.method in {"GET", "HEAD"}:
            request.get_host()  # nobody is answered under a host that is not ours
            if "HTTP_AUTHORIZATION" not in request.META and (answer := kept(request)) and has_room(request):
                return answer
        return self.get_response(request)


def kept(request: HttpRequest) -> HttpResponse | None:
    """Return the whole answer to a request if it is kept."""
    key = request.path_info.removeprefix(BASE)
    if key in LISTS:
        found = kept_list(key)
        return finished(ready_answer(found.body, found.word), allow=READS) if found else None
    if settings.SESSION_COOKIE_NAME in request.COOKIES or not (match := HOUSE.fullmatch(request.path_info)):
        return None
    house = kept_house(int(match[1]))  # only a published one is kept, and one that is no more is forgotten at once
    return finished(house_page(house, reader=NOBODY), allow=ALL) if house else None


def finished(answer: HttpResponse, *, allow: str) -> HttpResponse:
    """Give an answer the headers that it would have got on the whole way."""
    answer.headers["Allow"] = allow
    answer.headers["Vary"] = "Cookie"
    answer.headers["Content-Length"] = str(len(answer.content))
    answer.headers["Content-Language"] = "en"
    return answer
