"""The search as people use it: a box on every page, counted groups, nothing that one may not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.infrastructure.server import LiveServer
from tests.infrastructure.signing_in import sign_in_page
from tests.web.acting import in_english

SignIn = Callable[..., FlaskClient]


def groups(client: FlaskClient, address: str) -> dict[str, int]:
    """The headings of the page and their counts."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = re.findall(r'<h2 id="found-(\w+)">.*?<span class="count">(\d+)', answer.text)
    return {name: int(number) for name, number in found}


@pytest.mark.looks
@pytest.mark.data("story")
def test_results_are_grouped_counted_marked_and_lead_on(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    found = groups(client, "/search?q=" + quote("ПЛАНЫ содей"))
    # 2.2 «…планов содействия…» in the words of the order, 2.3 «Планы содействия…», 2.4 «Защита планов…»
    assert found["activities"] == 3
    assert found["tasks"] == 72
    page = unescape(client.get("/search?q=" + quote("ПЛАНЫ содей")).text)
    assert "<mark>План</mark>ы <mark>содей</mark>ствия" in page
    assert 'href="/plans/2022/activities/2.3"' in page
    # all of a group, a page at a time; the count is that of the tab
    alone = "/search?q=4.1&in=tasks"
    assert groups(client, alone) == {"tasks": 630}
    assert "Page 13 of 13" in in_english(client).get(f"{alone}&page=99").text
    lines = [len(re.findall("<li><p><a", client.get(f"{alone}&page={page}").text)) for page in (1, 13)]
    assert lines == [50, 30]


@pytest.mark.looks
@pytest.mark.data("story")
def test_an_executor_learns_nothing_of_others(sign_in: SignIn) -> None:
    college, deputy = sign_in("college19"), sign_in("deputy")
    assert groups(college, "/search?q=2.3")["tasks"] == 1
    everything = groups(deputy, "/search?q=docx&in=evidence")["evidence"]
    own = groups(college, "/search?q=docx&in=evidence")["evidence"]
    assert 0 < own < everything
    page = college.get("/search?q=docx&in=evidence").text
    for evidence_id in set(re.findall(r'href="/evidence/(\d+)"', page)):
        assert college.get(f"/evidence/{evidence_id}").status_code == 200


@pytest.mark.data("plan")
@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%25",
        "q=_",
        "q=%00",
        "q=%E2%80%AE%D1%82%D1%81",
        "q=%3Cscript%3Ealert(1)%3C/script%3E",
        "q='%22",
        "q=%ff",
        f"q={'%D1%8F' * 3000}",
        f"q={'%D1%8F+' * 300}",
        f"q=1&in=nothing&page={'9' * 25}",
        "q=1&in=tasks&page=-1",
    ],
)
def test_no_question_breaks_the_page(login: Callable[[str], FlaskClient], query: str) -> None:
    for who in ("deputy", "college01"):
        answer = login(who).get(f"/search?{query}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        if not groups(login(who), f"/search?{query}"):
            assert "Every word must occur" in answer.text


@pytest.mark.browser
@pytest.mark.looks
def test_a_slash_leads_to_the_box_and_enter_to_the_results(live_server: LiveServer, page: Page) -> None:
    sign_in_page(page, "deputy")
    page.goto("/plans/2022/")
    page.keyboard.press("/")
    page.keyboard.type("3.4-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=3.4-1")
    assert page.locator("#found-activities").is_visible()
    # typing is typing
    page.locator("#question").fill("")
    page.keyboard.type("1/2")
    assert page.locator("#question").input_value() == "1/2"


@pytest.mark.browser
@pytest.mark.data("story")
def test_keys_lead_along_a_list_until_they_are_switched_off(live_server: LiveServer, page: Page) -> None:
    sign_in_page(page, "deputy")
    page.goto("/plans/2022/tasks?show=overdue")
    links = page.locator("[data-lines] tbody th a")
    for key, at in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        assert links.nth(at).evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")
    page.locator(".menu-user summary:visible").click()
    page.locator("button[name=keys]:visible").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("data-keys") == "off"
    page.keyboard.press("/")
    assert not page.locator("#search").evaluate("box => box === document.activeElement")
