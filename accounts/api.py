"""Accounts for programs: codes, registering, log-in, who am I, and what belongs to me."""

from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from accounts.codes import binding_of, check_image_code, draw_image_code, send_code
from accounts.identity import submit_identity
from accounts.limits import client_address
from accounts.models import Identity
from accounts.once import IDEMPOTENCY_KEY, answered_once, number_of, user_of
from accounts.passwords import authenticate_user
from accounts.serializers import (
    AvatarSerializer,
    AvatarUrlSerializer,
    CredentialsSerializer,
    IdentitySerializer,
    NameSerializer,
    NewIdentitySerializer,
    NewUserSerializer,
    SelfSerializer,
    SmsQuerySerializer,
    WhoSerializer,
)
from accounts.services import register_user, rename_user, set_avatar
from ihome_project.images import BadPicture


def checked(serializer: type[serializers.Serializer], data: Any) -> dict:
    """Return what a request says, once it has the right shape. Raises ValidationError."""
    asked = serializer(data=data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


@method_decorator(never_cache, name="dispatch")
class ImageCodeViewSet(ViewSet):
    """Pictures of letters, which a person can read and a program can hardly."""

    permission_classes = (AllowAny,)

    @extend_schema(
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, "path", description="Made by the client.")],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        """Draw a picture under an id of the client's: good for three minutes, one answer, and this session."""
        image_id = serializers.UUIDField().run_validation(pk)
        picture = draw_image_code(
            image_id=str(image_id), binding=binding_of(request.session), address=client_address(request)
        )
        return HttpResponse(picture, content_type="image/png")


@method_decorator(never_cache, name="dispatch")
class SmsCodeViewSet(ViewSet):
    """Codes by SMS. A GET by contract: what guards it is the one-use picture, which is bound to the session."""

    permission_classes = (AllowAny,)
    lookup_field = "mobile"
    lookup_value_regex = "[^/]+"

    @extend_schema(
        parameters=[SmsQuerySerializer, OpenApiParameter("mobile", str, "path")], responses=OpenApiTypes.NONE
    )
    def retrieve(self, request: Request, mobile: str) -> Response:
        """Send a code to a number, whether anybody has it or not."""
        asked = checked(SmsQuerySerializer, request.query_params.dict() | {"mobile": mobile})
        binding = binding_of(request.session)
        check_image_code(SmsQuerySerializer.answer(asked), binding=binding)
        send_code(mobile=asked["mobile"], purpose=asked["purpose"], binding=binding, address=client_address(request))
        return Response(None)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class UsersViewSet(GenericViewSet):
    """Registering."""

    permission_classes = (AllowAny,)
    serializer_class = NewUserSerializer

    @extend_schema(responses={201: WhoSerializer}, parameters=[IDEMPOTENCY_KEY])
    @answered_once(number_of)
    def create(self, request: Request) -> Response:
        """Make an account for a number whose code has arrived, and log in."""
        asked = checked(NewUserSerializer, request.data)
        user = register_user(**asked, binding=binding_of(request.session), key=request.effect_key)
        login(request._request, user)  # noqa: SLF001 — the session belongs to Django's request
        return Response(WhoSerializer(user).data, status=201)


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SessionViewSet(GenericViewSet):
    """The session of a browser: `/session` and `/sessions`."""

    serializer_class = WhoSerializer
    is_before_second_factor = True  # staff may see who they are, and log out

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

    @extend_schema(request=CredentialsSerializer, responses=WhoSerializer)
    @action(
        detail=False,
        methods=["post"],
        url_path="sessions",
        url_name="list",
        permission_classes=[AllowAny],
    )
    def sessions(self, request: Request) -> Response:
        """Log in with mobile and password; after many wrong ones from an address with the letters of a picture too."""
        asked = checked(CredentialsSerializer, request.data)
        user = authenticate_user(
            mobile=asked["mobile"],
            password=asked["password"],
            address=client_address(request),
            binding=binding_of(request.session),
            image=CredentialsSerializer.answer(asked),
        )
        login(request._request, user)  # noqa: SLF001 — the session belongs to Django's request
        return Response(WhoSerializer(user).data)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class UserViewSet(ViewSet):
    """The account of whoever asks."""

    serializer_class = SelfSerializer

    @extend_schema(responses=SelfSerializer)
    def list(self, request: Request, **_: Any) -> Response:
        """Tell about oneself."""
        return Response(SelfSerializer(request.user).data)

    @extend_schema(request=NameSerializer, responses=NameSerializer)
    @action(detail=False, methods=["put"], url_path="name")
    def rename(self, request: Request) -> Response:
        """Take another name."""
        asked = checked(NameSerializer, request.data)
        return Response({"name": rename_user(user=request.user, name=asked["name"])})

    @extend_schema(request={"multipart/form-data": AvatarSerializer}, responses=AvatarUrlSerializer)
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def avatar(self, request: Request) -> Response:
        """Be seen by another photo."""
        asked = checked(AvatarSerializer, request.data)
        try:
            return Response({"avatar_url": set_avatar(user=request.user, picture=asked["avatar"])})
        except BadPicture as error:
            error.field = "avatar"
            raise

    @extend_schema(responses=IdentitySerializer)
    @action(detail=False, methods=["get"])
    def auth(self, request: Request) -> Response:
        """Tell where one's real-name verification stands."""
        identity = Identity.objects.filter(user=request.user).first()
        nothing = {"user_id": request.user.pk, "real_name": None, "id_card": None, "status": None}
        return Response(IdentitySerializer(identity).data if identity else nothing)

    @extend_schema(request=NewIdentitySerializer, responses=OpenApiTypes.NONE, parameters=[IDEMPOTENCY_KEY])
    @auth.mapping.post
    @answered_once(user_of)
    def submit_auth(self, request: Request) -> Response:
        """Submit real name and ID number, once; agreeing to the consent text."""
        asked = checked(NewIdentitySerializer, request.data)
        submit_identity(user=request.user, way=Identity.Way.API, key=request.effect_key, **asked)
        return Response(None)
