"""Photos in a bucket that speaks S3: Amazon's, Qiniu Kodo, MinIO and the like (MEDIA_STORAGE=s3)."""

from typing import Any
from urllib.parse import urljoin

from botocore.config import Config
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 10, 2
# Everything that the site stores is WebP under a name that never gets other content.
OBJECT_PARAMETERS = {"ContentType": "image/webp", "CacheControl": "public, max-age=31536000, immutable"}


class PhotoBucket(S3Storage):
    """A bucket of photos, shown under a public address of its own or, without one, by the site itself."""

    def __init__(self, *, public_url: str = "", **options: Any) -> None:
        """Take a public address, or nothing, and the options of S3Storage."""
        config = Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            # Amazon's newer checksums are refused by most others who speak S3.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(**{"client_config": config, "object_parameters": OBJECT_PARAMETERS, **options})
        self.public_url = f"{public_url.rstrip('/')}/" if public_url else ""

    def url(self, name: str, *_args: Any, **_options: Any) -> str:
        """Return an address that is not signed and stays the same."""
        return urljoin(self.public_url or settings.MEDIA_URL, filepath_to_uri(name))
