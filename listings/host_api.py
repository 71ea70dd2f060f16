"""What a host does with a home over the API, and what a guest asks of one: its nights and the price of a stay."""

from hashlib import sha256
from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from accounts.identity import require_verified
from accounts.once import IDEMPOTENCY_KEY, answered_once, given_key, user_of
from listings.errors import HouseNotFound, NightsTaken, NotYourHouse, StayRefused
from listings.host_serializers import (
    HostedSerializer,
    HouseStatusSerializer,
    MadeHouseSerializer,
    NewHouseSerializer,
    NightsQuerySerializer,
    NightsSerializer,
    QuotedSerializer,
    StayQuerySerializer,
)
from listings.models import House
from listings.pricing import priced_nights, quote_if_free
from listings.serializers import BasicHouseSerializer, FullHouseSerializer
from listings.services import create_house, publish_house, remove_house, save_house, take_offline

STEPS = {"publish": publish_house, "offline": take_offline}
ASKED = {"check_in": "sd", "check_out": "ed", "guests": "guests"}  # what the query calls what a refusal is about


def key_of(request: Request) -> str:
    """Return the client's key of a request in a form that can be kept, or nothing."""
    given = given_key(request)
    return sha256(given.encode()).hexdigest() if given else ""


def checked(serializer: Serializer) -> dict:
    """Return what a request says, once it has the right shape. Raises ValidationError."""
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def visible_house(request: Request, pk: str | int) -> House:
    """Return a home that whoever asks may see. Raises HouseNotFound."""
    house = House.objects.open_to(request.user).filter(pk=pk).first()
    if house is None:
        raise HouseNotFound
    return house


def own_house(request: Request, pk: str | int) -> dict:
    """Return how a service names a home of whoever asks. Raises HouseNotFound, or NotYourHouse for a visible one."""
    house = visible_house(request, pk)
    if house.host_id != request.user.pk:
        raise NotYourHouse
    return {"host": request.user, "house_id": house.pk}


def full_answer(house: House) -> Response:
    """Answer with everything about a home, as it is stored now."""
    return Response(FullHouseSerializer(House.objects.with_page().get(pk=house.pk)).data)


class HostedHouses(GenericViewSet):
    """A home in the hands of its host: made, written, published, taken offline."""

    def get_permissions(self) -> list[BasePermission]:
        """Only who is logged in changes anything."""
        is_write = self.action in {"update", "partial_update", "destroy"}
        return [IsAuthenticated()] if is_write else super().get_permissions()

    @extend_schema(request=NewHouseSerializer, responses={201: MadeHouseSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], permission_classes=[IsAuthenticated])
    @answered_once(user_of)
    def info(self, request: Request) -> Response:
        """Begin a home, with a verified identity: a draft, which its first photo publishes."""
        asked = checked(NewHouseSerializer(data=request.data))
        require_verified(request.user)
        house = create_house(host=request.user, key=key_of(request), **asked)
        return Response(MadeHouseSerializer(house).data, status=201)

    @extend_schema(request=NewHouseSerializer, responses=FullHouseSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Write every field of one's own home; facilities stay where none are given."""
        asked = checked(NewHouseSerializer(data=request.data))
        return full_answer(save_house(**own_house(request, pk), **asked))

    @extend_schema(request=NewHouseSerializer(partial=True), responses=FullHouseSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Write some fields of one's own home."""
        asked = checked(NewHouseSerializer(data=request.data, partial=True))
        return full_answer(save_house(**own_house(request, pk), **asked))

    @extend_schema(responses=OpenApiTypes.NONE)
    def destroy(self, request: Request, pk: str) -> Response:
        """Take one's own home off the market; bookings stay, and a home that never was on it is deleted."""
        remove_house(**own_house(request, pk))
        return Response(None)

    @extend_schema(request=HouseStatusSerializer, responses=FullHouseSerializer)
    @action(detail=True, methods=["put"], permission_classes=[IsAuthenticated])
    def status(self, request: Request, pk: str) -> Response:
        """Publish one's own home, which takes a photo and a verified identity, or take it offline."""
        asked = checked(HouseStatusSerializer(data=request.data))
        return full_answer(STEPS[asked["action"]](**own_house(request, pk)))


class LookedAtHouses(GenericViewSet):
    """What whoever may see a home asks of it before a stay."""

    @extend_schema(parameters=[NightsQuerySerializer], responses=NightsSerializer, filters=False)
    @action(detail=True, methods=["get"])
    @method_decorator(never_cache)
    def calendar(self, request: Request, pk: str) -> Response:
        """List the nights of [from, to): whether each is free, and its price."""
        asked = checked(NightsQuerySerializer(data=request.query_params))
        nights = priced_nights(visible_house(request, pk), asked["first"], asked["last"])
        return Response(NightsSerializer({"nights": nights}).data)

    @extend_schema(parameters=[StayQuerySerializer], responses=QuotedSerializer, filters=False)
    @action(detail=True, methods=["get"])
    @method_decorator(never_cache)
    def quote(self, request: Request, pk: str) -> Response:
        """Tell what a stay costs line by line, or 4004 when a night of it is taken.

        A refusal names the nearest stay that the home takes, where there is one: `nearest` in its data.
        """
        asked = checked(StayQuerySerializer(data=request.query_params))
        try:
            quote = quote_if_free(visible_house(request, pk), **asked)
        except (StayRefused, NightsTaken) as refusal:
            refusal.field = ASKED[refusal.field]
            raise
        return Response(QuotedSerializer(quote).data)


@method_decorator(never_cache, name="dispatch")
class OwnHouseViewSet(GenericViewSet):
    """The homes of whoever asks."""

    queryset = House.objects.all()
    serializer_class = BasicHouseSerializer

    @extend_schema(responses=HostedSerializer)
    def list(self, request: Request, **_: Any) -> Response:
        """List one's own homes in whatever state, newest first."""
        houses = self.get_queryset().hosted_by(request.user).newest().with_card()
        return Response(HostedSerializer({"houses": houses}).data)
