"""Tables whose lines are written once: histories and money. What was wrong is put right by another line."""

from typing import Any, NoReturn

from django.db import models


class NeverChanged(TypeError):
    """A line of such a table was to be changed or deleted: a mistake in the code, never a visitor's."""


class AppendOnlyQuerySet(models.QuerySet):
    """Reads and adds; the rest is refused."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse. Raises NeverChanged."""
        raise NeverChanged(self.model.__name__)

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse. Raises NeverChanged."""
        raise NeverChanged(self.model.__name__)

    def delete(self) -> NoReturn:
        """Refuse. Raises NeverChanged."""
        raise NeverChanged(self.model.__name__)


class AppendOnly(models.Model):
    """A line that is written once. Deleting what it belongs to is refused by its own keys (PROTECT)."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new line. Raises NeverChanged for one that is there."""
        if not self._state.adding:
            raise NeverChanged(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse. Raises NeverChanged."""
        raise NeverChanged(type(self).__name__)
