"""What every test may ask for: the personas, and a cheap password hasher."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.factories import IdentityFactory, UserFactory
from accounts.models import User


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Have Django find out what SQLite can before a test counts its queries."""
    with django_db_blocker.unblock():
        _ = connection.features.supports_json_field


@pytest.fixture(autouse=True)
def _fast_and_apart(settings, tmp_path):
    """Hash passwords cheaply, throttle nobody, and keep each test's files and cached answers to itself."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 1_000_000
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def keeping(settings, transactional_db) -> None:
    """A cache that keeps answers: Redis where there is one, else this process's memory; and changes that go through."""
    if settings.CACHES["default"]["BACKEND"].endswith("DummyCache"):
        memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid4().hex}
        settings.CACHES = {"default": memory | {"KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def host(db) -> User:
    """林房东, who hosts."""
    return IdentityFactory(user__mobile="+8613800138001", user__name="林房东").user


@pytest.fixture
def guest(db) -> User:
    """王小明, who books."""
    return IdentityFactory(user__mobile="+8613800138002", user__name="王小明").user


@pytest.fixture
def stranger(db) -> User:
    """赵路人, who may see nothing."""
    return UserFactory(mobile="+8613800138003", name="赵路人")


@pytest.fixture
def sms(settings) -> Callable[[], list[dict]]:
    """What has been sent so far, the latest last: purpose, masked mobile, and code or words of each message."""
    path = settings.VAR_DIR / "sms.jsonl"
    return lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def api() -> APIClient:
    """A program that sends the CSRF check what it asks for only when told to."""
    return APIClient(enforce_csrf_checks=True)
