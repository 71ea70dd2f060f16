"""A new host brings a home from its first word to search, with photos, blocked nights and special prices."""

import re
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests_e2e.conftest import SIZES, log_in
from tests_e2e.test_account import PHOTO, register, verify_identity
from tests_e2e.test_host_photos import drag, order_of

NUMBERS = count(13_900_500_001)
NEW_YEAR = date(date.today().year + 1, 1, 1)  # noqa: DTZ011 — years that both the site and the browser know
WEEK = [NEW_YEAR + timedelta(days=7 + n) for n in range(7)]


def test_somebody_publishes_a_home_that_a_guest_finds_as_it_is(page: Page, browser: Browser, size: str, site_dir: Path):
    mobile = str(next(NUMBERS))
    title = f"南锣的小院 {mobile[-4:]}"
    register(page, mobile, site_dir)
    verify_identity(page)
    write_home(page, title)
    order = add_photos(page)
    publish(page)
    plan_nights(page, title)
    find_as_guest(browser, page, size, title, order)


def write_home(page: Page, title: str) -> None:
    """Go through the steps that are forms, as far as the photos."""
    page.goto("/host")
    page.get_by_role("link", name="Publish a new home").first.click()
    page.locator("[name=title]").fill(title)
    page.locator("label.option").first.click()
    go_on(page)
    page.locator("select[name=area]").select_option(index=1)
    page.locator("[name=address]").fill("南锣鼓巷")
    go_on(page)
    facts = {"unit": "1室1厅", "room_count": "1", "acreage": "45", "capacity": "2", "beds": "大床1张"}
    for name, said in facts.items():
        page.locator(f"[name={name}]").fill(said)
    go_on(page)
    page.locator("[name=price_fen]").fill("399.50")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Photos")


def go_on(page: Page) -> None:
    """Keep a step, and come to the next one."""
    before = page.url
    page.get_by_role("button", name="Save and continue").click()
    expect(page).not_to_have_url(before)


def add_photos(page: Page) -> list[str]:
    """Add five photos, and put them in order by keyboard and by dragging; return the order."""
    page.locator("input[type=file]").set_input_files([PHOTO] * 5)
    expect(page.locator("#album-title")).to_have_text("5 of 20 photos", timeout=30_000)
    first, second, third, *rest = order_of(page)
    with page.expect_response(re.compile("/photos/order$")):
        page.locator(f"#later-{first}").press("Enter")
    with page.expect_response(re.compile("/photos/order$")):
        drag(page, f"#photo-{second} img", f"#photo-{third} img")
    page.reload()
    assert order_of(page) == [first, third, second, *rest]
    return [page.locator(f"#photo-{number} img").get_attribute("src") for number in order_of(page)]


def publish(page: Page) -> None:
    """Go on from the photos, and publish what lacks nothing."""
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("button", name="Publish this home").click()
    expect(page.get_by_role("status")).to_contain_text("Guests can find and book")


def plan_nights(page: Page, title: str) -> None:
    """Block a week of January, and give New Year's night a price of its own."""
    page.get_by_role("article").filter(has_text=title).locator("a[href$=calendar]").first.click()
    address = page.url.split("?")[0]
    page.goto(f"{address}?month={NEW_YEAR:%Y-%m}")
    tick(page, *WEEK)
    page.get_by_role("button", name="Block these nights").click()
    expect(page.get_by_role("status")).to_contain_text("Nobody can book these nights now.")
    tick(page, NEW_YEAR)
    page.locator("[name=price]").fill("888")
    page.get_by_role("button", name="Set this price").click()
    expect(page.get_by_role("status")).to_contain_text("These nights have their new price now.")


def tick(page: Page, *nights: date) -> None:
    """Choose nights in the calendar."""
    for night in nights:
        page.locator(f"input[name=night][value='{night}']").check(force=True)


def find_as_guest(browser: Browser, page: Page, size: str, title: str, order: list[str]) -> None:
    """Look as a guest: it is found when it is free and not when it is blocked, with its photos and prices."""
    site = page.url.split("/host")[0]
    context = browser.new_context(viewport=SIZES[size], base_url=site)
    context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    guest = context.new_page()
    guest.goto("/login")
    log_in(guest)
    guest.wait_for_url("/")
    guest.goto(f"/search?q={title}&sd={WEEK[1]}&ed={WEEK[3]}")
    expect(guest.get_by_role("heading", name="No home has all of this")).to_be_visible()
    guest.goto(f"/search?q={title}&sd={NEW_YEAR}&ed={NEW_YEAR + timedelta(days=2)}")
    guest.locator(".house-card").get_by_role("link", name=title).click()
    expect(guest.get_by_role("heading", level=1)).to_have_text(title)
    photos = guest.locator("[data-photo] img").evaluate_all("all => all.map((it) => it.getAttribute('src'))")
    assert [key_of(photo) for photo in photos] == [key_of(photo) for photo in order]
    expect(guest.locator("body")).to_contain_text("¥1,287.50")  # New Year's night and a usual one
    context.close()


def key_of(photo: str) -> str:
    """Return which photo an address shows, in whatever size."""
    return re.sub(r"-\d+\.webp$", "", photo)
