"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, identities and keys."""

    name = "accounts"
    verbose_name = _("Accounts")
