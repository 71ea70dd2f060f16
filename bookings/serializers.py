"""The wire words of orders, as the contract calls bookings."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from bookings.models import REASON_MOST, Booking
from listings.calendar import Stay
from listings.errors import NoNight
from listings.photos import card_photo_url

GUESTS_MOST = 100
COMMENT_MOST = 1000  # characters


class NewOrderSerializer(serializers.Serializer):
    """What a request for dates takes."""

    house_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    start_date = serializers.DateField(input_formats=["%Y-%m-%d"])
    end_date = serializers.DateField(input_formats=["%Y-%m-%d"])
    guests = serializers.IntegerField(min_value=1, max_value=GUESTS_MOST, default=1)
    amount = serializers.IntegerField(min_value=0, required=False, help_text="Fen, as quoted; 4004 when it changed.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn the two dates into a stay."""
        try:
            attrs["stay"] = Stay(attrs.pop("start_date"), attrs.pop("end_date"))
        except NoNight as error:
            raise serializers.ValidationError({"end_date": [str(error)]}) from error
        attrs["agreed_fen"] = attrs.pop("amount", None)
        return attrs


class ChangeOrderSerializer(serializers.Serializer):
    """A step in a booking's life."""

    action = serializers.ChoiceField(
        choices=("accept", "reject", "cancel"),
        error_messages={"invalid_choice": "The action is accept, reject or cancel."},
    )
    reason = serializers.CharField(max_length=REASON_MOST, required=False, default="", allow_blank=True)


class NewReviewSerializer(serializers.Serializer):
    """What a guest says of a stay."""

    comment = serializers.CharField(max_length=COMMENT_MOST)
    rating = serializers.IntegerField(min_value=1, max_value=5, default=5)


class PayUrlSerializer(serializers.Serializer):
    """Where a guest pays."""

    pay_url = serializers.URLField(read_only=True)


class OrdersQuerySerializer(serializers.Serializer):
    """Which orders are listed."""

    role = serializers.ChoiceField(choices=("custom", "landlord"), default="custom")
    status = serializers.ChoiceField(choices=Booking.Status.values, required=False, default="", allow_blank=True)


class MadeOrderSerializer(serializers.ModelSerializer):
    """The answer to a request for dates: the same whenever it is asked again under its key."""

    order_id = serializers.IntegerField(source="pk")
    status = serializers.CharField(source="events.first.to_status")
    amount = serializers.IntegerField(source="amount_fen", help_text="Fen.")

    class Meta:
        model = Booking
        fields = ("order_id", "status", "amount")


class OrderSerializer(serializers.ModelSerializer):
    """A booking as its guest and its host see it."""

    order_id = serializers.IntegerField(source="pk")
    amount = serializers.IntegerField(source="amount_fen", help_text="Fen.")
    title = serializers.CharField(source="house.title")
    img_url = serializers.SerializerMethodField()
    start_date = serializers.DateField(source="check_in")
    end_date = serializers.DateField(source="check_out")
    days = serializers.IntegerField(source="nights")
    deposit = serializers.IntegerField(source="deposit_fen", help_text="Fen.")
    comment = serializers.SerializerMethodField()
    ctime = serializers.SerializerMethodField(help_text="YYYY-MM-DD HH:MM:SS")
    guest_name = serializers.CharField(source="guest.name")
    host_name = serializers.CharField(source="house.host.name")
    refunded_amount = serializers.IntegerField(source="refunded_fen", help_text="Fen.")

    class Meta:
        model = Booking
        fields = (
            "order_id",
            "house_id",
            "title",
            "img_url",
            "start_date",
            "end_date",
            "days",
            "guests",
            "amount",
            "deposit",
            "status",
            "comment",
            "reason",
            "ctime",
            "guest_name",
            "host_name",
            "refunded_amount",
            "expires_at",
        )

    def get_img_url(self, booking: Booking) -> str:
        """Return the address of the home's main image."""
        return card_photo_url(booking.house)

    def get_comment(self, booking: Booking) -> str:
        """Return the guest's review; of a rejected request the reason, as older clients expect."""
        if booking.status == Booking.Status.REJECTED:
            return booking.reason
        return booking.review.comment if booking.review else ""

    def get_ctime(self, booking: Booking) -> str:
        """Return when it was asked for, in the site's time zone."""
        return timezone.localtime(booking.created_at).strftime("%Y-%m-%d %H:%M:%S")


class OrdersSerializer(serializers.Serializer):
    """A page of orders."""

    orders = OrderSerializer(many=True)
    total_page = serializers.IntegerField()
    current_page = serializers.IntegerField()
