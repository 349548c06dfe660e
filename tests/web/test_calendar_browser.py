"""The calendar in a real browser: with the keyboard alone, without JavaScript, on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.calendar_markup import CALENDAR

pytestmark = [pytest.mark.browser, pytest.mark.looks, pytest.mark.data("story")]

SignInPage = Callable[..., Page]
NARROW = {"viewport": {"width": 390, "height": 844}}
WIDE = {"viewport": {"width": 1440, "height": 1000}}
NO_SCRIPT = {**WIDE, "java_script_enabled": False}


def focused(page: Page) -> str:
    """The day that the keyboard is on."""
    return str(page.evaluate("document.activeElement.dataset.day ?? ''"))


def visible(page: Page, selector: str) -> int:
    """How many of them are seen."""
    return sum(each.is_visible() for each in page.locator(selector).all())


@pytest.mark.parametrize("browser_context", [WIDE], indirect=True, ids=["wide"])
def test_arrow_keys_move_between_days(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(CALENDAR)
    assert page.locator('[data-day]:not([tabindex="-1"])').count() == 1
    page.locator('[data-day="2022-06-15"]').focus()
    for key, day in (
        ("ArrowRight", "2022-06-16"),
        ("ArrowDown", "2022-06-23"),
        ("Home", "2022-06-20"),
        ("End", "2022-06-26"),
        ("ArrowUp", "2022-06-19"),
        ("ArrowLeft", "2022-06-18"),
    ):
        page.keyboard.press(key)
        assert focused(page) == day
    assert page.locator('[data-day]:not([tabindex="-1"])').get_attribute("data-day") == "2022-06-18"
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar?view=agenda&from=2022-06-18")


@pytest.mark.parametrize("browser_context", [WIDE], indirect=True, ids=["wide"])
def test_page_keys_and_the_edge_of_the_month_lead_to_the_next_one(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(f"{CALENDAR}?month=2022-01&section=4")
    page.locator('[data-day="2022-01-31"]').focus()
    page.keyboard.press("PageDown")
    page.wait_for_url("**/calendar?month=2022-02&section=4#day-2022-02-28")
    page.locator("#day-2022-02-28:focus").wait_for()
    page.keyboard.press("PageUp")
    page.wait_for_url("**/calendar?month=2022-01&section=4#day-2022-01-28")
    page.locator("#day-2022-01-28:focus").wait_for()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.wait_for_url("**/calendar?month=2022-02&section=4#day-2022-02-11")


@pytest.mark.parametrize("browser_context", [WIDE], indirect=True, ids=["wide"])
def test_keys_with_others_held_and_links_inside_a_day_are_left_alone(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(CALENDAR)
    page.locator('[data-day="2022-06-10"]').focus()
    page.keyboard.press("Control+ArrowRight")
    assert focused(page) == "2022-06-10"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('td').dataset.date") == "2022-06-10"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('td').dataset.date") == "2022-06-10"


@pytest.mark.parametrize("browser_context", [NO_SCRIPT], indirect=True, ids=["without JavaScript"])
def test_without_javascript_every_day_and_month_is_a_link(sign_in_page: SignInPage) -> None:
    page = sign_in_page("college01")
    page.goto(CALENDAR)
    assert page.locator("[data-day]:not([tabindex])").count() == 35
    page.locator("#jump").fill("2022-09")
    page.locator(".jump-form button").click()
    assert page.locator("#month").inner_text().endswith("2022")
    assert "month=2022-09" in page.url
    page.locator('[data-day="2022-09-30"]').click()
    assert page.url.endswith("view=agenda&from=2022-09-30")
    assert page.locator("time").first.get_attribute("datetime") == "2022-09-30"
    page.locator("#filter-state").select_option("planned")
    page.locator(".calendar-filters button").click()
    assert "from=2022-09-30" in page.url
    assert "state=planned" in page.url


@pytest.mark.parametrize("browser_context", [NO_SCRIPT], indirect=True, ids=["without JavaScript"])
def test_without_javascript_a_full_day_unfolds(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(f"{CALENDAR}?month=2022-12")
    day = page.locator('[data-date="2022-12-30"]')
    before = sum(each.is_visible() for each in day.locator(".entry").all())
    day.locator("summary").click()
    after = sum(each.is_visible() for each in day.locator(".entry").all())
    assert before == 3
    assert after == day.locator(".entry").count() > 6


@pytest.mark.parametrize("browser_context", [NARROW], indirect=True, ids=["narrow"])
def test_on_a_telephone_the_month_is_numbers_and_a_list_of_days(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(CALENDAR)
    assert visible(page, ".days") == 1
    numbers = page.locator(".days a")
    assert numbers.all_inner_texts() == ["10\n2", "24\n1", "29\n1", "30\n2"]
    listed = [day.get_attribute("data-date") for day in page.locator(".month td").all() if day.is_visible()]
    # days on which something begins or is due, days off with a name, and today; none of another month
    assert listed == [f"2022-06-{day:02}" for day in (1, 10, 12, 13, 15, 24, 29, 30)]
    assert "День России" in page.locator('[data-date="2022-06-12"]').inner_text()
    assert page.locator('[data-date="2022-06-10"] .day-words').is_visible()
    numbers.nth(3).click()
    page.wait_for_url("**#day-2022-06-30")
    expect(page.locator("#day-2022-06-30")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # every day of the list is a stop of its own here
    assert page.locator('[data-day][tabindex="-1"]').count() == 0


@pytest.mark.parametrize("browser_context", [NARROW], indirect=True, ids=["narrow"])
def test_on_a_telephone_days_off_and_moved_ones_are_named_without_any_task(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(f"{CALENDAR}?month=2022-03&section=6")
    for day, name in ((5, "Рабочая суббота"), (7, "Выходной"), (8, "Международный женский день")):
        assert page.locator(f'[data-date="2022-03-{day:02}"] .day-note').is_visible()
        assert name in page.locator(f'[data-date="2022-03-{day:02}"] .day-note').inner_text()
    assert not page.locator('[data-date="2022-03-12"]').is_visible()
    assert visible(page, ".days .is-moved") == 1
    assert visible(page, ".legend-moved") == 1


@pytest.mark.parametrize("browser_context", [WIDE], indirect=True, ids=["wide"])
def test_a_bar_covers_the_days_of_its_window(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(f"{CALENDAR}?month=2022-07")
    assert visible(page, ".days") == 0
    bar = page.locator('.window[title^="4.4"]').bounding_box()
    first, last = (page.locator(f'[data-date="2022-07-{day}"]').bounding_box() for day in (18, 22))
    assert bar
    assert first
    assert last
    assert bar["x"] == pytest.approx(first["x"], abs=6)
    assert bar["x"] + bar["width"] == pytest.approx(last["x"] + last["width"], abs=8)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
