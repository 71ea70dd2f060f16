"""A member of staff sets the second factor up, and comes in by it with the app and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests_e2e.conftest import Site, log_in, log_in_staff, shown_by_app
from tests_e2e.test_pages import what_is_wrong_with

MOBILE = "13800138000"


@pytest.fixture(autouse=True)
def _nothing_is_set_up(whole_site: Site) -> None:
    """Have the member of staff begin anew."""
    whole_site.manage("reset_second_factor", MOBILE)


def come_to_the_door(page: Page) -> None:
    """Log out, and log in again as far as the second factor."""
    page.context.clear_cookies(name="sessionid")
    page.goto("/login?by=password&next=/admin/")
    log_in(page, MOBILE)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")


def show(page: Page, code: str) -> None:
    """Type a code, and go on."""
    page.get_by_label("Code from the app").fill(code)
    page.get_by_role("button", name="It is me").click()


def test_staff_come_in_by_the_app_or_by_a_backup_code_that_is_good_once(page: Page):
    secret, codes = log_in_staff(page, MOBILE)
    assert len(set(codes)) == 10
    come_to_the_door(page)
    show(page, shown_by_app(secret))
    expect(page).to_have_url(re.compile("/admin/$"))
    come_to_the_door(page)
    show(page, codes[0])
    expect(page).to_have_url(re.compile("/admin/$"))
    come_to_the_door(page)
    show(page, codes[0])
    expect(page.get_by_text("This code is wrong, or has been used.")).to_be_visible()
    page.goto("/bookings")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("One more step")


@pytest.mark.parametrize("language", ["zh-hans", "en"], indirect=True)
def test_every_step_is_open_to_all_and_no_wider_than_the_window(page: Page):
    page.goto("/login?by=password&next=/account/security")
    log_in(page, MOBILE)
    secret = page.locator(".authenticator__secret").inner_text()
    assert what_is_wrong_with(page) == []
    code = page.locator("input[name=second_factor_code]")
    code.fill("000000")
    page.locator("main button.button--primary").click()
    expect(page.locator(".field__error")).to_be_visible()
    assert what_is_wrong_with(page) == []
    code.fill(shown_by_app(secret, steps=-1))
    page.locator("main button.button--primary").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert what_is_wrong_with(page) == []
    page.locator("main a.button--primary").click()
    page.wait_for_url("/account/security")
    assert what_is_wrong_with(page) == []
    code.fill(shown_by_app(secret))
    page.locator("#second-factor form button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert what_is_wrong_with(page) == []
    page.context.clear_cookies(name="sessionid")
    page.goto("/login?by=password")
    log_in(page, MOBILE)
    code.wait_for()
    assert what_is_wrong_with(page) == []


@pytest.mark.parametrize("has_script", [False], ids=["no script"], indirect=True)
def test_it_works_without_javascript(page: Page):
    _, codes = log_in_staff(page, MOBILE)
    come_to_the_door(page)
    show(page, codes[9])
    expect(page).to_have_url(re.compile("/admin/$"))
