"""Photos in a bucket: what each object says of itself, where it is shown, and a store that is not there."""

import json
import os
import subprocess
import sys
from time import monotonic

import pytest
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ihome_project.buckets import PhotoBucket
from ihome_project.storage import StorageFailed, put_object, remove_object

KODO = {
    "DJANGO_SETTINGS_MODULE": "ihome_project.settings",
    "MEDIA_STORAGE": "s3",
    "S3_ENDPOINT": "https://s3.cn-east-1.qiniucs.com",
    "S3_REGION": "cn-east-1",
    "S3_BUCKET": "ihome-photos",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
    "S3_PUBLIC_URL": "https://photos.ihome.example",
}
TELL = """
import json, django; django.setup()
from django.conf import settings; from django.core.files.storage import default_storage as store
print(json.dumps([store.url("houses/a-400.webp"), settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"],
                  store.endpoint_url, store.bucket_name, store.region_name, store.access_key, store.secret_key]))
"""


def move_store(settings, endpoint: str) -> None:
    """Have the site look for its bucket elsewhere."""
    options = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": endpoint}
    settings.STORAGES = settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": options}}


def test_an_object_is_an_image_that_browsers_keep_for_good(bucket):
    default_storage.save("houses/a-400.webp", ContentFile(b"pixels"))
    stored = default_storage.bucket.Object("houses/a-400.webp").get()
    assert stored["ContentType"] == "image/webp"
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert stored["Body"].read() == b"pixels"


def test_an_object_is_replaced_under_its_name(bucket):
    for content in (b"before", b"after"):
        assert put_object("demo/a-400.webp", content) == "demo/a-400.webp"
    with default_storage.open("demo/a-400.webp") as file:
        assert file.read() == b"after"


@pytest.mark.parametrize("public_url", ["https://photos.ihome.example", "https://photos.ihome.example/"])
def test_a_photo_is_shown_under_the_public_address_without_a_signature(public_url):
    store = PhotoBucket(public_url=public_url, bucket_name="photos")
    assert store.url("houses/a-400.webp") == "https://photos.ihome.example/houses/a-400.webp"


@pytest.mark.django_db
def test_without_a_public_address_the_site_shows_the_photo(bucket, client):
    put_object("houses/a-400.webp", b"pixels")
    answer = client.get(default_storage.url("houses/a-400.webp"))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert b"".join(answer) == b"pixels"
    assert client.get("/media/houses/b-400.webp").status_code == 404


@pytest.mark.django_db
def test_a_store_that_is_not_there_shows_no_photo_and_says_so(settings, bucket, client):
    move_store(settings, "http://127.0.0.1:9")
    assert client.get("/media/houses/a-400.webp").status_code == 502


def test_a_store_is_not_waited_for_long():
    config = PhotoBucket(bucket_name="photos").client_config
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (3, 10, 2)


def test_a_store_that_is_not_there_fails_soon(settings, bucket):
    move_store(settings, "http://127.0.0.1:9")
    start = monotonic()
    with pytest.raises(StorageFailed):
        put_object("houses/a-400.webp", b"pixels")
    assert remove_object("houses/a-400.webp") is False
    assert monotonic() - start < 10


def test_the_environment_chooses_the_bucket_and_pages_may_show_it(tmp_path):
    environment = (
        os.environ | KODO | {"DJANGO_SETTINGS_MODULE": "ihome_project.settings", "IHOME_VAR_DIR": str(tmp_path)}
    )
    ran = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True, env=environment)  # noqa: S603 — ours
    url, shown, *rest = json.loads(ran.stdout)
    assert url == "https://photos.ihome.example/houses/a-400.webp"
    assert shown == ["'self'", "data:", "https://photos.ihome.example"]
    assert rest == [KODO[f"S3_{name}"] for name in ("ENDPOINT", "BUCKET", "REGION", "ACCESS_KEY", "SECRET_KEY")]


@pytest.mark.parametrize(
    ("name", "value", "error"), [("MEDIA_STORAGE", "ftp", "ihome.E020"), ("S3_PUBLIC_URL", "photos.ex", "ihome.E022")]
)
def test_a_store_that_there_is_not_is_refused(settings, name, value, error):
    setattr(settings, name, value)
    assert [found.id for found in run_checks() if found.id.startswith("ihome.E02")] == [error]


def test_a_bucket_without_a_key_is_refused(settings):
    settings.MEDIA_STORAGE, settings.S3_BUCKET, settings.S3_ACCESS_KEY = "s3", "photos", "key"
    (found,) = [found for found in run_checks() if found.id == "ihome.E021"]
    assert "S3_SECRET_KEY" in found.hint
