"""The description of the API is read in a browser, from this site alone and under its content security policy."""

from playwright.sync_api import Page, expect


def test_the_description_is_drawn_and_an_operation_opens(page: Page):
    page.goto("/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    assert page.locator(".opblock").count() == 35
    page.locator("#operations-orders-orders_create .opblock-summary-control").click()
    opened = page.locator("#operations-orders-orders_create")
    expect(opened.get_by_text("Idempotency-Key", exact=True)).to_be_visible()
    expect(opened.get_by_text("4004: It contradicts what is stored").first).to_be_visible()
