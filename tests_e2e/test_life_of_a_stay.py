"""A stay from the guest's request to the host's reply, while days go by; and one that is cancelled."""

import json
import re
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import product
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests_e2e.conftest import Site, log_in

GUEST, HOST = "13800138002", "13800138001"
HOMES = """
    SELECT house.id FROM listings_house house JOIN accounts_user host ON host.id = house.host_id
    WHERE host.mobile = '+86' || ? AND NOT house.instant_book ORDER BY house.id
"""


@pytest.fixture(scope="session")
def site(whole_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose clock can be moved, and whose homes take any two nights."""
    site = whole_site.copy_to(tmp_path_factory.mktemp("moving"))
    with closing(sqlite3.connect(site.folder / "db.sqlite3")) as database, database:
        database.execute("UPDATE listings_house SET cancellation_policy = 'moderate', min_nights = 1")
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """Where that site answers."""
    return site.url


@pytest.fixture
def host(new_context: CreateContextCallback, site: Site) -> Page:
    """The host's browser."""
    context = new_context()
    context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page = context.new_page()
    page.goto(f"{site.url}/login?next=/host")
    log_in(page, HOST)
    expect(page.get_by_role("heading", level=1)).to_have_text("My homes")
    return page


def free_stay(site: Site, soonest: int) -> tuple[int, date]:
    """Return one of the host's homes that asks before it is booked, and a day on which two nights of it begin."""
    with closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
        homes = [home for (home,) in database.execute(HOMES, (HOST,))]
    today = date.today()  # noqa: DTZ011 — a day that both the site and the browser know
    for first, home in product((today + timedelta(days=soonest + n) for n in range(60)), homes):
        nights = urlencode({"from": first, "to": first + timedelta(days=3)})
        with urllib.request.urlopen(f"{site.url}/api/v1.0/houses/{home}/calendar?{nights}") as answer:
            if all(night["available"] for night in json.load(answer)["data"]["nights"]):
                return home, first
    raise AssertionError("no home is free")


def ask(page: Page, site: Site, home: int, first: date) -> str:
    """Ask for two nights as the guest; return the address of the booking."""
    page.goto(f"{site.url}/houses/{home}/book?sd={first}&ed={first + timedelta(days=2)}&guests=1")
    log_in(page, GUEST)
    page.get_by_role("button", name="Confirm").locator("visible=true").click()
    expect(page.get_by_role("heading", name="The host answers by")).to_be_visible()
    return page.url


def accept(page: Page, address: str) -> None:
    """Accept the request as its host."""
    page.goto(address)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_be_visible()


def pay(page: Page, address: str) -> None:
    """Pay at the sandbox as the guest, who comes back to the booking."""
    page.goto(address)
    page.get_by_role("link", name="Pay").locator("visible=true").first.click()
    page.locator("button[name=action][value=pay]").click()
    expect(page).to_have_url(re.compile(re.escape(address)))
    expect(page.locator("h1 + p .badge")).to_have_text("Paid")


def wait_for(page: Page, address: str, what: str) -> None:
    """Look again until the worker has been there."""
    for _ in range(30):
        page.goto(address)
        if page.get_by_text(what).count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(what)


def test_a_stay_from_the_request_to_the_hosts_reply(page: Page, host: Page, site: Site, size: str):
    home, first = free_stay(site, soonest=2)
    address = ask(page, site, home, first)
    accept(host, address)
    page.goto(f"{site.url}/messages")
    wait_for(page, f"{site.url}/messages", "is accepted. Pay by")
    pay(page, address)
    site.stop()
    site.start(days=(first - date.today()).days + 3)  # noqa: DTZ011 — as above
    wait_for(page, address, "How was your stay?")
    page.get_by_label("4 stars").check(force=True)
    page.get_by_label("What should other guests know?").fill(f"The persimmons were sweet ({size}).")
    page.get_by_role("button", name="Publish the review").click()
    wait_for(host, f"{site.url}/messages", "A guest has reviewed")
    host.goto(address)
    host.get_by_label("Your reply").fill(f"Come again ({size}).")
    host.get_by_role("button", name="Publish the reply").click()
    page.goto(f"{site.url}/houses/{home}#reviews")
    expect(page.get_by_text(f"The persimmons were sweet ({size}).")).to_be_visible()
    expect(page.get_by_text(f"Come again ({size}).")).to_be_visible()
    host.goto(f"{site.url}/host/earnings")
    expect(host.locator("main")).to_contain_text("¥")
    site.stop()
    site.start()


def test_a_paid_stay_is_cancelled_and_the_money_comes_back(page: Page, host: Page, site: Site):
    home, first = free_stay(site, soonest=12)
    address = ask(page, site, home, first)
    accept(host, address)
    pay(page, address)
    page.get_by_role("button", name="Cancel booking").locator("visible=true").first.click()
    shown = page.locator(".refund-now b").inner_text()
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.locator("h1 + p .badge")).to_have_text("Cancelled")
    wait_for(page, address, "Given back")
    expect(page.locator("main")).to_contain_text(shown)
