"""What a walk through the site in a browser needs: the site as `make run` serves it, and a watched page."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from base64 import b32decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
PASSWORD = "ihome-demo-2026"
ADDRESSES = cycle(range(1, 255))


@pytest.fixture(scope="session")
def site_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the site writes into."""
    return tmp_path_factory.mktemp("site")


@dataclass
class Site:
    """A site as `make run` serves it, in a folder of its own and at a port that stays."""

    folder: Path
    port: int = 0
    server: subprocess.Popen | None = None

    def __post_init__(self) -> None:
        self.port = self.port or free_port()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        place = {"PORT": str(self.port), "SITE_URL": self.url, "IHOME_VAR_DIR": str(self.folder), "REDIS_URL": ""}
        rules = {"DEBUG": "0", "TRUSTED_PROXIES": "1", "DATABASE_URL": f"sqlite:///{self.folder}/db.sqlite3"}
        return os.environ | place | rules

    def manage(self, *words: str) -> None:
        """Run a command of manage.py on it."""
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True, capture_output=True, timeout=60)

    def start(self, *, days: int = 0) -> None:
        """Serve it, as if so many days had passed, and wait until it answers."""
        clock = {"PYTHONPATH": str(ROOT / "tests_e2e/clock"), "IHOME_TEST_DAYS": str(days)} if days else {}
        with (self.folder / "log").open("a") as log:
            self.server = subprocess.Popen(
                [ROOT / "deploy/serve"], env=self.environment | clock, stdout=log, stderr=subprocess.STDOUT
            )
        if not is_up(self.server, self.url):
            pytest.exit(f"The site did not come up:\n{(self.folder / 'log').read_text()}", returncode=1)

    def stop(self) -> None:
        """Stop it as a person does; it must end well."""
        self.server.terminate()
        assert self.server.wait(timeout=30) == 0

    def copy_to(self, folder: Path) -> "Site":
        """Return another site that knows what this one knows now; photos and static files are the same."""
        with (
            closing(sqlite3.connect(self.folder / "db.sqlite3")) as known,
            closing(sqlite3.connect(folder / "db.sqlite3")) as copy,
        ):
            known.backup(copy)
        for path in self.folder.iterdir():
            if path.is_dir():
                (folder / path.name).symlink_to(path)
            elif not path.name.startswith(("db.sqlite3", "log", "sms.jsonl")):
                shutil.copy(path, folder)
        return Site(folder)


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def whole_site(site_dir: Path) -> Iterator[Site]:
    """Serve a new site with the demo data for the whole session."""
    site = Site(site_dir)
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def base_url(whole_site: Site) -> str:
    """Where that site answers."""
    return whole_site.url


def is_up(server: subprocess.Popen, url: str) -> bool:
    """Wait until the site answers; False when it has ended or takes longer than three minutes."""
    for _ in range(360):
        try:
            return urllib.request.urlopen(f"{url}/healthz", timeout=5).status == 200
        except OSError:
            if server.poll() is not None:
                return False
            time.sleep(0.5)
    return False


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Start the system's Chromium, and let it ask no other host by itself."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return browser_type_launch_args | {"executable_path": shutil.which("chromium"), "args": arguments}


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Both sizes of window, one after the other."""
    return request.param


@pytest.fixture
def has_script(request: pytest.FixtureRequest) -> bool:
    """Whether JavaScript is on: it is, unless the test says otherwise."""
    return getattr(request, "param", True)


@pytest.fixture
def language(request: pytest.FixtureRequest) -> str:
    """The visitor's choice: English, unless the test says otherwise."""
    return getattr(request, "param", "en")


@pytest.fixture
def browser_context_args(browser_context_args: dict, size: str, has_script: bool) -> dict:  # noqa: FBT001
    """Give the page its size, JavaScript or none, and an address of its own, from which nobody has sent a code yet."""
    address = {"X-Forwarded-For": f"198.51.100.{next(ADDRESSES)}"}
    return browser_context_args | {
        "viewport": SIZES[size],
        "java_script_enabled": has_script,
        "extra_http_headers": address,
    }


@pytest.fixture
def page(context: BrowserContext, base_url: str, language: str) -> Iterator[Page]:
    """Open a page that is watched: no error in its console, nothing asked of another host, no error of the site."""
    context.add_cookies([{"name": "django_language", "value": language, "url": base_url}])
    page, complaints = context.new_page(), []
    page.set_default_timeout(10_000)
    own = (base_url, "data:", "blob:")
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(own) else complaints.append(f"asks {asked.url}"))
    page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    yield page
    assert complaints == []


def log_in(page: Page, mobile: str = "13800138002", password: str = PASSWORD) -> None:
    """Log in the demo's guest, or somebody else, with a password."""
    page.locator("label:has(#by-password)").click()
    page.locator("input[name=mobile]").fill(mobile)
    page.locator("input[name=password]").fill(password)
    page.locator("form[method=post]:has(input[name=password]) button.button--primary").click()


def shown_by_app(secret: str, *, steps: int = 0) -> str:
    """Return what an authenticator app shows that knows a secret as it stands on the page, or half minutes away."""
    return f"{TOTP(b32decode(secret.replace(' ', '')), drift=steps).token():06}"


def log_in_staff(page: Page, mobile: str = "13800138000") -> tuple[str, list[str]]:
    """Log in a member of staff who sets the second factor up; return the app's secret and the backup codes.

    Whoever may have set it up before begins with `whole_site.manage("reset_second_factor", mobile)`.
    """
    page.goto("/login?by=password&next=/admin/")
    log_in(page, mobile)
    secret = page.locator(".authenticator__secret").inner_text()
    page.get_by_label("Code from the app").fill(shown_by_app(secret, steps=-1))
    page.get_by_role("button", name="Set it up").click()
    codes = page.locator(".codes li").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("/admin/")
    return secret, codes
