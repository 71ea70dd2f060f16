"""`Idempotency-Key` over the API: what creates, pays or cancels happens once, however often the request comes."""

import functools
import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import InvalidMobile
from accounts.kept_answers import KeyedRequest, claim_answer, drop_claim, end_lease, keep_answer
from accounts.mobiles import parse_mobile
from accounts.models import KeptAnswer
from ihome_project.api import words_of
from ihome_project.errors import DomainError

HEADER = "Idempotency-Key"
KEY = re.compile(r"[ -~]{1,255}")  # printable ASCII
SERVER_ERRORS = 500
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    "header",
    description="1 to 255 printable characters of ASCII. The same key: the same answer, for a day.",
)

View = Callable[..., Response]
Asker = Callable[[Request], str | None]


def user_of(request: Request) -> str:
    """Return who may use a key: the user."""
    return f"user {request.user.pk}"


def number_of(request: Request) -> str | None:
    """Return who may use a key before there is a user: the number that registers. None where it is none.

    Not the session, for registering replaces it: a client whose answer was lost comes back with another one or none.
    """
    data = request.data
    try:
        return f"mobile {parse_mobile(str(data['mobile']))}" if isinstance(data, Mapping) and "mobile" in data else None
    except InvalidMobile:
        return None


def answered_once(asker: Asker) -> Callable[[View], View]:
    """Make an action of a viewset answer a request with a key once; the view finds `effect_key` at its request.

    Only successes are kept, status and data and no cookie. A refusal has changed nothing, and what stood in its way
    may be gone the next time: it leaves the key free, for a mended body too. Of an internal error or a failed third
    party nobody knows what it has done: the next run begins at once, with the same effect key.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def once(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            request.effect_key = ""
            who = asker(request) if given_key(request) else None
            if who is None:  # without a key; or the view will say what is wrong with the number
                return view(self, request, *args, **kwargs)
            kept = claim_answer(keyed(request, who, f"{self.basename} {self.action}"))
            if kept.status:
                return Response(json.loads(kept.answer), status=kept.status)
            request.effect_key = kept.effect_key
            return answer_and_keep(kept, lambda: view(self, request, *args, **kwargs))

        return once

    return decorate


def given_key(request: Request) -> str:
    """Return the client's key, or nothing. Raises ValidationError for one that is none."""
    key = request.headers.get(HEADER)
    if key is not None and not KEY.fullmatch(key):
        raise ValidationError({HEADER: ["Give 1 to 255 printable characters of ASCII."]})
    return key or ""


def keyed(request: Request, who: str, operation: str) -> KeyedRequest:
    """Return what is asked, with every file in it."""
    data = request.data
    if isinstance(data, QueryDict):
        data = {name: [content_of(value) for value in values] for name, values in data.lists()}
    asked = json.dumps([request.path, data], sort_keys=True, default=str)
    return KeyedRequest(who, request.user.pk, operation, given_key(request), asked)


def content_of(value: Any) -> Any:
    """Return a field of a form as it is, and a file by what is in it."""
    if not isinstance(value, UploadedFile):
        return value
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return ["file", digest.hexdigest()]


def answer_and_keep(claim: KeptAnswer, act: Callable[[], Response]) -> Response:
    """Return the answer to a claimed request once it is kept."""
    try:
        response = act()
    except Exception as error:
        (drop_claim if is_refusal(error) else end_lease)(claim)
        raise
    answer = JSONRenderer().render(response.data).decode() or "null"  # it writes nothing where there is nothing
    keep_answer(claim, status=response.status_code, answer=answer)
    return response


def is_refusal(error: Exception) -> bool:
    """Tell whether nothing has been done, and it is known."""
    if isinstance(error, DomainError):
        return words_of(error)[1] < SERVER_ERRORS
    if isinstance(error, APIException):
        return error.status_code < SERVER_ERRORS
    return isinstance(error, Http404 | PermissionDenied)
