"""Template words of homes: their photos."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from listings.models import HouseImage
from listings.photos import SIZES, photo_url

register = template.Library()


@register.simple_tag
def photo_address(image: HouseImage) -> str:
    """Return the address of a home's photo at its largest."""
    return photo_url(image.key, SIZES[-1])


@register.simple_tag
def photo(image: HouseImage, sizes: str, *, alt: str = "", lazy: bool = True) -> SafeString:
    """Draw a home's photo with its three widths; `sizes` is the attribute of the same name."""
    srcset = ", ".join(f"{photo_url(image.key, size)} {min(size, image.width)}w" for size in SIZES)
    loading = mark_safe(' loading="lazy" decoding="async"' if lazy else ' fetchpriority="high"')  # noqa: S308 — constants
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        photo_url(image.key, SIZES[1]),
        srcset,
        sizes,
        image.width,
        image.height,
        alt,
        loading,
    )
