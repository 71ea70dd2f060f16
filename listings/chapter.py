"""What listings know about a person (see `accounts.privacy`): their homes, and what they wrote about others'."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.privacy import Chapter, Waiting
from listings.freshness import forget_house
from listings.models import House, HouseImage, Review
from listings.photos import SIZES, delete_photo, photo_name

LEFT_OUT = {"id", "host", "facility_mask", "rating_sum"}


def export(user: User) -> dict:
    """Return homes with all that was said of them, and reviews."""
    names = [field.name for field in House._meta.concrete_fields if field.name not in LEFT_OUT]
    return {
        "homes": [export_house(house, names) for house in House.objects.hosted_by(user).prefetch_related("facilities")],
        "reviews": list(
            Review.objects.filter(author=user).values("house__title", "rating", "comment", "reply", "created_at")
        ),
    }


def export_house(house: House, names: list[str]) -> dict:
    """Return a home by the names of its fields."""
    data = {name: getattr(house, name) for name in names if name != "area"}
    return data | {
        "area": str(house.area),
        "facilities": [facility.name for facility in house.facilities.all()],
        "night_prices": list(house.night_prices.values("night", "price_fen")),
    }


def photos(user: User) -> Iterator[str]:
    """Yield the photos of all homes in their largest size, each once."""
    for key in HouseImage.objects.filter(house__host=user).order_by("key").values_list("key", flat=True).distinct():
        yield photo_name(key, SIZES[-1])


def waiting(user: User) -> Iterator[Waiting]:
    """Tell a host whose homes cannot be published that an identity is missing."""
    if House.objects.hosted_by(user).filter(status=House.Status.DRAFT).exists() and not hasattr(user, "identity"):
        yield Waiting(_("Verify your identity, then you can publish your home."), reverse("verification"))


def lock(user: User) -> list[House]:
    """Keep others from booking the homes until the account is closed."""
    return list(House.objects.select_for_update().hosted_by(user).order_by("pk"))


def erase(user: User) -> None:
    """Take the homes offline, without photos and without what could lead somebody to the door."""
    House.objects.hosted_by(user).update(
        status=House.Status.OFFLINE, address="", description="", house_rules="", directions=""
    )
    for house_id in House.objects.hosted_by(user).values_list("pk", flat=True):
        forget_house(house_id)
    for image in HouseImage.objects.filter(house__host=user):
        delete_photo(image)


CHAPTER = Chapter("homes", export, photos=photos, waiting=waiting, lock=lock, erase=erase)
