"""What drf-spectacular cannot see by itself: who callers are, the envelope, and how each operation may refuse."""

from typing import Any

from drf_spectacular.drainage import warn
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from ihome_project.examples import ANSWERS, ASKED
from ihome_project.operations import ERRCODES, MEANINGS, OPERATIONS, PARAMETERS, PREFIX

JSON = "application/json"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
NOTHING = {"type": "null"}
REFUSAL_DATA = {
    "type": ["object", "null"],
    "properties": {
        "fields": {
            "description": "What is wrong, by the name of the field that it is about.",
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "nearest": {
            "description": "The nearest stay that the home would take.",
            "type": "object",
            "required": ["start_date", "end_date"],
            "properties": {name: {"type": "string", "format": "date"} for name in ("start_date", "end_date")},
        },
        "lines": {
            "description": "What the stay costs now, line by line.",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["label", "amount"],
                "properties": {"label": {"type": "string"}, "amount": {"type": "integer"}},
            },
        },
        "amount": {"description": "What it costs now: the sum of the lines, in fen.", "type": "integer"},
        "request_id": {"description": "Of an internal error: what the log knows it by.", "type": "string"},
    },
    "additionalProperties": False,
}


class KeyScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token <key>`."""

    target_class = "ihome_project.api.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the header."""
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <key>`"}


class SessionScheme(OpenApiAuthenticationExtension):
    """The site's session cookie, with the CSRF token."""

    target_class, match_subclasses = "ihome_project.api.SessionAuthentication", True
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Unsafe methods also need the cookie `csrf_token` repeated in the header `X-CSRFToken`.",
        }


class EnvelopeSchema(AutoSchema):
    """Describes every answer in its envelope, and with each operation what the table of operations says of it."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Describe one operation; warn when the table does not know it."""
        operation = super().get_operation(*args, **kwargs)
        name = f"{self.method} {self.path.removeprefix(PREFIX)}"
        if operation is None or not self.path.startswith(PREFIX):
            return operation
        if name not in OPERATIONS:
            warn(f"ihome_project.operations does not describe {name}")
            return operation
        told = OPERATIONS[name]
        operation["summary"] = told.summary
        self._describe_parameters(operation)
        self._answer_in_envelope(operation, name)
        self._give_examples(operation, name)
        for status, errcodes in refusals_of(self.method, operation, told.refusals).items():
            if status not in operation["responses"]:  # the payment provider is refused in its own words
                operation["responses"][status] = self._refusal(status, errcodes)
        return operation

    def get_operation_id(self) -> str:
        """Return the name by which generated clients call it: what lists pages is a list as well."""
        name = super().get_operation_id()
        action = getattr(self.view, "action", None)
        return name.removesuffix("retrieve") + "list" if action == "list" and name.endswith("retrieve") else name

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Tell whether an answer's data is an array: only where its serializer says so, for lists have pages."""
        found = self.get_response_serializers() if serializer is None else serializer
        return getattr(found, "many", False)

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        """Describe successes; what answers with nothing is a 200 as well."""
        return {{"204": "200"}.get(status, status): body for status, body in super()._get_response_bodies().items()}

    def _describe_parameters(self, operation: dict[str, Any]) -> None:
        """Put the table's words beside each parameter."""
        for parameter in operation.get("parameters", ()):
            parameter.update(PARAMETERS.get(parameter["name"], {}))

    def _answer_in_envelope(self, operation: dict[str, Any], name: str) -> None:
        """Wrap what succeeds; what is shown to everybody alike may be 304."""
        for status, response in operation["responses"].items():
            content = response.setdefault("content", {JSON: {"schema": NOTHING}})
            response["description"] = "OK" if status.startswith("2") else "Refused."
            if media := content.get(JSON):
                media["schema"] = enveloped(media.get("schema") or NOTHING)
        if OPERATIONS[name].is_kept:
            operation["responses"]["304"] = {"description": "It has not changed since the ETag in If-None-Match."}
            operation.setdefault("parameters", []).append({"name": "If-None-Match"} | PARAMETERS["If-None-Match"])

    def _give_examples(self, operation: dict[str, Any], name: str) -> None:
        """Show one request and one answer."""
        if name in ASKED:
            operation["requestBody"]["content"][JSON]["examples"] = {"example": {"value": ASKED[name]}}
        success = operation["responses"].get("201") or operation["responses"]["200"]
        if media := success["content"].get(JSON):
            answer = {"errcode": "0", "errmsg": "OK", "data": ANSWERS.get(name)}
            media["examples"] = {"example": {"value": answer}}

    def _refusal(self, status: str, errcodes: list[str]) -> dict[str, Any]:
        """Return a reference to the shared description of refusals with one status and some errcodes."""
        data = self._shared("RefusalData", ResolvedComponent.SCHEMA, REFUSAL_DATA)
        name = "-".join([f"refused-{status}", *errcodes])
        return self._shared(name, ResolvedComponent.RESPONSE, refused(status, errcodes, data))

    def _shared(self, name: str, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
        """Put a description among the components, once, and return a reference to it."""
        component = ResolvedComponent(name=name, type=kind, object=name, schema=schema)
        self.registry.register_on_missing(component)
        return component.ref


def enveloped(data: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a success with some data."""
    return {
        "type": "object",
        "required": ["errcode", "errmsg", "data"],
        "properties": {"errcode": {"const": "0"}, "errmsg": {"const": "OK"}, "data": data},
        "additionalProperties": False,
    }


def refusals_of(method: str, operation: dict[str, Any], own: str) -> dict[str, list[str]]:
    """Return errcodes by HTTP status: an operation's own, and those that follow from what it takes and who may call."""
    pairs = ["400-4103", "429-4201", "500-4500", "503-4001", *own.split()]
    if operation.get("security"):
        pairs += ["401-4101", "403-4104"] + ["403-4105"] * (method in UNSAFE)
    parameters = operation.get("parameters", ())
    pairs += ["404-4002"] * any(parameter["in"] == "path" for parameter in parameters)
    pairs += ["409-4004"] * any(parameter["name"] == "Idempotency-Key" for parameter in parameters)
    if method in UNSAFE - {"DELETE"}:
        pairs += ["413-4103", "415-4103"]
    found: dict[str, list[str]] = {}
    for pair in sorted(set(pairs)):
        status, errcode = pair.split("-")
        found.setdefault(status, []).append(errcode)
    return found


def refused(status: str, errcodes: list[str], data: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a response that refuses: its schema, an example of each errcode, Retry-After."""
    described = {
        "description": " ".join(MEANINGS.get(f"{status}-{errcode}", ERRCODES[errcode].meaning) for errcode in errcodes),
        "content": {
            JSON: {
                "schema": {
                    "type": "object",
                    "required": ["errcode", "errmsg", "data"],
                    "properties": {
                        "errcode": {"enum": errcodes},
                        "errmsg": {"type": "string"},
                        "data": data,
                    },
                    "additionalProperties": False,
                },
                "examples": {errcode: {"value": ERRCODES[errcode].example(errcode)} for errcode in errcodes},
            }
        },
    }
    if status == "429":
        seconds = {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds until another try is worth it."}
        described["headers"] = {"Retry-After": seconds}
    return described
