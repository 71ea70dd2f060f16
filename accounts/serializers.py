"""The wire words of accounts."""

from rest_framework import serializers

from accounts.mobiles import national_mobile
from accounts.models import User


class CredentialsSerializer(serializers.Serializer):
    """What a log-in takes."""

    mobile = serializers.CharField(max_length=32)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class WhoSerializer(serializers.ModelSerializer):
    """Who is logged in."""

    user_id = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = User
        fields = ("user_id", "name")
        read_only_fields = fields


class SelfSerializer(WhoSerializer):
    """What users may read about themselves."""

    mobile = serializers.SerializerMethodField(help_text="Eleven digits.")
    create_time = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta(WhoSerializer.Meta):
        fields = ("user_id", "name", "mobile", "avatar", "create_time")

    def get_mobile(self, user: User) -> str:
        """Return the number as its owner writes it."""
        return national_mobile(user.mobile)
