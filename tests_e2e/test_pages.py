"""Every page, at both sizes and in both languages: open to all senses, no wider than the window, not heavy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests_e2e.conftest import log_in
from tests_e2e.test_guest_books import ARRIVAL, DEPARTURE

DATES = f"?sd={ARRIVAL}&ed={DEPARTURE}"
LOADED = "performance.getEntriesByType('resource').map(({name, encodedBodySize}) => [name, encodedBodySize])"
PAGES = {
    "home": "/",
    "search": f"/search{DATES}",
    "house": "house",
    "login": "/login",
    "login by password": "/login?by=password",
    "register": "/register",
    "reset": "/password/reset",
}
OWN_PAGES = {
    "messages": "/messages",
    "book": "book",
    "bookings": "/bookings",
    "booking": "booking",
    "account": "/account",
    "report": "report",
    "reports": "/account/reports",
    "profile": "/account/profile",
    "verification": "/account/verification",
    "security": "/account/security",
    "mobile": "/account/mobile",
    "homes": "/host",
    "guests": "/host/bookings",
    "earnings": "/host/earnings",
}
HOST_PAGES = {
    "homes of a host": "/host",
    "guests of a host": "/host/bookings",
    "earnings of a host": "/host/earnings",
    "calendar": "calendar",
    "photos": "photos",
}
REFUSED = {"register": "/register", "verification": "/account/verification", "mobile": "/account/mobile"}
OWN_BYTES = 150_000  # of our own CSS and JavaScript on a page, as they travel


@pytest.fixture
def free_house(page: Page) -> str:
    """The address of a home that is free on the dates."""
    page.goto(f"/search{DATES}")
    return page.locator(".house-card a").first.get_attribute("href").split("?")[0]


def open_page(page: Page, address: str, house: str) -> None:
    """Open an address, the page that shows or books the home, or the visitor's first booking."""
    if address == "booking":
        page.goto("/bookings")
        page.locator(".booking h3 a").first.click()
        page.wait_for_url("/bookings/*")
        return
    of_house = {"house": f"{house}{DATES}", "book": f"{house}/book{DATES}&guests=1", "report": f"{house}/report"}
    page.goto(of_house.get(address, address))


@pytest.mark.parametrize("language", ["zh-hans", "en"], indirect=True)
@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_is_open_to_all_and_no_wider_than_the_window(page: Page, free_house: str, address: str):
    open_page(page, address, free_house)
    assert what_is_wrong_with(page) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"], indirect=True)
@pytest.mark.parametrize("address", OWN_PAGES.values(), ids=OWN_PAGES)
def test_a_page_of_ones_own_is_too(page: Page, free_house: str, address: str):
    page.goto("/login")
    log_in(page)
    page.wait_for_url("/")
    open_page(page, address, free_house)
    assert what_is_wrong_with(page) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"], indirect=True)
@pytest.mark.parametrize("address", HOST_PAGES.values(), ids=HOST_PAGES)
def test_a_page_of_a_host_is_too(page: Page, address: str):
    page.goto("/login")
    log_in(page, "13800138001")
    page.wait_for_url("/")
    page.goto("/host")
    if address in {"calendar", "photos"}:
        page.locator(f".house-row a[href$={address}]").first.click()
    else:
        page.goto(address)
    assert what_is_wrong_with(page) == []


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_a_page_that_says_what_is_wrong_is_too(page: Page, address: str):
    if address != "/register":
        page.goto("/login")
        log_in(page, "13800138003")
        page.wait_for_url("/")
    page.goto(address)
    page.locator("main button.button--primary").click()
    page.locator(".field__error:visible").first.wait_for()
    assert what_is_wrong_with(page) == []


def what_is_wrong_with(page: Page) -> list[str]:
    """Return what axe-core finds, and whether the page scrolls sideways."""
    page.wait_for_load_state("networkidle")
    found = [
        f"{violation['id']}: {violation['help']}: {node['target']} {node['failureSummary']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{wide} pixels wider than the window"] if wide else found


@pytest.mark.parametrize("address", ["/", f"/search{DATES}", "house"], ids=["home", "search", "house"])
def test_a_page_is_light(page: Page, free_house: str, address: str):
    open_page(page, address, free_house)
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(LOADED)
    assert 0 < sum(size for name, size in loaded if name.endswith((".css", ".js"))) < OWN_BYTES
