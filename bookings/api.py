"""Bookings for programs, as the contract's orders: ask for dates, look, answer, pay, cancel, review."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.once import IDEMPOTENCY_KEY, answered_once, user_of
from bookings.answering import accept_request, reject_request
from bookings.cancelling import cancel_booking
from bookings.errors import BookingNotFound, NotificationRefused
from bookings.models import Booking
from bookings.paying import payment_address, take_notification
from bookings.payments import provider
from bookings.reviewing import review_stay
from bookings.serializers import (
    ChangeOrderSerializer,
    MadeOrderSerializer,
    NewOrderSerializer,
    NewReviewSerializer,
    OrderSerializer,
    OrdersQuerySerializer,
    OrdersSerializer,
    PayUrlSerializer,
)
from bookings.services import request_booking
from ihome_project.api import positive_number
from listings.host_api import checked, key_of

PAGE_SIZE = 20
NOTIFICATION = {
    "request": OpenApiTypes.OBJECT,
    "responses": {(200, "text/plain"): OpenApiTypes.STR, (403, "text/plain"): OpenApiTypes.STR},
}


def is_phone(request: Request) -> bool:
    """Tell whether whoever pays holds a phone, for which providers have pages of their own."""
    return "Mobi" in request.headers.get("User-Agent", "")


@method_decorator(never_cache, name="dispatch")
class OrderViewSet(GenericViewSet):
    """Orders, as the contract calls bookings."""

    queryset = Booking.objects.all()
    serializer_class = OrderSerializer
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(request=NewOrderSerializer, responses={201: MadeOrderSerializer}, parameters=[IDEMPOTENCY_KEY])
    @answered_once(user_of)
    def create(self, request: Request) -> Response:
        """Ask for dates: the nights are held at once."""
        asked = checked(NewOrderSerializer(data=request.data))
        booking = request_booking(guest=request.user, key=key_of(request), **asked)
        return Response(MadeOrderSerializer(booking).data, status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a booking to its guest and its host."""
        return self.show(request, pk)

    @extend_schema(request=ChangeOrderSerializer, responses=OrderSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["put"])
    @answered_once(user_of)
    def status(self, request: Request, pk: str) -> Response:
        """Accept or reject a request as its host, or cancel a booking as its guest or its host."""
        change = checked(ChangeOrderSerializer(data=request.data))
        what, reason, key = change["action"], change["reason"], request.effect_key
        if what == "accept":
            accept_request(host=request.user, booking_id=int(pk), key=key)
        elif what == "reject":
            reject_request(host=request.user, booking_id=int(pk), reason=reason, key=key)
        else:
            cancel_booking(actor=request.user, booking_id=int(pk), reason=reason, key=key)
        return self.show(request, pk)

    @extend_schema(request=None, responses=PayUrlSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    @answered_once(user_of)
    def payment(self, request: Request, pk: str) -> Response:
        """Tell the guest where to pay: the same trade, however often it is asked."""
        address = payment_address(guest=request.user, booking_id=int(pk), is_phone=is_phone(request))
        return Response({"pay_url": address})

    @extend_schema(request=NewReviewSerializer, responses={200: None}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["put"])
    @answered_once(user_of)
    def comment(self, request: Request, pk: str) -> Response:
        """Review a stay, once, after it."""
        review_stay(guest=request.user, booking_id=int(pk), **checked(NewReviewSerializer(data=request.data)))
        return Response(None)

    @extend_schema(methods=["PUT"], operation_id="orders_notification_update", **NOTIFICATION)
    @extend_schema(methods=["POST"], operation_id="orders_notification_create", **NOTIFICATION)
    @action(
        detail=False,
        methods=["put", "post"],
        url_path="payment",
        url_name="notification",
        authentication_classes=(),
        permission_classes=(AllowAny,),
        throttle_classes=(),  # what a provider has to say, it says until it is heard
    )
    def notification(self, request: Request) -> HttpResponse:
        """Take the payment provider's signed notification; the answer is the provider's own acknowledgement."""
        try:
            body, status = take_notification(single_fields(request)), 200
        except NotificationRefused:
            body, status = provider().refused, 403
        return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")

    def show(self, request: Request, pk: str) -> Response:
        """Answer with a booking as it is stored now. Raises BookingNotFound."""
        booking = Booking.objects.visible_to(request.user).with_card().filter(pk=pk).first()
        if booking is None:
            raise BookingNotFound
        return Response(OrderSerializer(booking).data)


def single_fields(request: Request) -> dict[str, str]:
    """Return the fields of a form, or of a JSON object, of which each comes once. Raises NotificationRefused."""
    data = request.data
    if not isinstance(data, Mapping):
        raise NotificationRefused
    lists = data.lists() if hasattr(data, "lists") else ((name, [value]) for name, value in data.items())
    fields = {name: values[0] for name, values in lists if len(values) == 1 and isinstance(values[0], str)}
    if len(fields) != len(data):
        raise NotificationRefused
    return fields


@method_decorator(never_cache, name="dispatch")
class OwnOrderViewSet(GenericViewSet):
    """The orders of whoever asks."""

    queryset = Booking.objects.all()
    serializer_class = OrdersSerializer

    @extend_schema(parameters=[OrdersQuerySerializer, OpenApiParameter("p", int)], responses=OrdersSerializer)
    def list(self, request: Request) -> Response:
        """List what one has booked (`custom`), or what others have booked in one's homes (`landlord`), newest first."""
        number = positive_number(request.query_params.get("p"), name="p", default=1)
        asked = checked(OrdersQuerySerializer(data=request.query_params.dict()))
        user = request.user
        mine = Booking.objects.hosted_by(user) if asked["role"] == "landlord" else Booking.objects.made_by(user)
        if asked["status"]:
            mine = mine.filter(status=asked["status"])
        orders = mine.with_card().order_by("-created_at", "-id")[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        page = {"orders": orders, "total_page": -(-mine.count() // PAGE_SIZE), "current_page": number}
        return Response(OrdersSerializer(page).data)
