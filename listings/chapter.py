"""What listings know about a person (see `accounts.privacy`): their homes, and what they wrote and reported."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.privacy import Chapter, Waiting
from listings.freshness import forget_house
from listings.models import House, HouseImage, Report, Review
from listings.photos import SIZES, delete_photo, photo_name

PARTS = ("facilities", "images", "night_prices", "reviews")
LEFT_OUT = {"id", "host", "facility_mask", "rating_sum", "request_key", "request_digest"}


def export(user: User) -> dict:
    """Return homes with what guests said of them and was replied, and what the person said and reported of others.

    What others reported about the person is left out: why, when and of which stay would tell who it was, and that is
    the other one's to keep. That staff decided about a report stands among the acts of staff in the account's chapter.
    """
    names = [field.name for field in House._meta.concrete_fields if field.name not in LEFT_OUT]
    return {
        "homes": [export_house(house, names) for house in House.objects.hosted_by(user).prefetch_related(*PARTS)],
        "reviews": list(
            Review.objects.filter(author=user).values("house__title", "rating", "comment", "reply", "created_at")
        ),
        "reports": [export_report(report) for report in Report.objects.made_by(user).with_target()],
    }


def export_report(report: Report) -> dict:
    """Return a report to the one who made it; a name that it is about is the other one's."""
    said = {name: getattr(report, name) for name in ("why", "words", "created_at", "state", "outcome", "decided_at")}
    return {"about": report.kind, "home": report.home.title if report.home else ""} | said


def export_house(house: House, names: list[str]) -> dict:
    """Return a home by the names of its fields."""
    data = {name: getattr(house, name) for name in names if name != "area"}
    return data | {
        "area": str(house.area or ""),
        "facilities": [facility.name for facility in house.facilities.all()],
        "photos": [{"name": image.key, "caption": image.caption} for image in house.images.all()],
        "night_prices": [{"night": each.night, "price_fen": each.price_fen} for each in house.night_prices.all()],
        "reviews": [
            {"rating": review.rating, "comment": review.comment, "reply": review.reply, "at": review.created_at}
            for review in house.reviews.all()
        ],
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
    """Take the homes offline, without photos and without what could lead somebody to the door; a draft stays one.

    Their titles stay: they are in the bookings of those who stayed there. The words of the person's reports go; that
    there were some stays, for staff decide about them all the same.
    """
    Report.objects.made_by(user).update(words="")
    homes = House.objects.hosted_by(user)
    homes.exclude(status=House.Status.DRAFT).update(status=House.Status.OFFLINE)  # only then it may have no address
    homes.update(status_reason="", address="", description="", house_rules="", directions="")
    for house_id in homes.values_list("pk", flat=True):
        forget_house(house_id)
    for image in HouseImage.objects.filter(house__host=user):
        delete_photo(image)


CHAPTER = Chapter("homes", export, photos=photos, waiting=waiting, lock=lock, erase=erase)
