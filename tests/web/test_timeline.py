"""The timeline: the year as a table that can be read without seeing the marks, grouped and narrowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from app.domain.permissions import Actor
from tests.infrastructure.forms import in_english, words
from tests.infrastructure.statements import recorded_statements
from tests.web.acting import Login
from tests.web.year import (
    TIMELINE,
    Extend,
    codes,
    dates,
    drawn,
    ends,
    extending,
    groups,
    noon,
    row_markup,
    standing,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def extend(database: Database, people: dict[str, Actor], now: datetime) -> Extend:
    return extending(database, people, now)


def test_all_activities_stand_in_it_once_with_their_dates_and_states(sign_in: SignIn) -> None:
    html = in_english(sign_in("auditor")).get(TIMELINE).text
    assert len(codes(html)) == len(set(codes(html))) == 28
    for code in codes(html):
        assert '<th scope="row"' in row_markup(html, code)
        assert dates(html, code)
        assert standing(html, code)


@pytest.mark.parametrize(
    ("code", "when", "state"),
    [
        ("2.3", "21 Jan – 4 Feb", "Done"),
        ("2.1", "by 14 Jan", "Done"),
        ("2.2", "21 Jan, 10 Jun", "Under review"),
        ("2.4", "7 Feb – 11 Feb", "Overdue"),
        (
            "3.1",
            "1 Apr – 29 Apr 30 April 2022 is not a working day: moved to the one before it, 29 April 2022",
            "Done",
        ),
        ("4.4", "18 Jul – 22 Jul", "In progress"),
        ("2.5", "1 Oct – 31 Oct", "Not started"),
        ("1.1", "1 Feb – 11 Mar, extended from 28 Feb", "Done"),
        ("4.3", "4 dates, 31 Mar – 24 Jun; 1 without a deadline", "Reopened"),
    ],
)
def test_a_row_tells_in_words_what_its_marks_show(code: str, when: str, state: str, sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(TIMELINE).text
    assert dates(html, code) == when
    assert standing(html, code) == state


def test_a_legend_says_what_the_marks_mean(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(TIMELINE).text
    legend = words(" ".join(re.findall(r'<ul class="legend".*?</ul>', html, re.DOTALL)))
    for meaning in ("the date in force", "one day", "first date", "extended", "today", "without a deadline"):
        assert meaning in legend
    for state in ("Not started", "In progress", "Under review", "Done", "Overdue", "Withdrawn"):
        assert state in legend


def test_it_can_be_grouped_by_who_carries_it_out(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    assert len(groups(client.get(TIMELINE).text)) == 6
    html = client.get(f"{TIMELINE}?by=executor").text
    together = groups(html)
    assert together[-2:] == [
        "Clusters 11 organisations, each for itself",
        "Educational organisations 35 organisations, each for itself",
    ]
    assert len(together) == 6
    assert set(codes(html)) == set(codes(client.get(TIMELINE).text))
    colleges = html.partition("Educational organisations")[2]
    assert codes(colleges) == ["2.3", "2.4", "3.2", "4.1", "4.5"]
    clusters = html.partition(">Clusters")[2].partition("Educational organisations")[0]
    assert codes(clusters) == ["1.2", "3.8", "4.3"]


def test_a_group_shows_the_tasks_of_its_own_organisations_alone(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(f"{TIMELINE}?by=executor").text
    clusters = html.partition(">Clusters")[2].partition("Educational organisations")[0]
    # of the five requests one is for a cluster
    assert dates(clusters, "4.3") == "by 24 Jun"
    assert standing(clusters, "4.3") == "In progress"
    centre = html.partition("Regional resource centre")[2]
    assert dates(centre, "4.3") == "2 dates, 31 Mar – 15 Apr; 1 without a deadline"


@pytest.mark.data("plan")
def test_an_executor_is_shown_with_its_own_tasks_dates_and_extensions(extend: Extend, login: Login) -> None:
    extend("3.2", "college01", date(2022, 7, 20))
    client = login("deputy")
    own = client.get(f"{TIMELINE}?executor=college01").text
    assert codes(own) == ["2.3", "2.4", "3.2", "4.1"]
    assert len(groups(own)) == 3
    shapes = drawn(own, "3.2")
    assert shapes["year-end"][0].start == ends(date(2022, 7, 20))
    assert shapes["year-ghost-end"][0].start == ends(date(2022, 6, 30))
    assert "year-tail" not in shapes
    assert dates(own, "3.2") == "1 May – 20 Jul, extended from 30 Jun"
    other = client.get(f"{TIMELINE}?executor=college02").text
    assert dates(other, "3.2") == "1 May – 30 Jun"
    assert "year-ghost-end" not in drawn(other, "3.2")
    everybody = client.get(TIMELINE).text
    assert dates(everybody, "3.2") == "1 May – 30 Jun, 1 of 35 extended, up to 20 Jul"


def test_an_executor_is_shown_with_its_own_states(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    everybody = client.get(TIMELINE).text
    assert standing(everybody, "2.4") == "Overdue"
    own = client.get(f"{TIMELINE}?executor=college10").text
    assert standing(own, "2.4") == "Done"
    assert drawn(own, "2.4")["year-window"][0].title == "7 Feb – 11 Feb: Done"
    returned = client.get(f"{TIMELINE}?executor=college14").text
    assert standing(returned, "3.2") == "Returned for rework"
    assert 'fill="url(#year-returned)"' in row_markup(returned, "3.2")
    assert standing(client.get(f"{TIMELINE}?executor=bpoo").text, "3.6") == "Overdue"
    late = client.get(f"{TIMELINE}?executor=college19").text
    assert standing(late, "2.4") == "Overdue"
    centre = client.get(f"{TIMELINE}?executor=centre").text
    (withdrawn,) = drawn(centre, "4.3")["year-dot-off"]
    assert withdrawn.start == noon(date(2022, 4, 15))
    assert withdrawn.title.endswith(": Withdrawn")


def test_one_executor_is_one_group_when_executors_are_the_groups(sign_in: SignIn) -> None:
    html = in_english(sign_in("auditor")).get(f"{TIMELINE}?by=executor&executor=college03").text
    assert len(groups(html)) == 1
    assert codes(html) == ["2.3", "2.4", "3.2", "4.1"]


@pytest.mark.data("plan")
def test_executors_see_the_dates_of_others_and_never_a_reason(extend: Extend, login: Login) -> None:
    extend("3.2", "college06", date(2022, 7, 20))
    html = login("college02").get(f"{TIMELINE}?executor=college06").text
    assert dates(html, "3.2") == "1 May – 20 Jul, extended from 30 Jun"
    assert "secret" not in html


def test_who_executes_can_be_chosen_without_a_script(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(f"{TIMELINE}?by=executor&paper=a3&executor=college03").text
    form = re.search(r'<form method="get"[^>]*class="filters".*?</form>', html, re.DOTALL)
    assert form
    assert '<input type="hidden" name="by" value="executor">' in form.group()
    assert '<input type="hidden" name="paper" value="a3">' in form.group()
    assert '<option value="college03" selected>' in form.group()
    assert len(re.findall("<option", form.group())) == 1 + 50
    assert "Only our own tasks" not in html


def test_an_executor_comes_to_its_own_year_with_one_click(sign_in: SignIn) -> None:
    client = in_english(sign_in("college07"))
    link = re.search(r'<a href="([^"]+)"[^>]*>Only our own tasks', client.get(TIMELINE).text)
    assert link
    own = client.get(unescape(link[1])).text
    assert codes(own) == ["2.3", "2.4", "3.2", "4.1", "4.5"]
    assert "Only our own tasks" not in own


def test_who_owes_nothing_has_no_rows_and_who_does_not_exist_no_page(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    nothing = client.get(f"{TIMELINE}?executor=pfr")
    assert "This organisation has no tasks of its own in the plan." in nothing.text
    assert codes(nothing.text) == []
    for unknown in ("college99", "%00", "'", "х" * 60):
        assert client.get(f"{TIMELINE}?executor={unknown}").status_code == (200 if unknown == "%00" else 404)


@pytest.mark.data("plan")
def test_a_change_is_seen_by_whoever_looked_before(extend: Extend, login: Login) -> None:
    client = login("deputy")
    views = (TIMELINE, f"{TIMELINE}?by=executor", f"{TIMELINE}?executor=college01")
    before = [client.get(view).text for view in views]
    extend("3.2", "college01", date(2022, 7, 20))
    for view, html in zip(views, before, strict=True):
        assert "20 Jul" not in html
        assert "20 Jul" in dates(client.get(view).text, "3.2")


@pytest.mark.parametrize("asked", ["", "?by=executor", "?executor=college01", "?by=executor&executor=centre"])
def test_the_timeline_costs_few_statements(asked: str, app: Flask, sign_in: SignIn) -> None:
    client = sign_in("deputy")
    with recorded_statements(app.extensions["vekha"].database) as statements:
        client.get(f"{TIMELINE}{asked}")
    assert len(statements) <= 12
    with recorded_statements(app.extensions["vekha"].database) as statements:
        client.get(f"{TIMELINE}{asked}")
    assert not [statement for statement in statements if "FROM task" in statement]


@pytest.mark.browser
@pytest.mark.looks
@pytest.mark.parametrize("width", [390, 800, 1024, 1280, 1440])
def test_the_year_fits_the_screen(width: int, sign_in_page: Callable[..., Page]) -> None:
    page = sign_in_page("deputy")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(TIMELINE)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    chart = page.locator('tr[data-activity="3.7"] .year-row').bounding_box()
    today = page.locator('tr[data-activity="3.7"] .today-line').bounding_box()
    assert chart
    assert today
    assert chart["width"] > 200
    assert today["x"] - chart["x"] == pytest.approx(chart["width"] * 165.5 / 365, abs=2)
    labels = page.locator(".year-months text:not(.year-today):visible").evaluate_all(
        "labels => labels.map((label) => label.getBoundingClientRect()).map((box) => [box.left, box.right])"
    )
    assert len(labels) == 12
    assert all(left[1] < right[0] for left, right in pairwise(labels)), "the months lie over one another"
