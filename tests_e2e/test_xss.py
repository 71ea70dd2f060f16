"""Nothing that people write runs in a browser, on any page, in the admin either, and the policy is never needed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, get_resolver, resolve
from playwright.sync_api import Browser, BrowserContext, Page

from tests_e2e.conftest import ROOT, Site
from tests_e2e.hostile import FILLED, NO_PAGE, NOT_TYPED, PAYLOADS, text_columns

FILL = "import django; django.setup(); from tests_e2e.hostile import fill; fill()"
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`refused: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`));
"""
# What a text has put among the elements of a page, if one has.
PLANTED = """() => [
    window.__xss ? "window.__xss" : "",
    ...[...document.querySelectorAll("*")].flatMap((element) =>
        [...element.attributes].filter(({ name, value }) => /^on|^srcdoc$|^hx-on/i.test(name)
            || (/^(href|src|action|formaction|data)$/i.test(name) && /^\\s*(javascript|data:text)/i.test(value)))
            .map(({ name }) => `${element.tagName} ${name}`)),
    ...[...document.querySelectorAll("iframe, object, embed, base, math, details[ontoggle], style")]
        .map((element) => element.tagName),
].filter(Boolean)"""


@pytest.fixture(scope="module")
def hostile(whole_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict]]:
    """A copy of the demo site in which every text is hostile, and what to open as whom."""
    site = whole_site.copy_to(tmp_path_factory.mktemp("hostile"))
    place = {"SITE_URL": site.url, "IHOME_VAR_DIR": str(site.folder), "REDIS_URL": "", "DEBUG": "0"}
    place |= {"DATABASE_URL": f"sqlite:///{site.folder}/db.sqlite3", "DJANGO_SETTINGS_MODULE": "ihome_project.settings"}
    told = subprocess.run(
        [sys.executable, "-c", FILL], cwd=ROOT, env=os.environ | place, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    site.start()
    yield site, json.loads(told.stdout)
    site.stop()


def browse(browser: Browser, site: Site, session: str | None) -> BrowserContext:
    """Return a browser of its own that watches for what its policy refuses."""
    context = browser.new_context(base_url=site.url)
    context.add_init_script(WATCH)
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    return context


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    """Return a page that notes whatever should not happen on it."""
    page = context.new_page()
    page.on("dialog", lambda dialog: (complaints.append(f"dialog on {page.url}"), dialog.dismiss()))
    page.on("console", lambda said: complaints.append(f"{page.url} {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"{page.url} {error}"))
    page.on("request", lambda asked: complaints.append(asked.url) if "evil" in asked.url.split("?")[0] else None)
    return page


def is_turned_away(url: str, address: str) -> bool:
    """Tell whether somebody is asked who they are instead of being shown a page."""
    return any(door in url and not address.startswith(door) for door in ("/login", "/account/second-factor"))


@pytest.mark.parametrize("person", ["anonymous", "guest", "host", "stranger", "newcomer", "outside", "staff"])
def test_nothing_that_people_write_runs(browser: Browser, hostile: tuple[Site, dict], person: str):
    site, told = hostile
    complaints: list[str] = []
    shown = 0
    context = browse(browser, site, told["people"].get(person))
    page = watched(context, complaints)
    for address in told["addresses"][person]:
        answer = page.goto(address)
        assert answer.status == 200, address
        assert not is_turned_away(page.url, address), address
        planted = page.evaluate(PLANTED)
        assert planted == [], address
        shown += "__xss" in page.inner_text("body")
    context.close()
    assert complaints == []
    # The texts are there, and are read as texts; but a newcomer's name is drawn as a picture.
    assert shown > len(told["addresses"][person]) / 3 or person == "newcomer"


def named_patterns(patterns: list, where: str = "/", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name of every address that has one, but the API's, and an example of it."""
    for pattern in patterns:
        here = where + re.sub(r"<(\w+):\w+>", lambda found: "1" if found[1] != "slug" else "x", str(pattern.pattern))
        if not isinstance(pattern, URLPattern):
            yield from named_patterns(
                pattern.url_patterns, here, f"{pattern.namespace}:" if pattern.namespace else space
            )
        elif pattern.name and not here.startswith("/api/v"):
            yield f"{space}{pattern.name}", here


def test_every_page_is_opened(browser: Browser, hostile: tuple[Site, dict]):
    site, told = hostile
    opened = {resolve(urlsplit(address).path).view_name for all_of in told["addresses"].values() for address in all_of}
    known = dict(named_patterns(get_resolver().url_patterns))
    assert NO_PAGE.keys() <= known.keys() - opened
    guest, staff = (browse(browser, site, told["people"][name]) for name in ("guest", "staff"))
    missed = {}
    for name in known.keys() - opened - NO_PAGE.keys():
        is_admins = name.startswith("admin:")
        said = (staff if is_admins else guest).request.get(known[name], max_redirects=0).status
        if said not in ({403, 404, 405} if is_admins else {405}):
            missed[name] = said
    guest.close()
    staff.close()
    assert missed == {}


def test_every_column_into_which_people_write_is_tried():
    tried = {f"{model}.{name}" for model, names in FILLED.items() for name in names}
    assert set(text_columns()) == tried | NOT_TYPED
    assert len(set(PAYLOADS)) >= 40


def test_a_script_of_a_page_without_the_nonce_is_refused(browser: Browser, hostile: tuple[Site, dict]):
    site, _ = hostile
    context = browse(browser, site, None)
    page = context.new_page()
    page.goto("/")
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.__xss = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.__xss = 1'>");
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.__xss") is None
    context.close()
