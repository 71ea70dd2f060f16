"""What search engines are told of a home passes the Content-Security-Policy as data, and is never run."""

import json

from playwright.sync_api import BrowserContext, Page

APPEND = """type => new Promise(resolve => {
    document.addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), {once: true})
    document.head.append(Object.assign(document.createElement('script'), {type, textContent: 'window.ran = true'}))
    setTimeout(resolve, 500, 'not blocked')
})"""


def test_a_home_is_told_as_data_that_the_policy_lets_through(page: Page):
    page.goto("/search")
    page.locator(".house-card a").first.click()
    page.wait_for_url("**/houses/*")
    data = json.loads(page.locator('head > script[type="application/ld+json"]').text_content())
    assert (data["@type"], data["name"]) == ("LodgingBusiness", page.locator("h1").text_content())
    assert page.evaluate(APPEND, "application/ld+json") == "not blocked"
    assert page.evaluate("window.ran") is None


def test_a_script_in_its_place_is_blocked(context: BrowserContext):
    unwatched = context.new_page()
    unwatched.goto("/search")
    assert unwatched.evaluate(APPEND, "text/javascript") == "script-src-elem"
    assert unwatched.evaluate("window.ran") is None
