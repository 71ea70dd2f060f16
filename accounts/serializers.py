"""The wire words of accounts."""

from collections.abc import Mapping

from rest_framework import serializers

from accounts.codes import CODE_MOST, ImageAnswer, Purpose
from accounts.errors import InvalidMobile
from accounts.identity import CONSENT_VERSION, masked_number
from accounts.mobiles import TYPED_MOST, national_mobile, parse_mobile
from accounts.models import Identity, User
from accounts.passwords import PASSWORD_MOST

SENDABLE = (Purpose.REGISTER, Purpose.LOGIN, Purpose.RESET)


class MobileField(serializers.CharField):
    """A mobile number as people write it, read to E.164."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=TYPED_MOST, **kwargs)

    def to_internal_value(self, data: object) -> str:
        """Return +86…. Raises ValidationError."""
        try:
            return parse_mobile(super().to_internal_value(data))
        except InvalidMobile as error:
            raise serializers.ValidationError(str(error)) from error


class PasswordField(serializers.CharField):
    """A password, with the space around it."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=PASSWORD_MOST, trim_whitespace=False, **kwargs)


class ImageAnswerSerializer(serializers.Serializer):
    """What somebody read in a picture."""

    image_code = serializers.CharField(max_length=CODE_MOST)
    image_code_id = serializers.UUIDField()

    @staticmethod
    def answer(data: Mapping) -> ImageAnswer | None:
        """Return the answer of validated data, None where there is none."""
        if not data.get("image_code_id"):
            return None
        return ImageAnswer(image_id=str(data["image_code_id"]), text=data.get("image_code", ""))


class CredentialsSerializer(ImageAnswerSerializer):
    """What a log-in takes; the picture only where it is asked for."""

    mobile = serializers.CharField(max_length=TYPED_MOST)
    password = PasswordField()
    image_code = serializers.CharField(max_length=CODE_MOST, required=False, allow_blank=True)
    image_code_id = serializers.UUIDField(required=False)


class SmsQuerySerializer(ImageAnswerSerializer):
    """What a request for a code takes."""

    mobile = MobileField()
    purpose = serializers.ChoiceField([(purpose.value, purpose.value) for purpose in SENDABLE], default="register")


class NewUserSerializer(serializers.Serializer):
    """What a registration takes."""

    mobile = MobileField()
    sms_code = serializers.CharField(max_length=CODE_MOST)
    password = PasswordField()
    password2 = PasswordField()

    def validate(self, attrs: dict) -> dict:
        """Refuse two passwords that differ."""
        if attrs["password"] != attrs.pop("password2"):
            raise serializers.ValidationError({"password2": ["The two passwords differ."]})
        return attrs


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
    avatar = serializers.CharField(source="avatar_url", read_only=True, help_text="An address; empty without one.")
    create_time = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta(WhoSerializer.Meta):
        fields = ("user_id", "name", "mobile", "avatar", "create_time")

    def get_mobile(self, user: User) -> str:
        """Return the number as its owner writes it."""
        return national_mobile(str(user.mobile))


class NameSerializer(serializers.Serializer):
    """Another name."""

    name = serializers.CharField(max_length=255, allow_blank=True, help_text="1 to 32 characters, unique.")


class AvatarSerializer(serializers.Serializer):
    """A photo to be seen by."""

    avatar = serializers.FileField(write_only=True)


class AvatarUrlSerializer(serializers.Serializer):
    """Where the photo is."""

    avatar_url = serializers.CharField()


class IdentitySerializer(serializers.ModelSerializer):
    """Where a real-name verification stands, as its owner sees it."""

    real_name = serializers.CharField(allow_null=True)
    id_card = serializers.SerializerMethodField(help_text="Masked; null before submission.")
    status = serializers.CharField(
        allow_null=True, help_text="submitted, verified or rejected; null before submission."
    )

    class Meta:
        model = Identity
        fields = ("user_id", "real_name", "id_card", "status")

    def get_id_card(self, identity: Identity) -> str | None:
        """Return the masked number."""
        return masked_number(identity) or None


class NewIdentitySerializer(serializers.Serializer):
    """What is submitted to be verified."""

    real_name = serializers.CharField(max_length=255)
    id_card = serializers.CharField(max_length=64, source="number")
    consent_version = serializers.CharField(max_length=16, default=CONSENT_VERSION)
