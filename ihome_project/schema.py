"""What drf-spectacular cannot see by itself: how callers of the API say who they are, and the envelope."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class KeyScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token <key>`."""

    target_class = "ihome_project.api.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the header."""
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <key>`"}


class SessionScheme(OpenApiAuthenticationExtension):
    """The site's session cookie, with the CSRF token."""

    target_class = "ihome_project.api.SessionAuthentication"
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
    """Describes every answer in its envelope."""

    def _get_response_for_code(self, serializer: Any, status_code: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        response = super()._get_response_for_code(serializer, status_code, *args, **kwargs)
        for media in response.get("content", {}).values():
            media["schema"] = {
                "type": "object",
                "required": ["errcode", "errmsg", "data"],
                "properties": {
                    "errcode": {"type": "string", "examples": ["0"]},
                    "errmsg": {"type": "string", "examples": ["OK"]},
                    "data": media.get("schema", {}),
                },
            }
        return response
