"""Objects in the store: written whole or refused, and removed as well as the store can."""

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from ihome_project.errors import ThirdPartyFailed

log = structlog.get_logger(__name__)


class StorageFailed(ThirdPartyFailed):
    """The store (a disk, a bucket) did not take an object."""

    code = "storage_failed"
    message = _("The photo could not be stored. Try again in a few minutes.")


def put_object(name: str, content: bytes) -> str:
    """Store an object and return the name it has got. Raises StorageFailed."""
    try:
        return default_storage.save(name, ContentFile(content))
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
