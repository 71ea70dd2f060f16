"""What a buyer does at the cashier, over HTTP."""

from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit


def press(url: str, action: str) -> tuple[int, str]:
    """Press a button of the cashier; return the status and where it leads, or the page."""
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{address.path}?{address.query}", urlencode({"action": action}), form)
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    return response.status, response.headers["Location"] or page
