"""Somebody reports what is not right where they see it, and finds it among their reports, with a browser."""

import re
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests_e2e.conftest import log_in
from tests_e2e.test_pages import what_is_wrong_with

STRANGER = "13800138003"
HOMES = count()  # each walk reports another one: nobody reports the same twice
both = pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"], indirect=True)


@both
def test_a_visitor_logs_in_reports_a_home_and_finds_it_under_my_reports(page: Page, has_script: bool):  # noqa: FBT001
    title = open_home(page)
    page.get_by_role("link", name="Report this home").click()
    log_in(page, STRANGER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Report a home")
    assert not has_script or what_is_wrong_with(page) == []  # axe needs JavaScript
    page.get_by_label("What should we know?").fill("院子里的柿子树没有了")
    send(page, "It is not as described")
    expect(page.get_by_role("status").filter(has_text="Thank you. We look at it")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    find_among_my_reports(page, title)
    assert not has_script or what_is_wrong_with(page) == []


def test_a_review_that_is_reported_cannot_be_reported_again_meanwhile(page: Page):
    page.goto("/login")
    log_in(page, STRANGER)
    page.wait_for_url("/")
    open_home(page)
    report = page.locator(".review").get_by_role("link", name=re.compile("^Report the review by ")).first
    address = report.get_attribute("href")
    report.click()
    send(page, "It is not about the stay")
    expect(page).to_have_url(re.compile("/houses/[0-9]+#reviews$"))
    page.goto(address)
    expect(page.get_by_text("You have reported this already.")).to_be_visible()
    expect(page.get_by_role("button", name="Report", exact=True)).to_have_count(0)


def open_home(page: Page) -> str:
    """Open a home that guests have reviewed and that no other walk opens; return its title."""
    page.goto("/search?sort=booking")
    home = page.locator(".house-card").filter(has=page.locator(".score")).nth(next(HOMES)).get_by_role("link").first
    title = home.inner_text()
    page.goto(home.get_attribute("href"))
    return title


def send(page: Page, why: str) -> None:
    """Choose what is not right, and send the form."""
    page.get_by_role("radio", name=why).check()
    page.get_by_role("button", name="Report", exact=True).click()


def find_among_my_reports(page: Page, title: str) -> None:
    """Go to the list by the account, and find a report of a home there that staff have not decided."""
    page.goto("/account")
    page.get_by_role("link", name="My reports").click()
    found = page.locator(".report-row").filter(has_text=title)
    for words in ("It is not as described", "院子里的柿子树没有了", "Being looked at"):
        expect(found).to_contain_text(words)
