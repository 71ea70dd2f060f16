"""Homes for programs: areas, facilities, search, and one home."""

from typing import Any

from django.http import HttpResponse
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.once import IDEMPOTENCY_KEY, answered_once, user_of
from ihome_project.api import positive_number, ready_answer
from ihome_project.images import BadPicture
from listings.album import add_photo, order_photos, remove_photo
from listings.answers import NOBODY, areas_answer, facilities_answer, house_answer, house_page, most_booked_answer
from listings.errors import HouseNotFound
from listings.filters import HouseFilterSet
from listings.host_api import HostedHouses, LookedAtHouses, own_house
from listings.models import Area, Facility, House
from listings.search import PAGE_SIZE, search_page
from listings.serializers import (
    AreaSerializer,
    AreasSerializer,
    BasicHouseSerializer,
    FacilitiesSerializer,
    FacilitySerializer,
    FoundSerializer,
    HousePageSerializer,
    ImageSerializer,
    NewImageSerializer,
    OrderOfImagesSerializer,
)

PAGE_SIZE_MOST = 50
PAGING = [
    OpenApiParameter("p", int, description="The page, from 1."),
    OpenApiParameter("page_size", int, description=f"Homes a page, at most {PAGE_SIZE_MOST}."),
]


class AreaViewSet(GenericViewSet):
    """The areas of all cities."""

    permission_classes = (AllowAny,)
    queryset = Area.objects.all()
    serializer_class = AreaSerializer

    @extend_schema(responses=AreasSerializer)
    def list(self, request: Request) -> HttpResponse:
        """List the areas."""
        areas = areas_answer(self.get_queryset())
        return ready_answer(areas.body, areas.word)


class FacilityViewSet(GenericViewSet):
    """What a home may have."""

    permission_classes = (AllowAny,)
    queryset = Facility.objects.all()
    serializer_class = FacilitySerializer

    @extend_schema(responses=FacilitiesSerializer)
    def list(self, request: Request) -> HttpResponse:
        """List the facilities; ids 1 to 23 never change."""
        facilities = facilities_answer(self.get_queryset().order_by("id"))
        return ready_answer(facilities.body, facilities.word)


class HouseViewSet(HostedHouses, LookedAtHouses, GenericViewSet):
    """Homes: found, looked at, run and shown in photos by their hosts."""

    permission_classes = (AllowAny,)
    queryset = House.objects.all()
    serializer_class = BasicHouseSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = HouseFilterSet
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(parameters=PAGING, responses=FoundSerializer, filters=True)
    def list(self, request: Request, **_: Any) -> Response:
        """Search, with the rules of the search page."""
        number = positive_number(request.query_params.get("p"), name="p", default=1)
        size = positive_number(
            request.query_params.get("page_size"), name="page_size", default=PAGE_SIZE, most=PAGE_SIZE_MOST
        )
        found = DjangoFilterBackend().get_filterset(request, self.get_queryset(), self)
        if not found.is_valid():
            raise exceptions.ValidationError(found.errors)
        page = search_page(found.qs, asked=found.asked, query=found.query, number=number, page_size=size)
        return Response(FoundSerializer(page).data)

    @extend_schema(responses=BasicHouseSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"])
    def index(self, request: Request) -> HttpResponse:
        """List the five most booked homes that have a main image."""
        homes = most_booked_answer()
        return ready_answer(homes.body, homes.word)

    @extend_schema(responses=HousePageSerializer)
    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        """Show one home: a published one to everybody, any to its host."""
        seen = House.objects.open_to(request.user).only("status").filter(pk=pk).first()
        if seen is None:
            raise HouseNotFound
        return house_page(house_answer(seen), reader=request.user.pk or NOBODY)

    @extend_schema(
        request={"multipart/form-data": NewImageSerializer},
        responses={201: ImageSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(
        detail=False,
        methods=["post"],
        url_path="images",
        parser_classes=[MultiPartParser],
        permission_classes=[IsAuthenticated],
    )
    @answered_once(user_of)
    def add_image(self, request: Request) -> Response:
        """Put a photo behind the others of one's home; the first of a draft publishes it."""
        asked = NewImageSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        house_id, picture = asked.validated_data["house_id"], asked.validated_data["house_image"]
        try:
            image = add_photo(**own_house(request, house_id), picture=picture, publishes=True, key=request.effect_key)
        except BadPicture as error:
            error.field = "house_image"
            raise
        return Response(ImageSerializer(image).data, status=201)

    @extend_schema(request=OrderOfImagesSerializer, responses=OpenApiTypes.NONE)
    @action(detail=True, methods=["put"], url_path="images", permission_classes=[IsAuthenticated])
    def order_images(self, request: Request, pk: str) -> Response:
        """Put the photos of one's home in another order; the first is the main image."""
        asked = OrderOfImagesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        order_photos(**own_house(request, pk), image_ids=asked.validated_data["order"])
        return Response(None)

    @extend_schema(parameters=[OpenApiParameter("image_id", int, "path")], responses={200: OpenApiTypes.NONE})
    @action(
        detail=True,
        methods=["delete"],
        url_path="images/(?P<image_id>[0-9]{1,18})",
        permission_classes=[IsAuthenticated],
    )
    def remove_image(self, request: Request, pk: str, image_id: str) -> Response:
        """Remove a photo from one's home; a published home keeps its last one."""
        remove_photo(**own_house(request, pk), image_id=int(image_id))
        return Response(None)
