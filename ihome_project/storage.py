"""Objects in the store: written whole or refused, and removed as well as the store can."""

from datetime import datetime

import structlog
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from ihome_project.errors import ThirdPartyFailed

log = structlog.get_logger(__name__)


class StorageFailed(ThirdPartyFailed):
    """The store (a disk, a bucket) did not take or give an object."""

    code = "storage_failed"
    message = _("The photos cannot be reached just now. Try again in a few minutes.")


def put_object(name: str, content: bytes) -> str:
    """Store an object and return the name it has got. Raises StorageFailed."""
    try:
        return default_storage.save(name, ContentFile(content))
    except Exception as error:  # each store has errors of its own
        log.exception("storage.failed", object=name)
        raise StorageFailed from error


def open_object(name: str) -> File:
    """Return an object to read. Raises FileNotFoundError or StorageFailed."""
    try:
        return default_storage.open(name)
    except FileNotFoundError:
        raise
    except Exception as error:  # each store has errors of its own
        log.exception("storage.failed", object=name)
        raise StorageFailed from error


def remove_object(name: str) -> bool:
    """Delete an object if it is there, and tell whether it is gone; a store that fails is logged, and swept later."""
    try:
        default_storage.delete(name)
    except Exception:  # each store has errors of its own
        log.exception("storage.not_removed", object=name)
        return False
    return True


def list_objects(folder: str) -> list[str]:
    """Return the names of the objects in a folder of the store, none where there is no folder. Raises StorageFailed."""
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []
    except Exception as error:  # each store has errors of its own
        log.exception("storage.failed", object=folder)
        raise StorageFailed from error


def is_older(name: str, before: datetime) -> bool:
    """Tell whether an object was stored before an instant; one that has gone meanwhile, or does not tell, was not."""
    try:
        return default_storage.get_modified_time(name) < before
    except Exception:  # each store has errors of its own
        log.exception("storage.failed", object=name)
        return False
