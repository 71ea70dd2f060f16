"""The wire words of homes."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from listings.models import Area, Facility, House, HouseImage, Review
from listings.photos import card_photo_url, photo_url

PAGE_WIDTH = 1600
ID_MOST = 2**63 - 1


class AreaSerializer(serializers.ModelSerializer):
    """An area of `/area_info`."""

    aid = serializers.IntegerField(source="pk")
    aname = serializers.CharField(source="name")

    class Meta:
        model = Area
        fields = ("aid", "aname", "city")


class FacilitySerializer(serializers.ModelSerializer):
    """A facility of `/facilities`."""

    class Meta:
        model = Facility
        fields = ("id", "name", "icon")


class BasicHouseSerializer(serializers.ModelSerializer):
    """A home in a list."""

    house_id = serializers.IntegerField(source="pk")
    price = serializers.IntegerField(source="price_fen", help_text="Fen a night.")
    area_name = serializers.CharField()
    img_url = serializers.SerializerMethodField(help_text="The main image; empty without one.")
    order_count = serializers.IntegerField(source="booking_count")
    user_avatar = serializers.CharField(source="host.avatar_url")
    ctime = serializers.SerializerMethodField(help_text="YYYY-MM-DD")
    rating = serializers.FloatField(allow_null=True)
    min_days = serializers.IntegerField(source="min_nights")

    class Meta:
        model = House
        fields = (
            "house_id",
            "title",
            "price",
            "area_name",
            "img_url",
            "room_count",
            "order_count",
            "address",
            "user_avatar",
            "ctime",
            "rating",
            "review_count",
            "capacity",
            "unit",
            "min_days",
        )

    def get_img_url(self, house: House) -> str:
        """Return the address of the main image."""
        return card_photo_url(house)

    def get_ctime(self, house: House) -> str:
        """Return the day the home was made, in the site's time zone."""
        return timezone.localdate(house.created_at).isoformat()


class CommentSerializer(serializers.ModelSerializer):
    """A review as the contract words it."""

    user_name = serializers.CharField(source="author.name")
    ctime = serializers.SerializerMethodField(help_text="YYYY-MM-DD")

    class Meta:
        model = Review
        fields = ("comment", "user_name", "rating", "ctime")

    def get_ctime(self, review: Review) -> str:
        """Return the day of the review, in the site's time zone."""
        return timezone.localdate(review.created_at).isoformat()


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"})
class ClockField(serializers.TimeField):
    """A time of day as HH:MM: no time to JSON Schema, which wants seconds and an offset."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(format="%H:%M", **kwargs)


class FullHouseSerializer(serializers.ModelSerializer):
    """Everything public about a home."""

    hid = serializers.IntegerField(source="pk")
    user_id = serializers.IntegerField(source="host_id")
    user_name = serializers.CharField(source="host.name")
    user_avatar = serializers.CharField(source="host.avatar_url")
    price = serializers.IntegerField(source="price_fen", help_text="Fen a night.")
    area_name = serializers.CharField()
    deposit = serializers.IntegerField(source="deposit_fen", help_text="Fen.")
    min_days = serializers.IntegerField(source="min_nights")
    max_days = serializers.IntegerField(source="max_nights", help_text="0: no limit.")
    img_urls = serializers.SerializerMethodField()
    facilities = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    comments = CommentSerializer(source="newest_reviews", many=True)
    order_count = serializers.IntegerField(source="booking_count")
    rating = serializers.FloatField(allow_null=True)
    cleaning_fee = serializers.IntegerField(source="cleaning_fee_fen", help_text="Fen a stay.")
    check_in_time = ClockField()
    check_out_time = ClockField()

    class Meta:
        model = House
        fields = (
            "hid",
            "user_id",
            "user_name",
            "user_avatar",
            "title",
            "price",
            "address",
            "area_name",
            "room_count",
            "acreage",
            "unit",
            "capacity",
            "beds",
            "deposit",
            "min_days",
            "max_days",
            "img_urls",
            "facilities",
            "comments",
            "order_count",
            "rating",
            "review_count",
            "instant_book",
            "same_day_turnover",
            "verified_guests_only",
            "cleaning_fee",
            "cancellation_policy",
            "check_in_time",
            "check_out_time",
        )

    def get_img_urls(self, house: House) -> list[str]:
        """Return the addresses of the photos in order; the first is the main image."""
        images: list[HouseImage] = list(house.images.all())
        return [photo_url(image.key, PAGE_WIDTH) for image in images]


class AreasSerializer(serializers.Serializer):
    """The answer of `/area_info`."""

    areas = AreaSerializer(many=True)


class FacilitiesSerializer(serializers.Serializer):
    """The answer of `/facilities`."""

    facilities = FacilitySerializer(many=True)


class FoundSerializer(serializers.Serializer):
    """A page of a search."""

    houses = BasicHouseSerializer(many=True)
    total_page = serializers.IntegerField(source="total_pages", help_text="Of the first 1 000 homes at most.")
    total_is_capped = serializers.BooleanField(source="is_capped", help_text="Whether there are more than these.")
    current_page = serializers.IntegerField(source="number")


class HousePageSerializer(serializers.Serializer):
    """A home, and who reads about it (-1: nobody is logged in)."""

    user_id = serializers.IntegerField()
    house = FullHouseSerializer()


class NewImageSerializer(serializers.Serializer):
    """A photo of a home."""

    house_image = serializers.FileField(write_only=True, help_text="JPEG, PNG or WebP; 10 MB, 40 megapixels at most.")
    house_id = serializers.IntegerField(min_value=1, max_value=ID_MOST)


class ImageSerializer(serializers.ModelSerializer):
    """A photo that has been taken."""

    image_id = serializers.IntegerField(source="pk")
    image_url = serializers.SerializerMethodField()

    class Meta:
        model = HouseImage
        fields = ("image_id", "image_url")

    def get_image_url(self, image: HouseImage) -> str:
        """Return the address of the photo at its largest."""
        return photo_url(image.key, PAGE_WIDTH)


class OrderOfImagesSerializer(serializers.Serializer):
    """All photos of a home in the order to be."""

    order = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=ID_MOST), max_length=100)
