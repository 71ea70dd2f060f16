"""Measure kept answers against a view that does nothing, on a site that has homes, with Redis.

    REDIS_URL=redis://127.0.0.1:6379/13 .venv/bin/python benchmarks/kept_answers.py

All go through the same middleware and take turns in ever another order, so that whatever else the machine does slows
all of them. Prints the median in milliseconds and how many times that of Django's empty view it is: over HTTP as
gunicorn serves the site, and in the process alone, there with the processor's time too. What an empty view of the API
takes shows how much of that would be the framework's.

Goal: at most 1.3 times over HTTP, as the site is served. On two cores lists take 1.2 times and a home 1.25, where an
empty view of the API takes 1.5. In the process alone, without a server's work, they take 1.6 to 1.7 times what an empty
view takes and less than an empty view of the API: that is the turn of Redis.
"""

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ihome_project.settings")
os.environ["API_READS_PER_MINUTE"] = "1000000"  # they are counted, and none is refused
django.setup()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.decorators import api_view, permission_classes  # noqa: E402
from rest_framework.permissions import AllowAny  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402

from ihome_project.urls import urlpatterns as site  # noqa: E402
from listings.models import House  # noqa: E402

ROUNDS, WARM_UP = 1000, 50
IN_PROCESS = "in process"
API = "/api/v1.0/"
settings.ROOT_URLCONF = "benchmarks.kept_answers"


def empty(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 — a view has one
    """Answer nothing."""
    return HttpResponse(b"{}", content_type="application/json")


@api_view()
@permission_classes([AllowAny])
def empty_api(request: Request) -> Response:  # noqa: ARG001
    """Answer nothing, as the API does."""
    return Response({})


urlpatterns = [path(f"{API[1:]}empty", empty), path(f"{API[1:]}empty_api", empty_api), *site]
application = get_wsgi_application()


def measure(where: str, ask: Callable[[str], int], paths: Sequence[str]) -> None:
    """Print the median of asking each address, and how many times the first one's it is."""
    taken: dict[str, list[tuple[float, float]]] = {path: [] for path in paths}
    for _ in range(WARM_UP + ROUNDS):
        for address in random.sample(paths, len(paths)):  # none always follows the same one
            begin, worked = time.perf_counter(), time.thread_time()
            assert ask(API + address) == http.client.OK, address  # noqa: S101
            taken[address].append((time.perf_counter() - begin, time.thread_time() - worked))
    medians = {
        path: [statistics.median(kind) for kind in zip(*all_[WARM_UP:], strict=True)] for path, all_ in taken.items()
    }
    for address, (median, work) in medians.items():
        nothing, no_work = medians[paths[0]]
        times, of_work = f"{median * 1000:8.2f} ms {median / nothing:6.2f} ×", f"processor {work / no_work:6.2f} ×"
        print(f"{where:<12} {address:<16} {times}  {of_work if where == IN_PROCESS else ''}".rstrip())


def in_process(address: str) -> int:
    """Ask as a server would, without one, and return the status."""
    answer: list[str] = []
    asked = {"PATH_INFO": address, "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}
    setup_testing_defaults(asked)
    body = application(asked, lambda status, _headers: answer.append(status))
    b"".join(body)
    body.close()
    return int(answer[0][:3])


def over_http(paths: Sequence[str]) -> None:
    """Measure with one gunicorn and one connection."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "benchmarks.kept_answers"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PORT": str(port)})  # noqa: S603 — ours
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        wait_for(port)

        def ask(address: str) -> int:
            connection.request("GET", address)
            answer = connection.getresponse()
            answer.read()
            return answer.status

        measure("HTTP", ask, paths)
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    """Return once something listens on a port."""
    while True:
        with socket.socket() as there:
            if there.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def main() -> None:
    """Measure both ways. Exits with a message where there is nothing to measure."""
    home = House.objects.published().first()
    if not settings.REDIS_URL or home is None:
        sys.exit("Needs REDIS_URL and a site with homes.")
    paths = ("empty", "empty_api", "area_info", "facilities", "houses/index", f"houses/{home.pk}")
    over_http(paths)
    measure(IN_PROCESS, in_process, paths)


if __name__ == "__main__":
    main()
