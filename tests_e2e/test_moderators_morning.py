"""A moderator's morning: what waits is worked through by keys, and all of it stands in the log at the end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests_e2e.conftest import PASSWORD, Site, log_in_staff
from tests_e2e.test_pages import what_is_wrong_with

MODERATOR = "13700138010"
# Somebody with two roles and no other right, whom the demo's staff let in.
LET_IN = f"""
from django.contrib.auth.hashers import make_password
from accounts.factories import UserFactory
from accounts.models import User
from accounts.roles import grant_roles
user = User.objects.filter(mobile="+86{MODERATOR}").first()
user = user or UserFactory(mobile="+86{MODERATOR}", name="夜班同事", password=make_password("{PASSWORD}"))
staff, roles = User.objects.get(mobile="+8613800138000"), ["moderator", "support"]
user = grant_roles(staff=staff, user_id=user.pk, roles=roles, reason="夜班")
assert user.is_staff and not user.is_superuser and not user.user_permissions.exists()
assert sorted(group.name for group in user.groups.all()) == roles
"""
# Two more identities wait for somebody than the two of the demo, so that as many do whoever has decided two before.
WAITING = """
from accounts.factories import IdentityFactory, UserFactory
from accounts.models import Identity
known = Identity.objects.count()
UserFactory.reset_sequence(known), IdentityFactory.reset_sequence(known)  # people whom no earlier morning has made
for name in ("何春生", "沈秋月"):
    IdentityFactory(user__name=f"{name}{known}", status=Identity.Status.SUBMITTED, decided_at=None)
"""


@pytest.fixture(scope="session")
def site(whole_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, in which something waits."""
    site = whole_site.copy_to(tmp_path_factory.mktemp("morning"))
    site.start()
    yield site
    site.stop()


@pytest.fixture
def moderator(browser: Browser, browser_context_args: dict, site: Site) -> Iterator[Page]:
    """The moderator's browser, in English; nothing is wrong in its console."""
    context = browser.new_context(**browser_context_args | {"base_url": site.url})
    context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


def decide(page: Page, reason: str = "") -> None:
    """Give a reason where one is needed, and confirm."""
    if reason:
        page.locator("input[name=reason]").fill(reason)
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_moderators_morning(moderator: Page, site: Site):
    page = moderator
    site.manage("shell", "-c", WAITING)
    site.manage("shell", "-c", LET_IN)
    site.manage("reset_second_factor", MODERATOR)
    log_in_staff(page, MODERATOR)
    expect(page.get_by_role("link", name="Identities to verify")).to_be_visible()
    assert what_is_wrong_with(page) == []
    for others in ("accounts/apikey", "bookings/hostdue", "bookings/straynotice"):
        assert page.request.get(f"/admin/{others}/").status == 403

    page.goto("/admin/accounts/identity/queue")
    expect(page.locator(".case-place")).to_contain_text("1 of 4")
    page.keyboard.press("a")
    page.wait_for_url("**/approve?seen=*")
    expect(page.get_by_role("button", name="Approve this identity")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_have_text("The identity is approved.")
    page.keyboard.press("r")
    page.wait_for_url("**/reject?seen=*")
    page.keyboard.press("2")
    expect(page.get_by_label("This is not the name on the identity card.")).to_be_checked()
    decide(page)

    page.goto("/admin/listings/house/?status__exact=published")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Suspend this home").click()
    decide(page, "门锁坏了")
    expect(page.get_by_role("link", name="Restore this home")).to_be_visible()

    page.goto("/admin/listings/review/?is_visible__exact=1")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Hide this review").click()
    page.get_by_label("It insults somebody.").check()
    decide(page)

    page.goto("/admin/bookings/booking/?status__exact=PAID")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Refund a part").click()
    page.locator("input[name=amount]").fill("1.50")
    decide(page, "热水器坏了一晚")

    page.goto("/admin/accounts/staffact/")
    lines = page.locator("#result_list .field-act").all_inner_texts()
    written = [act for act in lines if act != "cancelled a booking"]  # the requests of the home
    assert written[:5] == [
        "refunded a part of a stay", "hid a review", "suspended a home", "rejected an identity", "approved an identity",
    ]  # fmt: skip
    assert page.locator("#result_list .field-address").first.inner_text().startswith("198.51.100.")
    expect(page.locator("#result_list")).to_contain_text("热水器坏了一晚")
