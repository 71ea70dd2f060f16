"""Accounts for programs: who am I, log in, log out."""

from typing import Any

from django.contrib.auth import login, logout
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from accounts.serializers import CredentialsSerializer, SelfSerializer, WhoSerializer
from accounts.services import authenticate_user


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SessionViewSet(GenericViewSet):
    """The session of a browser: `/session` and `/sessions`."""

    serializer_class = WhoSerializer

    def perform_authentication(self, request: Request) -> None:
        """Authenticate as everywhere, and leave the CSRF cookie with whoever asks, logged in or not."""
        get_token(request._request)  # noqa: SLF001 — the token belongs to Django's request
        super().perform_authentication(request)

    @action(detail=False, methods=["get"], url_path="session", url_name="detail")
    def session(self, request: Request) -> Response:
        """Tell who is logged in."""
        return Response(WhoSerializer(request.user).data)

    @extend_schema(responses=OpenApiTypes.NONE)
    @session.mapping.delete
    def log_out(self, request: Request) -> Response:
        """Log out."""
        logout(request._request)  # noqa: SLF001 — the session belongs to Django's request
        return Response(None)

    @action(
        detail=False,
        methods=["post"],
        url_path="sessions",
        url_name="list",
        permission_classes=[AllowAny],
    )
    @extend_schema(request=CredentialsSerializer, responses=WhoSerializer)
    def sessions(self, request: Request) -> Response:
        """Log in with mobile and password."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = authenticate_user(**credentials.validated_data)
        login(request._request, user)  # noqa: SLF001 — the session belongs to Django's request
        return Response(WhoSerializer(user).data)


@method_decorator(never_cache, name="dispatch")
class UserViewSet(ViewSet):
    """The account of whoever asks."""

    serializer_class = SelfSerializer

    @extend_schema(responses=SelfSerializer)
    def list(self, request: Request, **_: Any) -> Response:
        """Tell about oneself."""
        return Response(SelfSerializer(request.user).data)
