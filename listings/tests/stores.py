"""A store that fails."""

from collections.abc import Container
from datetime import datetime

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages


class FailingStore(Storage):
    """Hands everything on to the store named "behind", and fails at chosen saves (half-way) and deletes."""

    def __init__(self, *, saves: Container[int], deletes: Container[int]) -> None:
        self.bad_saves, self.bad_deletes = saves, deletes
        self.saves = self.deletes = 0

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return storages["behind"].get_available_name(name, max_length)

    def _save(self, name: str, content: File) -> str:
        self.saves += 1
        if self.saves in self.bad_saves:
            storages["behind"].save(name, ContentFile(content.read()[:100]))
            raise OSError("No space left on device")
        return storages["behind"].save(name, content)

    def delete(self, name: str) -> None:
        self.deletes += 1
        if self.deletes in self.bad_deletes:
            raise TimeoutError("The store does not answer")
        storages["behind"].delete(name)

    def _open(self, name: str, mode: str = "rb") -> File:
        return storages["behind"].open(name, mode)

    def exists(self, name: str) -> bool:
        return storages["behind"].exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return storages["behind"].listdir(path)

    def url(self, name: str | None) -> str:
        return storages["behind"].url(name)

    def get_modified_time(self, name: str) -> datetime:
        return storages["behind"].get_modified_time(name)
