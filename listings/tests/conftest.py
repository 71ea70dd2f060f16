"""Where photos lie in a test: on disk, or in a bucket of a server that speaks S3; and stores that fail."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of a server that speaks S3."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 — slow to import, and few tests need it

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(settings, s3_endpoint) -> None:
    """The photos lie in a bucket of their own."""
    options = {
        "endpoint_url": s3_endpoint,
        "bucket_name": f"photos-{uuid4().hex}",
        "region_name": "us-east-1",
        "access_key": "key",
        "secret_key": "secret",
    }
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "ihome_project.buckets.PhotoBucket", "OPTIONS": options},
    }
    default_storage.bucket.create()


@pytest.fixture(params=["disk", "s3"])
def store(request) -> str:
    """The photos lie on disk, and once more in a bucket."""
    if request.param == "s3":
        request.getfixturevalue("bucket")
    return request.param


@pytest.fixture
def fail_at(settings, store) -> Callable[..., None]:
    """Have the store fail at the n-th save or delete from now on, counted from 1."""

    def install(*, saves: tuple[int, ...] = (), deletes: tuple[int, ...] = ()) -> None:
        failing = {
            "BACKEND": "listings.tests.stores.FailingStore",
            "OPTIONS": {"saves": saves, "deletes": deletes},
        }
        behind = settings.STORAGES.get("behind") or settings.STORAGES["default"]
        settings.STORAGES = {**settings.STORAGES, "default": failing, "behind": behind}

    return install
