"""What every answer of the API has in common: envelope, codes, statuses, authentication and pages of a list."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework import authentication, exceptions, metadata, negotiation, renderers
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.json import strict_constant

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

log = structlog.get_logger(__name__)
API_PREFIX = "/api/"
USED_AGAIN = timedelta(minutes=1)  # a key's last use is known to the minute
OK = "0"
DATABASE_UNAVAILABLE, NO_SUCH_THING, EXISTS, CONFLICT = "4001", "4002", "4003", "4004"
NOT_LOGGED_IN, WRONG_PASSWORD, INVALID, INACTIVE, NOT_ALLOWED = "4101", "4102", "4103", "4104", "4105"
WRONG_CODE, NOT_POSSIBLE, THIRD_PARTY, INTERNAL = "4106", "4201", "4301", "4500"

# A family of domain errors, or a code of one, and how the contract words it: errcode and HTTP status.
FAMILIES: dict[type[DomainError], tuple[str, int]] = {
    NotFound: (NO_SUCH_THING, 404),
    AlreadyExists: (EXISTS, 409),
    Conflict: (CONFLICT, 409),
    Invalid: (INVALID, 400),
    Inactive: (INACTIVE, 403),
    NotAllowed: (NOT_ALLOWED, 403),
    NotPossible: (NOT_POSSIBLE, 409),
    TooMany: (NOT_POSSIBLE, 429),
    WrongCode: (WRONG_CODE, 400),
    ThirdPartyFailed: (THIRD_PARTY, 502),
}
CODES = {"wrong_credentials": (WRONG_PASSWORD, 401), "picture_too_large": (INVALID, 413)}
# How the frameworks' own refusals are worded, by HTTP status.
STATUSES = {
    400: (INVALID, "Parameter missing or invalid."),
    401: (NOT_LOGGED_IN, "Not logged in."),
    403: (NOT_ALLOWED, "Not allowed for this user."),
    404: (NO_SUCH_THING, "No such thing."),
    405: (NOT_POSSIBLE, "Method not allowed."),
    413: (INVALID, "The request is too large."),
    415: (INVALID, "Send JSON or a form."),
    429: (NOT_POSSIBLE, "Too many requests."),
    500: (INTERNAL, "Internal error."),
    503: (DATABASE_UNAVAILABLE, "The database is unavailable."),
}


def envelope(errcode: str, errmsg: str, data: Any = None) -> dict:
    """Return the one shape of every answer."""
    return {"errcode": errcode, "errmsg": errmsg, "data": data}


class EnvelopeRenderer(renderers.JSONRenderer):
    """Puts a success into the envelope; an error is in it already (`answer_exception`)."""

    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping | None = None
    ) -> bytes:
        """Return the JSON bytes."""
        if not renderer_context["response"].exception:
            data = envelope(OK, "OK", data)
        return super().render(data, accepted_media_type, renderer_context)


def json_bytes(data: Any) -> bytes:
    """Return data as the API writes it, without envelope."""
    return renderers.JSONRenderer().render(data)


def enveloped(data: bytes) -> bytes:
    """Put the bytes of a success into the envelope, as EnvelopeRenderer does with data."""
    return b'{"errcode":"0","errmsg":"OK","data":' + data + b"}"


def ready_answer(body: bytes, word: str) -> HttpResponse:
    """Answer with bytes that are in their envelope; `word` changes with them, and is their ETag."""
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers={"ETag": f'"{word}"'})


class AlwaysJson(negotiation.BaseContentNegotiation):
    """Ignores the Accept header: there is one form of answer."""

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:
        """Choose by Content-Type, as DRF does."""
        return negotiation.DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Choose the first."""
        return renderers[0], renderers[0].media_type


class PlainMetadata(metadata.SimpleMetadata):
    """What OPTIONS tells: the same to everybody, for whether there is a thing is told by whoever may see it only."""

    def determine_actions(self, request: Request, view: Any) -> dict:
        """Leave out what DRF would look the thing up for."""
        return {}


class JsonParser(JSONParser):
    """Reads JSON, numbers with decimals as Decimal, and refuses what only looks like it: NaN, brackets without end."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping | None = None) -> Any:
        """Return the data. Raises ParseError."""
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            data = json.loads(stream.read().decode(encoding), parse_float=Decimal, parse_constant=strict_constant)
            json.dumps(data, ensure_ascii=False, default=str).encode()  # half a surrogate pair passes only the parser
        except (ValueError, LookupError, ArithmeticError, RecursionError) as error:
            raise exceptions.ParseError from error
        return data


class KeyAuthentication(TokenAuthentication):
    """`Authorization: Token <key>` for programs. Listed first, so that nobody is 401 and not 403."""

    def authenticate(self, request: Request) -> tuple | None:
        """Return the key's user; raises AuthenticationFailed for a key that is not one."""
        try:
            return super().authenticate(request)
        except UnicodeDecodeError as error:
            raise exceptions.AuthenticationFailed("Invalid token.") from error

    def validate_user(self, auth_token: Any) -> tuple:
        """Return user and key, and note that the key is in use. Raises Inactive when the user is."""
        if not auth_token.user.is_active:
            raise Inactive
        now, used = timezone.now(), auth_token.last_used_at
        if used is None or now - used > USED_AGAIN:
            type(auth_token).objects.filter(pk=auth_token.pk).update(last_used_at=now)
        return super().validate_user(auth_token)


