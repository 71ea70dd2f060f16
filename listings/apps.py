"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListingsConfig(AppConfig):
    """Homes, their calendars and reviews."""

    name = "listings"
    verbose_name = _("Homes")
