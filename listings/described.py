"""A home as search engines and chats are told of it: in a line, and in schema.org's words."""

from typing import Any

from django.urls import reverse
from django.utils.text import Truncator

from ihome_project.templatetags.ihome import absolute, yuan
from listings.models import House
from listings.pages import guests_words
from listings.photos import SIZES, photo_url

LINE_MOST = 160  # characters that a list of findings shows
SQUARE_METRES = "MTK"  # UN/CEFACT's common codes
DAY = "DAY"
FEN = 100


def described(house: House) -> str:
    """Return a home in a line: where, what, for how many, from what price, and the beginning of its description."""
    facts = (
        f"{house.area.city_name} {house.area}" if house.area else "",
        house.get_kind_display(),
        house.unit,
        guests_words(house.capacity),
        yuan(house.price_fen),
        " ".join(house.description.split()),
    )
    return Truncator(" · ".join(fact for fact in facts if fact)).chars(LINE_MOST)


def house_data(house: House) -> dict[str, Any]:
    """Return what a published home's page shows, as schema.org words it: a place to stay, with its one accommodation.

    Reads nothing more of a home that was fetched `with_page`.
    """
    address = absolute(reverse("house", args=[house.pk]))
    data = {
        "@context": "https://schema.org",
        "@type": "LodgingBusiness",
        "@id": address,
        "url": address,
        "name": house.title,
        "description": house.description or described(house),
        "image": [absolute(photo_url(image.key, SIZES[-1])) for image in house.images.all()],
        "address": {
            "@type": "PostalAddress",
            "streetAddress": house.address,
            "addressLocality": str(house.area),
            "addressRegion": house.area.city_name,
            "addressCountry": "CN",
        },
        "checkinTime": f"{house.check_in_time:%H:%M}",
        "checkoutTime": f"{house.check_out_time:%H:%M}",
        "priceRange": yuan(house.price_fen),
        "makesOffer": offer(house),
        "containsPlace": accommodation(house),
    }
    return data | ({"aggregateRating": rating(house)} if house.review_count else {})


def offer(house: House) -> dict[str, Any]:
    """Return the base price of a night; yuan as a text, never through a float."""
    price = f"{house.price_fen // FEN}.{house.price_fen % FEN:02d}"
    night = {"@type": "UnitPriceSpecification", "price": price, "priceCurrency": "CNY", "unitCode": DAY}
    return {"@type": "Offer", "priceSpecification": night}


def accommodation(house: House) -> dict[str, Any]:
    """Return what a guest has for themselves."""
    return {
        "@type": "Accommodation",
        "additionalType": "EntirePlace" if house.kind == House.Kind.WHOLE else "PrivateRoom",
        "numberOfRooms": house.room_count,
        "floorSize": {"@type": "QuantitativeValue", "value": house.acreage, "unitCode": SQUARE_METRES},
        "occupancy": {"@type": "QuantitativeValue", "maxValue": house.capacity},
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": str(facility), "value": True}
            for facility in house.facilities.all()
        ],
    }


def rating(house: House) -> dict[str, Any]:
    """Return the mean of the visible reviews' stars."""
    return {
        "@type": "AggregateRating",
        "ratingValue": house.rating,
        "reviewCount": house.review_count,
        "bestRating": 5,
        "worstRating": 1,
    }
