"""Bookings for programs: ask for dates, look, cancel."""

from hashlib import sha256

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from bookings.cancelling import cancel_booking
from bookings.errors import BookingNotFound
from bookings.models import Booking
from bookings.serializers import ChangeOrderSerializer, MadeOrderSerializer, NewOrderSerializer, OrderSerializer
from bookings.services import request_booking

IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", str, "header", description="The same key: the same order.")


@method_decorator(never_cache, name="dispatch")
class OrderViewSet(GenericViewSet):
    """Orders, as the contract calls bookings."""

    queryset = Booking.objects.all()
    serializer_class = OrderSerializer
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(request=NewOrderSerializer, responses={201: MadeOrderSerializer}, parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        """Ask for dates: the nights are held at once."""
        asked = NewOrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = request.headers.get("Idempotency-Key", "")
        key = sha256(given.encode()).hexdigest() if given else ""
        booking = request_booking(guest=request.user, key=key, **asked.validated_data)
        return Response(MadeOrderSerializer(booking).data, status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a booking to its guest and its host."""
        booking = Booking.objects.visible_to(request.user).with_card().filter(pk=pk).first()
        if booking is None:
            raise BookingNotFound
        return Response(OrderSerializer(booking).data)

    @extend_schema(request=ChangeOrderSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["put"])
    def status(self, request: Request, pk: str) -> Response:
        """Cancel a request that is not paid yet."""
        change = ChangeOrderSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        booking = cancel_booking(actor=request.user, booking_id=int(pk), reason=change.validated_data["reason"])
        return Response(OrderSerializer(booking).data)
