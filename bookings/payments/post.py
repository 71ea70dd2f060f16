"""A form sent over HTTP, with an end to waiting for the answer."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

ANSWER_MOST = 64 * 1024  # bytes
UNANSWERED = (OSError, HTTPException, ValueError)

_askers = ThreadPoolExecutor(16, thread_name_prefix="payments")  # a socket's own timeout knows no total


def post_form(url: str, form: str, *, seconds: float) -> tuple[int, bytes]:
    """Return the status and the beginning of the answer to an encoded form; a redirect is not followed.

    `seconds` is for all of it, from looking up the host to the last byte. Raises one of UNANSWERED; what was sent may
    have arrived all the same.
    """
    asked = _askers.submit(_post, url, form, seconds)
    try:
        return asked.result(seconds)
    finally:
        asked.cancel()  # where it has not begun it must not be sent any more


def _post(url: str, form: str, seconds: float) -> tuple[int, bytes]:
    address = urlsplit(url)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    connect = HTTPConnection if address.scheme == "http" else HTTPSConnection
    headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
    with closing(connect(address.netloc, timeout=seconds)) as connection:
        connection.request("POST", target, form.encode(), headers)
        response = connection.getresponse()
        return response.status, response.read(ANSWER_MOST)