class SessionAuthentication(authentication.SessionAuthentication):
    """The site's session cookie; the CSRF token is asked of everybody who sends no key, logged in or not."""

    def authenticate(self, request: Request) -> tuple | None:
        """Return the session's user, after the CSRF check that DRF leaves out for those who are not logged in."""
        self.enforce_csrf(request)
        return super().authenticate(request)


def answer_exception(error: Exception, context: Mapping) -> Response | None:
    """Return the envelope for a refusal (DRF's EXCEPTION_HANDLER); None leaves an unforeseen error to Django."""
    if isinstance(error, DomainError):
        errcode, status = words_of(error)
        headers = {"Retry-After": str(error.seconds)} if isinstance(error, TooMany) else {}
        return Response(envelope(errcode, str(error), domain_error_data(error)), status=status, headers=headers)
    if isinstance(error, exceptions.APIException):
        return answer_api_exception(error)
    if isinstance(error, OperationalError | InterfaceError):
        log.error("database.unavailable", exc_info=error)
        return Response(envelope(*STATUSES[503]), status=503)
    if isinstance(error, Http404 | PermissionDenied):
        status = 404 if isinstance(error, Http404) else 403
        return Response(envelope(*STATUSES[status]), status=status)
    return None


def answer_api_exception(error: exceptions.APIException) -> Response:
    """Return the envelope for what DRF itself refuses."""
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if isinstance(error, exceptions.Throttled) and error.wait:
        headers["Retry-After"] = str(error.wait)
    data = {"fields": field_errors(error.detail)} if isinstance(error, exceptions.ValidationError) else None
    words = STATUSES.get(error.status_code, STATUSES[400])
    return Response(envelope(*words, data), status=error.status_code, headers=headers)


def words_of(error: DomainError) -> tuple[str, int]:
    """Return errcode and HTTP status of a refusal."""
    return CODES.get(error.code) or next(FAMILIES[family] for family in type(error).__mro__ if family in FAMILIES)


def domain_error_data(error: DomainError) -> dict | None:
    """Return what an error has to tell beside its words: its field, the stay to take instead, or the price as it is."""
    if "quote" in error.facts:
        quote = error.facts["quote"]
        return {
            "lines": [{"label": line.label, "amount": line.amount_fen} for line in quote.lines],
            "amount": quote.amount_fen,
        }
    if not error.field:
        return None
    data: dict[str, Any] = {"fields": {WIRE_FIELDS.get(error.field, error.field): [str(error)]}}
    if nearest := error.facts.get("nearest"):
        data["nearest"] = {"start_date": nearest.check_in.isoformat(), "end_date": nearest.check_out.isoformat()}
    return data


# What the contract calls the field that a refusal is about, where it has another word.
WIRE_FIELDS = {
    "area": "area_id",
    "check_in": "start_date",
    "check_out": "end_date",
    "deposit_fen": "deposit",
    "facilities": "facility",
    "max_nights": "max_days",
    "min_nights": "min_days",
    "price_fen": "price",
}


def field_errors(detail: Any) -> dict[str, list[str]]:
    """Return validation errors by field, whatever shape DRF gives them."""
    fields = detail if isinstance(detail, Mapping) else {"non_field_errors": detail}
    return {str(field): list(dict.fromkeys(sentences(said))) for field, said in fields.items()}


def sentences(said: Any) -> Iterator[str]:
    """Yield each sentence of what DRF says of a field, which for a list is said of its items by number."""
    if isinstance(said, Mapping | list):
        for inner in said.values() if isinstance(said, Mapping) else said:
            yield from sentences(inner)
    else:
        yield str(said)


def plain_answer(status: int, data: Any = None) -> HttpResponse:
    """Return an enveloped refusal from outside DRF: Django's own 404, 403 and 500 under /api/."""
    return JsonResponse(
        envelope(*STATUSES[status], data),
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )


def positive_number(text: str | None, *, name: str, default: int, most: int | None = None) -> int:
    """Return a positive whole number of ASCII digits from a query; raises ValidationError for anything else."""
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)) or (most and int(text) > most):  # noqa: PLR2004
        limit = f" up to {most}" if most else ""
        raise exceptions.ValidationError({name: [f"Give a whole number from 1{limit}."]})
    return int(text)
