"""A host adds photos to a home, puts them in order and removes them, with a script and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests_e2e.conftest import ROOT, log_in

PHOTO = ROOT / "static/img/entry.webp"
noscript = pytest.mark.parametrize("has_script", [False], ids=["no script"], indirect=True)


def open_photos(page: Page) -> None:
    """Open the photos of the demo host's newest home."""
    page.goto("/login")
    log_in(page, "13800138001")
    page.wait_for_url("/")
    page.goto("/host")
    page.locator(".house-row a[href$=photos]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Photos")


def order_of(page: Page) -> list[str]:
    """Return the numbers of the photos in their order."""
    return [tile.get_attribute("data-photo") for tile in page.locator(".tile").all()]


def count_of(page: Page) -> int:
    """Return how many photos the heading counts."""
    return int(page.locator("#album-title").inner_text().split()[0])


def remove_last(page: Page) -> None:
    """Remove the photo that stands last."""
    before = count_of(page)
    page.locator(".tile").last.get_by_role("button", name=re.compile("Remove")).first.click()
    page.get_by_role("button", name="Remove the photo").click()
    expect(page.locator("#album-title")).to_have_text(f"{before - 1} of 20 photos")


def drag(page: Page, what: str, where: str) -> None:
    """Drag one thing onto another as a hand does, in many small moves."""
    page.locator(what).evaluate("it => it.scrollIntoView({block: 'center'})")
    start, end = page.locator(what).bounding_box(), page.locator(where).bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 60)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + 80, steps=3)
    page.mouse.move(end["x"] + 60, end["y"] + 60, steps=8)
    page.mouse.up()


def test_photos_are_sent_as_they_are_chosen(page: Page):
    open_photos(page)
    before = count_of(page)
    page.locator("input[type=file]").set_input_files([PHOTO, PHOTO])
    expect(page.locator("#album-title")).to_have_text(f"{before + 2} of 20 photos")
    expect(page.locator(".uploads__files li")).to_have_count(0)
    remove_last(page)
    remove_last(page)


def test_photos_are_put_in_order_by_keyboard_and_by_dragging(page: Page):
    open_photos(page)
    first, second, third, *rest = order_of(page)
    page.locator(f"#later-{first}").press("Enter")
    assert order_of(page) == [second, first, third, *rest]
    expect(page.locator(f"#later-{first}")).to_be_focused()
    expect(page.locator("#album-words")).to_have_text(f"Photo 2 of {count_of(page)} now")
    with page.expect_response(re.compile("/photos/main$")):
        page.locator(f"#main-{third}").press("Enter")
    expect(page.locator("#album-words")).to_have_text("The main photo now")
    with page.expect_response(re.compile("/photos/order$")):
        drag(page, f"#photo-{third} img", f"#photo-{first} img")
    kept = order_of(page)
    page.reload()
    assert order_of(page) == kept == [second, first, third, *rest]


@noscript
def test_photos_are_added_and_put_in_order_by_forms(page: Page):
    open_photos(page)
    before = count_of(page)
    page.locator("input[type=file]").set_input_files([PHOTO])
    page.get_by_role("button", name="Add these photos").click()
    expect(page.locator("#album-title")).to_have_text(f"{before + 1} of 20 photos")
    first, second, *rest = order_of(page)
    page.locator(f"#later-{first}").click()
    expect(page).to_have_url(re.compile(f"#photo-{first}$"))
    assert order_of(page) == [second, first, *rest]
    remove_last(page)
