"""Somebody registers, lives with an account and closes it, as a person does with a browser."""

import json
import re
import zipfile
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests_e2e.conftest import ROOT, SIZES, log_in

FIRST, SECOND = "hutong-2026", "persimmon-2027"
NUMBERS = count(13_900_000_001)
BIRTHDAYS = count(19_900_301)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
PHOTO = ROOT / "static/img/entry.webp"
noscript = pytest.mark.parametrize("has_script", [False], ids=["no script"], indirect=True)


@pytest.fixture
def mobile() -> str:
    """A number that nobody has yet."""
    return str(next(NUMBERS))


def test_an_account_from_first_code_to_end(page: Page, browser: Browser, mobile: str, size: str, site_dir: Path):
    register(page, mobile, site_dir)
    verify_identity(page)
    name = rename(page, f"柿子{mobile[-4:]}")
    change_avatar(page)
    other = log_in_elsewhere(browser, page, mobile, size)
    change_password(page)
    other.reload()
    expect(other.get_by_role("heading", level=1)).to_have_text("Welcome home")
    other.context.close()
    assert name_in_download(page) == name
    close_account(page)
    log_in(page, mobile, SECOND)
    expect(page.get_by_text("Wrong mobile number or password.")).to_be_visible()


def register(page: Page, mobile: str, site_dir: Path) -> None:
    """Register with a code that comes without the picture."""
    page.goto("/register?next=/account")
    have_code_sent(page, mobile)
    page.get_by_label("Code from the SMS").fill(code_sent_to(mobile, site_dir))
    page.get_by_label("Choose a password").fill(FIRST)
    page.get_by_label("The same once more").fill(FIRST)
    page.get_by_role("main").get_by_role("button", name="Register").click()
    expect(page).to_have_url(re.compile("/account$"))


def have_code_sent(page: Page, mobile: str) -> None:
    """Ask for a code as somebody does who cannot see the picture."""
    page.get_by_label("Mobile number").fill(mobile)
    page.get_by_text("I cannot see the picture").click()
    page.get_by_role("button", name="Send the code without the picture").click()
    expect(page.get_by_text("It is good for 5 minutes.")).to_be_visible()


def code_sent_to(mobile: str, site_dir: Path) -> str:
    """Return the last code that was shown for a number."""
    lines = (site_dir / "sms.jsonl").read_text().splitlines()
    sent = [json.loads(line) for line in lines]
    return next(each["code"] for each in reversed(sent) if each["mobile"] == f"{mobile[:3]}****{mobile[-4:]}")


def id_number() -> str:
    """Return the ID number of somebody who does not exist; each has another birthday."""
    digits = f"110101{next(BIRTHDAYS)}000"
    rest = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11
    return digits + "10X98765432"[rest]


def verify_identity(page: Page) -> None:
    """Submit name and number with consent; then they cannot be changed."""
    page.get_by_role("link", name="Real-name verification").click()
    page.get_by_role("textbox", name="Real name").fill("柿子红")
    page.get_by_role("textbox", name="ID number").fill(id_number())
    page.get_by_role("checkbox", name="I have read this, and agree to it").check()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("textbox", name="ID number")).to_have_value(re.compile(r"110101\*{8}\w{4}"))
    expect(page.get_by_role("textbox", name="ID number")).not_to_be_editable()


def rename(page: Page, name: str) -> str:
    """Take another name, and return it."""
    page.goto("/account")
    page.get_by_role("link", name="Edit my profile").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("About me").fill("🍊 爱吃柿子")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    return name


def change_avatar(page: Page) -> None:
    """Choose a photo, see how it will look, and keep it."""
    page.get_by_label("Another photo").set_input_files(PHOTO)
    expect(page.get_by_text("So it will look.")).to_be_visible()
    page.get_by_role("button", name="Use this photo").click()
    expect(page.locator("main .avatar img")).to_have_js_property("naturalWidth", 256)


def log_in_elsewhere(browser: Browser, page: Page, mobile: str, size: str) -> Page:
    """Log in with another browser, and return its page."""
    site = page.url.split("/account")[0]
    context = browser.new_context(base_url=site, viewport=SIZES[size])
    context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    other = context.new_page()
    other.goto("/login?next=/account")
    log_in(other, mobile, FIRST)
    expect(other).to_have_url(re.compile("/account$"))
    return other


def change_password(page: Page) -> None:
    """Change the password; the page says that other devices are logged out."""
    page.goto("/account/security")
    expect(page.locator("#devices li")).to_have_count(2)
    page.get_by_label("Present password").fill(FIRST)
    page.get_by_label("New password", exact=True).fill(SECOND)
    page.get_by_label("The new one once more").fill(SECOND)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status").filter(has_text="logged out")).to_be_visible()
    expect(page.locator("#devices li")).to_have_count(1)


def name_in_download(page: Page) -> str:
    """Download all data, and return the name that it has."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    with zipfile.ZipFile(download.value.path()) as bundle:
        assert [name for name in bundle.namelist() if name.endswith(".webp")]
        return json.loads(bundle.read("account.json"))["name"]


def close_account(page: Page) -> None:
    """Close the account for good, and go to log in again."""
    page.get_by_text("What happens then").click()
    page.get_by_label("Your password").fill(SECOND)
    page.get_by_role("button", name="Close my account for good").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is closed")
    page.goto("/login")


@noscript
def test_registering_works_without_javascript(page: Page, mobile: str, site_dir: Path):
    register(page, mobile, site_dir)
    expect(page.get_by_text(f"{mobile[:3]}****{mobile[-4:]}")).to_be_visible()


@noscript
def test_logging_in_by_code_works_without_javascript(page: Page, mobile: str, site_dir: Path):
    page.goto("/login?next=/account")
    have_code_sent(page, mobile)
    page.get_by_label("Code from the SMS").fill(code_sent_to(mobile, site_dir))
    page.keyboard.press("Enter")
    expect(page.get_by_text("here since")).to_be_visible()


def test_the_button_counts_down_after_a_code_was_sent_and_another_number_need_not_wait(page: Page, mobile: str):
    page.goto("/login")
    have_code_sent(page, mobile)
    waiting = page.get_by_role("button", name="Again in")
    expect(waiting).to_be_disabled()
    expect(waiting).to_have_text(re.compile(r"Again in [1-5]?\d s"))
    expect(page.get_by_label("Code from the SMS")).to_be_focused()
    page.get_by_label("Mobile number").fill(str(next(NUMBERS)))
    expect(page.get_by_role("button", name="Send the code", exact=True)).to_be_enabled()


def test_another_picture_comes_without_losing_what_was_typed(page: Page, mobile: str):
    page.goto("/register")
    page.get_by_label("Mobile number").fill(mobile)
    page.get_by_label("Choose a password").fill(FIRST)
    before = page.locator("#redraw img").get_attribute("src")
    page.get_by_role("button", name="Show another picture").click()
    expect(page.locator("#redraw img")).not_to_have_attribute("src", before)
    expect(page.get_by_label("Letters of the picture")).to_be_focused()
    for label, kept in (("Mobile number", mobile), ("Choose a password", FIRST)):
        expect(page.get_by_label(label)).to_have_value(kept)


def test_a_key_is_shown_once_and_revoking_asks_first(page: Page):
    page.goto("/login?next=/account/security")
    log_in(page, "13800138003")
    page.get_by_label("What is the key for?").fill("日历")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_label("New key")).to_have_value(re.compile(r"\w{40,}"))
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.get_by_role("button", name="Revoke 日历").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_role("status")).to_contain_text("The key is revoked.")
    expect(page.get_by_text("日历")).to_have_count(0)
