"""The main job from end to end in a real browser: handed in, returned, corrected, accepted, subscribed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from tests.infrastructure.browser import watched_context
from tests.infrastructure.files import PDF
from tests.infrastructure.server import LiveServer
from tests.infrastructure.signing_in import sign_in_page

pytestmark = [pytest.mark.browser, pytest.mark.data("story"), pytest.mark.timeout(180)]


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Callable[[str], Page]:
    """`visit("deputy")`: a browser of that person's own, in English."""
    contexts = []

    def visit(username: str) -> Page:
        watching = watched_context(browser, live_server.url, locale="en-US")
        context, faults = watching.__enter__()
        contexts.append((watching, faults))
        return sign_in_page(context.new_page(), username)

    yield visit
    for watching, faults in contexts:
        watching.__exit__(None, None, None)
        assert not faults


def test_a_task_goes_from_owed_to_accepted_and_the_calendar_follows(
    visit: Callable[[str], Page], live_server: LiveServer, tmp_path: Path
) -> None:
    extract = tmp_path / "Приказ о дисциплине.pdf"
    extract.write_bytes(PDF)
    college, deputy = visit("college01"), visit("deputy")
    task = _open_task(deputy, "4.1", "June, graduates of 2021")
    feed = _subscribe(college)
    before = _event(feed, task)

    college.goto(task)
    college.locator("input[type=file]").first.set_input_files(extract)
    for key, number in (("graduates", "148"), ("employed", "84"), ("at_risk", "26")):
        college.locator(f"input[name='figure.{key}']").fill(number)
    college.locator("#submit [name=trigger][value=submit]").click()
    expect(college.locator(".notice-success")).to_contain_text("Sent for review")

    deputy.goto(task)
    deputy.locator("textarea[name=note]").first.fill("The date of the second update is missing.")
    deputy.locator("button[value=return]").first.click()
    expect(deputy.locator(".notice-success")).to_be_visible()

    college.goto(task)
    expect(college.locator("main")).to_contain_text("The date of the second update is missing.")
    college.locator("#submit [name=trigger][value=submit]").click()
    expect(college.locator(".notice-success")).to_contain_text("Sent for review")

    deputy.goto(task)
    deputy.locator("button[value=accept]").first.click()
    expect(deputy.locator(".notice-success")).to_be_visible()

    after = _event(feed, task)
    assert str(after["UID"]) == str(before["UID"])
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert "✓" in str(after["SUMMARY"])
    assert "✓" not in str(before["SUMMARY"])


def _open_task(deputy: Page, activity: str, label: str) -> str:
    deputy.goto(f"/plans/2022/tasks?activity={activity}&executor=college01&show=all")
    href = deputy.locator("tr", has_text=label).locator("a[href^='/tasks/']").first.get_attribute("href")
    assert href
    return href


def _subscribe(page: Page) -> str:
    page.goto("/plans/2022/calendar/subscribe")
    page.locator("select[name=scope]").select_option("organization:college01")
    page.locator("form:has(select[name=scope]) button[type=submit]").click()
    expect(page.locator("main")).to_contain_text(".ics")
    found = re.search(r"https?://[^\s\"<]+/feeds/[\w-]+\.ics", page.content())
    assert found
    return found[0]


def _event(feed: str, task: str) -> dict[str, object]:
    with urlopen(feed, timeout=10) as answer:
        calendar = Calendar.from_ical(answer.read())
    (event,) = [event for event in calendar.walk("VEVENT") if f"{task}\n" in f"{event.get('URL')}\n"]
    return event
