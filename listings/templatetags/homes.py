"""Template words of homes: their photos."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from listings.models import HouseImage
from listings.photos import SIZES, photo_url

register = template.Library()


@register.simple_tag
def photo(image: HouseImage, sizes: str, *, alt: str = "", lazy: bool = True) -> SafeString:
    """Draw a home's photo with its three widths; `sizes` is the attribute of the same name."""
    srcset = ", ".join(f"{photo_url(image.key, size)} {min(size, image.width)}w" for size in SIZES)
    loading = format_html(' loading="lazy" decoding="async"') if lazy else format_html(' fetchpriority="high"')
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
