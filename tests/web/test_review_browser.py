"""The review queue by keyboard, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[[str], Page]
REVIEW = "/plans/2022/review"


@pytest.mark.parametrize("browser_context", [{"locale": "en-US"}], indirect=True)
def test_the_queue_is_gone_through_by_keys_that_never_fire_while_one_types(sign_in_page: SignIn) -> None:
    page = sign_in_page("deputy")
    page.goto(REVIEW)
    rows = page.locator("[data-review] tbody tr")
    total = rows.count()
    assert total > 3

    def link(number: int) -> Locator:
        return rows.nth(number).locator("th a")

    # Nothing holds the focus yet, so there is nothing to act on.
    for key in "xar":
        page.keyboard.press(key)
    expect(page.locator("[data-review] :checked")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(link(1)).to_be_focused()
    page.keyboard.press("k")
    expect(link(0)).to_be_focused()
    # The help, and back to where one was.
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(link(0)).to_be_focused()
    # A reason is typed, letters and all; Escape goes back to the line and leaves it there.
    page.keyboard.press("r")
    reason = rows.nth(0).locator("textarea")
    expect(reason).to_be_focused()
    page.keyboard.type("jxar ?")
    expect(reason).to_have_value("jxar ?")
    page.keyboard.press("Escape")
    expect(link(0)).to_be_focused()
    # One is accepted, and the next one waits in its place. The layout is Russian by now.
    page.evaluate(
        """() => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "ф", code: "KeyA", bubbles: true, cancelable: true }))"""
    )
    expect(page.locator(".notice-success")).to_contain_text("1 task was accepted.")
    expect(rows).to_have_count(total - 1)
    expect(link(0)).to_be_focused()
    # Several are chosen in a list that has boxes, and what is chosen is shown before it is done.
    page.locator("[data-review] tbody tr:has([data-bulk-item]) th a").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Accept what is selected?")
    expect(page.locator("main tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Back to the list").click()
    link(0).focus()
    address = link(0).get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url(f"**{address}")
