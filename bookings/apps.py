"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    """Bookings and their history."""

    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        """Tell the registry of privacy what this app knows about people."""
        from accounts import privacy
        from bookings.chapter import CHAPTER

        privacy.register(CHAPTER)
