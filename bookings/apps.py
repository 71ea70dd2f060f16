"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    """Bookings and their history."""

    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        """Tell the registries what this app knows about people, and what it tells them."""
        from accounts import privacy
        from bookings.chapter import CHAPTER
        from bookings.telling import register_kinds

        privacy.register(CHAPTER)
        register_kinds()
