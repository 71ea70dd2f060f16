"""The project as an app: what must be in place before the first request."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin
from django.db.backends.signals import connection_created


class ProjectConfig(AppConfig):
    """Puts the lost-transaction guard on every connection."""

    name = "ihome_project"
    verbose_name = "ihome"
    default = True

    def ready(self) -> None:
        """Connect the guard; a connection is guarded from its first statement on. Register the checks."""
        from ihome_project import checks  # noqa: F401 — its import registers them
        from ihome_project.db import guard_connection

        connection_created.connect(guard_connection, dispatch_uid="lost-transaction-guard")


class AdminConfig(django_admin.AdminConfig):
    """Django's admin, on our own site."""

    default = False
    default_site = "ihome_project.admin.AdminSite"
