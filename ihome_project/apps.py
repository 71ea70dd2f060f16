"""The project as an app: what must be in place before the first request."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ProjectConfig(AppConfig):
    """Puts the lost-transaction guard on every connection."""

    name = "ihome_project"
    verbose_name = "ihome"

    def ready(self) -> None:
        """Connect the guard; a connection is guarded from its first statement on."""
        from ihome_project.db import guard_connection

        connection_created.connect(guard_connection, dispatch_uid="lost-transaction-guard")
