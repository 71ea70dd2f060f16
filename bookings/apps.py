"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    """Bookings and their history."""

    name = "bookings"
    verbose_name = _("Bookings")
