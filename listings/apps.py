"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListingsConfig(AppConfig):
    """Homes, their calendars and reviews."""

    name = "listings"
    verbose_name = _("Homes")

    def ready(self) -> None:
        """Tell the registry of privacy what this app knows about people."""
        from accounts import privacy
        from listings.chapter import CHAPTER

        privacy.register(CHAPTER)
