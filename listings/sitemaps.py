"""What search engines should look at: every published home, and the searches of areas that have some."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse

from listings.models import House
from listings.models.querysets import HouseQuerySet
from listings.search import areas_with_counts


class SiteMap(Sitemap):
    """A part of the site's map, whose addresses begin with SITE_URL whatever host is asked for it."""

    @property
    def protocol(self) -> str:
        """Http or https."""
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:  # noqa: ARG002 — Django's signature
        """Return the host of the site."""
        return urlsplit(settings.SITE_URL).netloc


class HouseMap(SiteMap):
    """Every published home, with when it changed; in the order in which they were made, so that pages stay the same."""

    limit = 10_000

    def items(self) -> HouseQuerySet:
        """Return the homes, with nothing but what the map says of them."""
        return House.objects.published().only("updated_at").order_by("pk")

    def lastmod(self, item: House) -> datetime:
        """Return when a home was changed."""
        return item.updated_at

    def location(self, item: House) -> str:
        """Return where a home's page is."""
        return reverse("house", args=[item.pk])

    def get_latest_lastmod(self) -> datetime | None:
        """Return when the last of all changes was."""
        return House.objects.published().aggregate(latest=Max("updated_at"))["latest"]


class PageMap(SiteMap):
    """The front page, the search, and the search of each area that has homes."""

    def items(self) -> list[str]:
        """Return their addresses."""
        search = reverse("search")
        return [reverse("home"), search, *(f"{search}?aid={area.pk}" for area in areas_with_counts())]

    def location(self, item: str) -> str:
        """Return the address, as it is."""
        return item


SITEMAPS = {"pages": PageMap, "houses": HouseMap}
