"""How much of a form is taken in at all."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

FORM_MOST = 12 * 1024 * 1024  # bytes: a photo of 10 MB and what a form wraps around it, as in deploy/nginx.conf


class FormLimit(FileUploadHandler):
    """Stands before the handlers that keep files, and refuses a form that is too large before it is read."""

    def handle_raw_input(self, _input: Any, _meta: Any, content_length: int, *_rest: Any, **_options: Any) -> None:
        """Raise RequestDataTooBig, which is answered with 413."""
        if content_length > FORM_MOST:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> bytes:
        """Hand everything on."""
        return raw_data

    def file_complete(self, _file_size: int) -> None:
        """Leave the file to the others."""
