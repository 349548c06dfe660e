"""A task is marked done in a real browser: by dropping files, without JavaScript, by keyboard, on a phone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.infrastructure.files import EXE, PDF

pytestmark = [pytest.mark.browser, pytest.mark.data("story"), pytest.mark.one_database]

JUNE = "June, graduates of 2021"
ENGLISH = {"locale": "en-US"}
PHONE = ENGLISH | {"viewport": {"width": 390, "height": 844}}

SignIn = Callable[[str], Page]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two tables with Russian names."""
    paths = [tmp_path / "База на 8 июня.pdf", tmp_path / "База на 15 июня.pdf"]
    for number, path in enumerate(paths):
        path.write_bytes(PDF + b" " * number)
    return paths


def open_june(page: Page) -> None:
    """From My tasks to the form of this month's task."""
    page.goto("/tasks")
    row = page.locator("tr", has_text=JUNE)
    row.get_by_role("link", name="Mark as done").click()
    expect(page.locator("#submit")).to_be_visible()


def give_figures(page: Page) -> None:
    for key, number in (("graduates", "148"), ("employed", "84"), ("at_risk", "26")):
        page.locator(f"input[name='figure.{key}']").fill(number)


def drop(page: Page, selector: str, path: Path) -> None:
    """Let go of a file over an element, as a mouse does."""
    carrier = page.evaluate_handle(
        """([name, content]) => {
            const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
            const carrier = new DataTransfer();
            carrier.items.add(new File([bytes], name, { type: "application/pdf" }));
            return carrier;
        }""",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )
    page.dispatch_event(selector, "drop", {"dataTransfer": carrier})


def expect_submitted(page: Page, files: list[Path]) -> None:
    expect(page.locator(".notice-success")).to_contain_text("Sent for review")
    expect(page.locator(".subtitle .status")).to_have_text("Under review")
    for path in files:
        expect(page.locator("#proof")).to_contain_text(path.name)


@pytest.mark.parametrize("browser_context", [ENGLISH], indirect=True, ids=["desk"])
def test_two_files_are_chosen_and_dropped_and_the_task_is_done(
    sign_in_page: SignIn, files: list[Path]
) -> None:
    page = sign_in_page("college01")
    open_june(page)
    page.locator("input[name='evidence.table']").set_input_files(files[0])
    drop(page, "[data-dropzone]:has(input[name='evidence.table'])", files[1])
    expect(page.locator("[data-file-list] li")).to_have_count(2)
    give_figures(page)
    page.locator("#submit-button").click()
    expect_submitted(page, files)


@pytest.mark.parametrize(
    "browser_context", [ENGLISH | {"java_script_enabled": False}], indirect=True, ids=["plain"]
)
def test_it_works_without_javascript(sign_in_page: SignIn, files: list[Path]) -> None:
    page = sign_in_page("college01")
    open_june(page)
    page.locator("input[name='evidence.table']").set_input_files(files)
    give_figures(page)
    page.locator("#submit-button").click()
    expect_submitted(page, files)


@pytest.mark.parametrize("browser_context", [ENGLISH], indirect=True, ids=["keys"])
def test_it_works_with_the_keyboard_alone(sign_in_page: SignIn) -> None:
    page = sign_in_page("college01")
    page.goto("/tasks")

    def tab_to(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached with the Tab key")

    tab_to("tr a.btn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")
    tab_to("input[name='link.table']")
    page.keyboard.type("https://example.org/base")
    for key, number in (("graduates", "148"), ("employed", "84"), ("at_risk", "26")):
        tab_to(f"input[name='figure.{key}']")
        page.keyboard.type(number)
    tab_to("#submit-button")
    page.keyboard.press("Enter")
    expect(page.locator(".notice-success")).to_contain_text("Sent for review")


@pytest.mark.parametrize("browser_context", [PHONE], indirect=True, ids=["phone"])
def test_it_works_on_a_phone_and_nothing_is_wider_than_the_screen(
    sign_in_page: SignIn, files: list[Path]
) -> None:
    page = sign_in_page("college01")
    open_june(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("input[name='evidence.table']").set_input_files(files)
    give_figures(page)
    page.locator("#submit-button").click()
    expect_submitted(page, files)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/tasks")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("browser_context", [ENGLISH], indirect=True, ids=["desk"])
def test_a_wrong_file_is_refused_at_once_or_by_the_server_and_the_text_stays(
    sign_in_page: SignIn, tmp_path: Path
) -> None:
    page = sign_in_page("college01")
    open_june(page)
    program, pretender = tmp_path / "setup.exe", tmp_path / "setup.pdf"
    for path in (program, pretender):
        path.write_bytes(EXE)
    files = page.locator("input[name='evidence.table']")
    files.set_input_files(program)
    expect(page.locator("[data-file-problems]").first).to_contain_text("setup.exe")
    expect(page.locator("[data-file-list] li")).to_have_count(0)
    files.set_input_files(pretender)
    give_figures(page)
    page.locator("#submission-note").fill("The table of June")
    page.locator("#submit-button").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text("setup.pdf")
    expect(page.locator("#submission-note")).to_have_value("The table of June")
    expect(page.locator("input[name='figure.employed']")).to_have_value("84")
    expect(page.locator("[data-file-list] li").first).to_contain_text("setup.pdf")


@pytest.mark.parametrize("browser_context", [ENGLISH], indirect=True, ids=["desk"])
def test_a_stage_is_one_click(sign_in_page: SignIn) -> None:
    page = sign_in_page("college31")
    page.goto("/tasks")
    page.locator("tr", has_text="April, graduates of 2021").get_by_role("link", name="Mark as done").click()
    page.get_by_role("button", name="Start collecting").click()
    expect(page.locator(".subtitle .status")).to_have_text("Collecting")
