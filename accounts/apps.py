"""What the app is called."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, identities and keys."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Have each session know on which device it began; tell the registries what accounts know, and tell people."""
        from django.contrib.auth.signals import user_logged_in

        from accounts import privacy
        from accounts.chapter import CHAPTER
        from accounts.sessions import begin_session
        from accounts.telling import register_kinds

        privacy.register(CHAPTER)
        register_kinds()
        user_logged_in.connect(begin_session, dispatch_uid="begin-session")
