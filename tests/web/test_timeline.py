"""The timeline: the year as a table that can be read without seeing the bars."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.infrastructure.forms import in_english, words
from tests.infrastructure.statements import recorded_statements

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.data("story")

SignIn = Callable[..., FlaskClient]
TIMELINE = "/plans/2022/timeline"


def row_markup(html: str, code: str) -> str:
    found = re.search(rf'<tr data-activity="{re.escape(code)}".*?</tr>', html, re.DOTALL)
    assert found, f"no row {code}"
    return found.group()


def test_all_activities_stand_in_it_once_with_their_dates_and_states(sign_in: SignIn) -> None:
    html = in_english(sign_in("auditor")).get(TIMELINE).text
    codes = re.findall(r'<tr data-activity="([^"]+)"', html)
    assert len(codes) == len(set(codes)) == 28
    for code in codes:
        markup = row_markup(html, code)
        dates = re.search(r'<td class="year-dates">(.*?)</td>', markup, re.DOTALL)
        state = re.search(r'<td class="year-state">(.*?)</td>', markup, re.DOTALL)
        assert '<th scope="row"' in markup
        assert dates
        assert words(dates.group(1))
        assert state
        assert words(state.group(1))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2.3", "21 Jan – 4 Feb Done"),
        ("2.1", "by 14 Jan Done"),
        ("2.2", "21 Jan, 10 Jun Under review"),
        ("2.4", "7 Feb – 11 Feb Overdue"),
        ("3.1", "30 April 2022 is not a working day: moved to the one before it, 29 April 2022 Done"),
        ("4.1", "18 dates, 31 Jan – 30 Dec"),
        ("4.4", "18 Jul – 22 Jul Not started"),
    ],
)
def test_a_row_tells_in_words_what_its_bar_shows(code: str, expected: str, sign_in: SignIn) -> None:
    assert expected in words(row_markup(in_english(sign_in("deputy")).get(TIMELINE).text, code))


def test_a_bar_lies_where_its_dates_are(sign_in: SignIn) -> None:
    html = sign_in("deputy").get(TIMELINE).text
    bar = re.search(
        r'<rect x="([\d.]+)%" y="-7" width="([\d.]+)%"[^>]*class="fill-done"', row_markup(html, "3.5")
    )
    assert bar
    # May: the days 121 to 151 of 365
    assert float(bar[1]) == pytest.approx(120 * 100 / 365, abs=0.01)
    assert float(bar[2]) == pytest.approx(31 * 100 / 365, abs=0.01)


def test_marks_are_bars_days_and_dots(sign_in: SignIn) -> None:
    html = sign_in("deputy").get(TIMELINE).text
    assert row_markup(html, "2.2").count("<path class=") == 2
    assert row_markup(html, "4.2").count("<circle class=") == 13
    assert 'fill="url(#hatch-overdue)"' in row_markup(html, "2.4")
    assert "year-ghost" in row_markup(html, "1.1")
    assert "year-ghost" not in row_markup(html, "2.3")


def test_today_is_marked_in_every_row_and_named(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(TIMELINE).text
    lines = re.findall(r'<line class="today-line" x1="([\d.]+)%"', html)
    # 15 June is the day 166 of 365; a line in each of 28 rows and 6 headings
    assert len(lines) == 28 + 6
    assert [float(x) for x in lines] == [pytest.approx(165.5 * 100 / 365, abs=0.01)] * 34
    assert "today, 15 Jun" in words(html)


def test_it_can_be_grouped_by_who_leads(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    by_section = re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', client.get(TIMELINE).text)
    html = client.get(f"{TIMELINE}?by=executor").text
    by_lead = [words(group) for group in re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', html)]
    assert len(by_section) == 6
    assert by_lead[-1] == "Each organisation for itself"
    assert len(by_lead) == 5
    assert len(re.findall(r"<tr data-activity=", html)) == 28
    alone = html.split("Each organisation for itself")[-1]
    assert re.findall(r'data-activity="([^"]+)"', alone) == ["2.3", "2.4", "3.2", "4.1", "4.5"]


def test_the_timeline_costs_few_statements(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("deputy")
    with recorded_statements(app.extensions["vekha"].database) as statements:
        client.get(TIMELINE)
    assert len(statements) <= 12


@pytest.mark.browser
@pytest.mark.looks
@pytest.mark.parametrize("width", [390, 1440])
def test_the_year_fits_the_screen(width: int, sign_in_page: Callable[..., Page]) -> None:
    page = sign_in_page("deputy")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(TIMELINE)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    chart = page.locator('tr[data-activity="3.7"] .year-row').bounding_box()
    today = page.locator('tr[data-activity="3.7"] .today-line').bounding_box()
    assert chart
    assert today
    assert chart["width"] > 250
    assert today["x"] - chart["x"] == pytest.approx(chart["width"] * 165.5 / 365, abs=2)
