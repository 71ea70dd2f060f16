"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListingsConfig(AppConfig):
    """Homes, their calendars and reviews, and what is reported."""

    name = "listings"
    verbose_name = _("Homes")

    def ready(self) -> None:
        """Tell the registries what this app knows about people, and what it tells them."""
        from accounts import privacy
        from listings.chapter import CHAPTER
        from listings.telling import register_kinds

        privacy.register(CHAPTER)
        register_kinds()
