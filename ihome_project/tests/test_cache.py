"""The cache makes an answer faster, and nothing depends on it."""

from hashlib import sha256

import pytest
from django.conf import settings as project
from django.core.cache import cache

from ihome_project.cache import remember_count


def test_a_count_is_remembered_where_there_is_a_cache():
    assert remember_count("test", "all", lambda: 1, seconds=30) == 1
    remembered = 1 if project.REDIS_URL else 2
    assert remember_count("test", "all", lambda: 2, seconds=30) == remembered


@pytest.mark.parametrize("garbage", ["7", -1, b"\x00", {"count": 1}])
def test_garbage_in_the_cache_is_a_miss(garbage):
    cache.set(f"test:{sha256(b'all').hexdigest()}", garbage)
    assert remember_count("test", "all", lambda: 5, seconds=30) == 5


def test_a_cache_that_is_away_is_only_slower(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2, "SOCKET_TIMEOUT": 0.2, "IGNORE_EXCEPTIONS": True},
        }
    }
    assert remember_count("test", "all", lambda: 3, seconds=30) == 3
