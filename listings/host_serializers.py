"""The wire words of a home that its host writes, of its nights and of a stay's price."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ihome_project.errors import Invalid
from listings.calendar import Stay
from listings.errors import NoNight
from listings.filters import ISO_DATE
from listings.models import House
from listings.money import parse_yuan
from listings.serializers import BasicHouseSerializer

NIGHTS_SHOWN, NIGHTS_MOST = 62, 400
FACILITIES_MOST = 200  # in a request, which may repeat them
STEPS = ("publish", "offline")


class CountField(serializers.IntegerField):
    """A whole number from 1 (or `min_value`) as a number or as ASCII digits, nine at most."""

    digits = re.compile(r"[0-9]{1,9}", re.ASCII)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"min_value": 1, **kwargs})

    def to_internal_value(self, data: object) -> int:
        """Return the number. Raises ValidationError."""
        if not self.digits.fullmatch(str(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class LineField(serializers.CharField):
    """A line of text, or a number that stands for one."""

    def to_internal_value(self, data: object) -> str:
        """Return the text. Raises ValidationError."""
        return super().to_internal_value(str(data) if isinstance(data, Decimal) else data)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}], "examples": ["200.99"]})
class YuanField(serializers.Field):
    """An amount in yuan as text or number, read to fen."""

    default_error_messages = {"nothing": "This cannot be free."}

    def __init__(self, *, may_be_nothing: bool = False, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.may_be_nothing = may_be_nothing

    def to_internal_value(self, data: Any) -> int:
        """Return fen. Raises ValidationError."""
        try:
            fen = parse_yuan(data)
        except Invalid as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        if not (fen or self.may_be_nothing):
            self.fail("nothing")
        return fen


class NewHouseSerializer(serializers.Serializer):
    """What a home takes."""

    title = LineField(max_length=64)
    price = YuanField(source="price_fen", help_text="Yuan a night, such as 200.99.")
    area_id = CountField(source="area")
    address = LineField(max_length=255)
    room_count = CountField()
    acreage = CountField()
    unit = LineField(max_length=32)
    capacity = CountField()
    beds = LineField(max_length=64)
    deposit = YuanField(source="deposit_fen", may_be_nothing=True, help_text="Yuan.")
    min_days = CountField(source="min_nights")
    max_days = CountField(source="max_nights", min_value=0, help_text="0: no limit.")
    facility = serializers.ListField(
        source="facilities", child=CountField(), required=False, max_length=FACILITIES_MOST
    )


class MadeHouseSerializer(serializers.ModelSerializer):
    """The answer to a new home."""

    house_id = serializers.IntegerField(source="pk")

    class Meta:
        model = House
        fields = ("house_id",)


class HouseStatusSerializer(serializers.Serializer):
    """A step of a home onto the market or off it."""

    action = serializers.ChoiceField(choices=STEPS, error_messages={"invalid_choice": "Publish or offline."})


class HostedSerializer(serializers.Serializer):
    """The answer of `/user/houses`."""

    houses = BasicHouseSerializer(many=True)


class NightsQuerySerializer(serializers.Serializer):
    """Which nights of a home are asked for: [from, to)."""

    def get_fields(self) -> dict:
        """Return the two days; the first is a word of Python's."""
        return {name: serializers.DateField(input_formats=ISO_DATE, required=False) for name in ("from", "to")}

    def validate(self, attrs: dict) -> dict[str, date]:
        """Return `first` and `last`. Raises ValidationError for an interval that is none, or too long."""
        first = attrs.get("from", timezone.localdate())
        shown = min(NIGHTS_SHOWN, (date.max - first).days)
        last = attrs.get("to", first + timedelta(days=shown))
        if not timedelta(0) <= last - first <= timedelta(days=NIGHTS_MOST):
            raise serializers.ValidationError({"to": [f"Give a day from `from` on, {NIGHTS_MOST} nights at most."]})
        return {"first": first, "last": last}


class NightSerializer(serializers.Serializer):
    """A night of a home."""

    date = serializers.DateField()
    available = serializers.BooleanField(source="is_free", help_text="Nobody holds it.")
    price = serializers.IntegerField(source="price_fen", help_text="Fen.")


class NightsSerializer(serializers.Serializer):
    """The nights of a home in a row."""

    nights = NightSerializer(many=True)


class StayQuerySerializer(serializers.Serializer):
    """A stay whose price is asked for."""

    sd = serializers.DateField(input_formats=ISO_DATE)
    ed = serializers.DateField(input_formats=ISO_DATE)
    guests = CountField(default=1)

    def validate(self, attrs: dict) -> dict:
        """Return `stay` and `guests`. Raises ValidationError for a stay without a night."""
        try:
            return {"stay": Stay(attrs["sd"], attrs["ed"]), "guests": attrs["guests"]}
        except NoNight as refusal:
            raise serializers.ValidationError({"ed": [str(refusal)]}) from refusal


class QuoteLineSerializer(serializers.Serializer):
    """A line of a price."""

    label = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen", help_text="Fen; negative for a discount.")


class QuotedSerializer(serializers.Serializer):
    """What a stay costs."""

    nights = serializers.IntegerField()
    lines = QuoteLineSerializer(many=True)
    amount = serializers.IntegerField(source="amount_fen", help_text="Fen: the sum of the lines.")
    deposit = serializers.IntegerField(source="deposit_fen", help_text="Fen; not part of the amount.")
