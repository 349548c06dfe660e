"""The timeline on paper, by a real Chromium: one sheet of A3, or two of A4, with nothing left out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.web.year import TIMELINE

pytestmark = [pytest.mark.browser, pytest.mark.looks, pytest.mark.data("story")]

SignInPage = Callable[..., Page]
ENGLISH = {"locale": "en-US"}
RUSSIAN = {"locale": "ru-RU", "java_script_enabled": False}
#: points, a 72nd of an inch, of a landscape sheet
SHEETS = {"a4": (842, 595), "a3": (1191, 842)}
#: what is between the margins of a landscape sheet, in the 96th of an inch that a page counts in
WITHIN = {"a4": {"width": 1046, "height": 717}, "a3": {"width": 1511, "height": 1046}}


def sheets(page: Page) -> list[tuple[int, int]]:
    """Width and height of each sheet as the page asks for it, in points."""
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type\s*/Page\b", pdf))
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize(
    "browser_context", [pytest.param(RUSSIAN, id="ru"), pytest.param(ENGLISH, id="en")], indirect=True
)
def test_the_year_is_one_sheet_of_a3_or_two_of_a4(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    found = {}
    for by in ("section", "executor"):
        page.goto(f"{TIMELINE}?by={by}")
        found[by, "a4"] = sheets(page)
        page.goto(f"{TIMELINE}?by={by}&paper=a3")
        found[by, "a3"] = sheets(page)
    for by in ("section", "executor"):
        assert found[by, "a4"] == [SHEETS["a4"]] * 2
        assert found[by, "a3"] == [SHEETS["a3"]]


def test_the_year_of_one_executor_is_one_sheet(sign_in_page: SignInPage) -> None:
    page = sign_in_page("college01")
    page.goto(f"{TIMELINE}?executor=college01")
    assert sheets(page) == [SHEETS["a4"]]


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_paper_has_the_title_the_legend_and_every_mark(paper: str, sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(f"{TIMELINE}?paper={paper}")
    page.emulate_media(media="print")
    page.set_viewport_size(WITHIN[paper])  # type: ignore[arg-type]
    width = WITHIN[paper]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """(width) => [...document.querySelectorAll("tbody .year-row use, .year-window, .year-months text")]
            .filter((mark) => mark.checkVisibility())
            .map((mark) => [mark.getBoundingClientRect(), mark])
            .filter(([box]) => box.left < 0 || box.right > width || !box.height)
            .map(([box, mark]) => mark.outerHTML)""",
        width,
    )
    assert not outside
    for what in (".subtitle", ".year-legend", "thead .year-months"):
        assert page.locator(what).is_visible()
    for what in (".topbar", ".tabs", ".filters", ".page-actions", ".footer"):
        assert not page.locator(what).is_visible()
    subtitle = page.locator(".subtitle").inner_text()
    assert "1006-0А" in subtitle
    assert "15 июня 2022" in subtitle


def test_the_second_sheet_begins_with_a_section_under_the_months(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(TIMELINE)
    page.emulate_media(media="print")
    turns = page.locator("tbody").evaluate_all(
        "groups => groups.map((group) => getComputedStyle(group).breakBefore)"
    )
    assert turns == ["auto", "auto", "page", "auto", "auto", "auto"]
    assert page.locator("thead").evaluate("(head) => getComputedStyle(head).display") == "table-header-group"
    page.goto(f"{TIMELINE}?paper=a3")
    turns = page.locator("tbody").evaluate_all(
        "groups => groups.map((group) => getComputedStyle(group).breakBefore)"
    )
    assert set(turns) == {"auto"}


def test_paper_is_chosen_by_a_link(sign_in_page: SignInPage) -> None:
    page = sign_in_page("deputy")
    page.goto(f"{TIMELINE}?by=executor")
    page.get_by_role("link", name="Печать на А3").click()
    page.wait_for_url("**/timeline?*paper=a3*")
    assert "by=executor" in page.url
    assert page.locator(".notice-info").is_visible()
    page.get_by_role("link", name="Печать на А4").click()
    page.wait_for_url("**/timeline?by=executor")
    assert sheets(page) == [SHEETS["a4"]] * 2
