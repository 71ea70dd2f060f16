"""A guest finds a home, books it, pays, finds it among the bookings and cancels it, as a person does with a browser."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests_e2e.conftest import log_in

ARRIVAL = date.today() + timedelta(days=20)  # noqa: DTZ011 — a day that both the site and the browser know
DEPARTURE = ARRIVAL + timedelta(days=2)
TOO_FAR = date.today() + timedelta(days=402)  # noqa: DTZ011


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"], indirect=True)
def test_a_guest_finds_books_and_cancels_a_home(page: Page, size: str, has_script: bool):  # noqa: FBT001 — a fixture
    page.goto("/")
    search_for_dates(page, size, has_script=has_script)
    title = open_first_home(page)
    ask_to_book(page, size)
    log_in(page)
    confirm(page, title)
    page.goto("/bookings")
    page.get_by_role("article").filter(has_text=title).get_by_role("link", name=title).first.click()
    cancel(page)
    expect(page.get_by_role("status")).to_contain_text("nothing is charged")
    expect(page.get_by_role("button", name="Cancel booking")).to_have_count(0)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"], indirect=True)
def test_a_guest_pays_finds_the_way_in_and_cancels_for_what_was_shown(page: Page, size: str):
    page.goto(f"/search?sd={ARRIVAL}&ed={DEPARTURE}")
    title = open_first_home(page, that_says="Instant booking")
    ask_to_book(page, size)
    log_in(page)
    confirm(page, title)
    expect(page.get_by_role("timer")).to_be_visible()
    expect(page.get_by_role("heading", name="How to get there")).to_have_count(0)
    pay(page)
    expect(page.get_by_role("heading", name="How to get there")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(r"\d{3} \d{4} \d{4}"))).to_be_visible()
    comes_back = cancel(page)
    expect(page.get_by_role("status")).to_contain_text(f"{comes_back} is on its way back to you")
    expect(page.get_by_role("heading", name="How to get there")).to_have_count(0)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"], indirect=True)
def test_a_guest_who_is_refused_takes_the_dates_offered(page: Page, size: str):
    page.goto("/search")
    home = page.locator(".house-card a").first.get_attribute("href")
    page.goto(f"{home}?sd={TOO_FAR - timedelta(days=2)}&ed={TOO_FAR}&guests=1")
    place = page.locator(".actionbar" if size == "phone" else "#stay-box")
    expect(place).to_contain_text("Stays can be booked up to 400 days ahead. Free from ")
    place.get_by_role("link", name="Take ").click()
    expect(place.get_by_role("link", name="Take ")).to_have_count(0)
    ask_to_book(page, size)
    log_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your stay")
    expect(page.get_by_role("button", name="Confirm").locator("visible=true")).to_be_enabled()


def search_for_dates(page: Page, size: str, *, has_script: bool) -> None:
    """Fill in the form on the front page: at a desk with JavaScript by pressing days, else in fields."""
    page.locator("#search-trigger" if size == "phone" else "#when-value").click()
    if has_script and size == "desk":
        for day in (ARRIVAL, DEPARTURE):
            page.locator(f'#when [data-day="{day}"]').click()
        page.keyboard.press("Escape")
    else:
        page.get_by_label("Check-in").fill(str(ARRIVAL))
        page.get_by_label("Check-out").fill(str(DEPARTURE))
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile(f"sd={ARRIVAL}&ed={DEPARTURE}"))


def open_first_home(page: Page, that_says: str = "") -> str:
    """Open the first home that was found, or the first with some words on its card; return its title."""
    home = page.locator(".house-card").filter(has_text=that_says).get_by_role("link").first
    title = home.inner_text()
    home.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return title


def ask_to_book(page: Page, size: str) -> None:
    """Press the book button, which knows dates and price: in the bar of a phone, in the box of a desk."""
    place = page.locator(".actionbar" if size == "phone" else "#stay-box")
    place.get_by_role("button", name="ook").first.click()


def confirm(page: Page, title: str) -> None:
    """Confirm the stay at the price shown, and come to its page."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your stay")
    page.get_by_role("button", name="Confirm").locator("visible=true").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(ARRIVAL.day))


def pay(page: Page) -> None:
    """Pay at the sandbox's cashier, which leads back."""
    page.get_by_role("link", name="Pay ").locator("visible=true").first.click()
    page.locator('button[name=action][value="pay"]').click()
    expect(page).to_have_url(re.compile(r"/bookings/\d+"))


def cancel(page: Page) -> str:
    """Cancel a booking, and say so once more when asked; return what the page says comes back, if anything."""
    page.get_by_role("button", name="Cancel booking").click()
    sheet = page.get_by_role("dialog")
    shown = sheet.locator(".refund-now b")
    comes_back = shown.inner_text() if shown.count() else ""
    sheet.get_by_role("button", name="Cancel the booking").click()
    return comes_back
