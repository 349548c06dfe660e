"""The dashboard: every number opens exactly the list that it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Task
from app.services import people, tasks
from app.services.plans import find_plan
from app.services.task_list import task_lines
from tests import factories
from tests.infrastructure.forms import in_english, send, words
from tests.infrastructure.statements import recorded_statements

pytestmark = pytest.mark.data("story")

SignIn = Callable[..., FlaskClient]
DASHBOARD = "/plans/2022/"
COUNTERS = re.compile(
    r'<a class="counter kind-(\w+)" href="([^"]+)">\s*<span class="counter-number">(\d+)</span>'
)
PARTS = re.compile(r'<a class="nowrap" href="([^"]+section=\d+)">[^<]*?(\d+)</a>')
ENDANGERED = re.compile(r'<a href="([^"]+/overdue\?indicator=\d+)">[^<\d]*(\d+)[^<]*</a>')
NEXT = re.compile(r'<a rel="next" href="([^"]+)"')


def rows(client: FlaskClient, address: str) -> int:
    """The rows of a list, on all its pages; in the review queue, what can be accepted."""
    answer = client.get(unescape(address))
    assert answer.status_code == 200
    further = NEXT.search(answer.text)
    if "/review" in address:
        return len(re.findall(r'value="\d+:\d+:accept"', answer.text))
    return _rows_on(answer.text) + (rows(client, further[1]) if further else 0)


def _rows_on(html: str) -> int:
    bodies: list[str] = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return sum(body.count("<tr") for body in bodies)


@pytest.mark.parametrize("username", ["deputy", "auditor", "college01", "centre"])
def test_each_counter_opens_exactly_what_it_counts(sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    counters = COUNTERS.findall(client.get(DASHBOARD).text)
    assert [kind for kind, _, _ in counters] == ["overdue", "soon", "review", "progress", "done"]
    assert {address: rows(client, address) for _, address, _ in counters} == {
        address: int(number) for _, address, number in counters
    }
    assert all(int(number) for _, _, number in counters)


def test_each_part_of_a_section_opens_exactly_what_it_counts(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    parts = PARTS.findall(client.get(DASHBOARD).text)
    assert len(parts) > 12
    assert {address: rows(client, address) for address, _ in parts} == {
        address: int(number) for address, number in parts
    }


def test_the_parts_of_the_sections_add_up_to_the_plan(sign_in: SignIn, database: Database) -> None:
    parts = PARTS.findall(sign_in("deputy").get(DASHBOARD).text)
    with database.read() as session:
        plan_tasks = len(session.scalars(select(Task.id)).all())
    assert sum(int(number) for _, number in parts) == plan_tasks


@pytest.mark.parametrize("username", ["deputy", "college31"])
def test_what_endangers_an_indicator_is_one_click_away(sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    endangered = ENDANGERED.findall(client.get(DASHBOARD).text)
    assert endangered
    assert {address: rows(client, address) for address, _ in endangered} == {
        address: int(number) for address, number in endangered
    }


def test_two_who_are_late_in_one_thing_stand_in_one_line(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(DASHBOARD).text
    [row] = [
        row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if '<span class="code">2.4</span>' in row
    ]
    assert "no. 19" in words(row)
    assert "no. 26" in words(row)
    assert "124 days late" in words(row)


def test_one_click_reminds_all_who_stand_in_the_line(
    sign_in: SignIn, database: Database, today: date
) -> None:
    def reminders() -> dict[int, int]:
        with database.read() as session:
            lines = task_lines(session, find_plan(session, "2022"), today, "overdue")
            return {line.id: line.reminders for line in lines if line.code == "2.4"}

    before = reminders()
    assert len(before) == 2
    client = in_english(sign_in("deputy"))
    button = " ".join(str(task) for task in sorted(before))
    assert f'value="{button}"' in client.get(DASHBOARD).text
    address = "/plans/2022/overdue/reminders?back=dashboard"
    answer = send(client, DASHBOARD, address, {"one": button})
    assert (answer.status_code, answer.location) == (303, DASHBOARD)
    assert "2 reminders were sent." in client.get(DASHBOARD).text
    assert reminders() == {task: number + 1 for task, number in before.items()}


def test_what_waits_for_the_controller_stands_among_what_needs_attention(sign_in: SignIn) -> None:
    html = sign_in("deputy").get(DASHBOARD).text
    assert 'href="/plans/2022/review#activity-3.2"' in html
    assert re.search(r'href="/extensions/\d+"', html)


def test_an_executor_is_told_of_its_own_delays_and_can_remind_nobody(sign_in: SignIn) -> None:
    html = in_english(sign_in("college31")).get(DASHBOARD).text
    codes = set(re.findall(r'<span class="code">(\d\.\d)</span><a href="/(?:tasks|plans/2022/overdue)', html))
    assert codes == {"4.1"}
    assert 'name="one"' not in html


def test_a_coordinator_may_remind_those_whose_work_it_collects(sign_in: SignIn) -> None:
    html = sign_in("centre").get(DASHBOARD).text
    buttons = len(re.findall(r'name="one"', html))
    assert 0 < buttons < html.count('class="row-overdue"') + 1


def test_a_change_by_anybody_shows_on_the_next_look(
    sign_in: SignIn, app: Flask, database: Database, now: datetime, today: date
) -> None:
    client = sign_in("deputy")

    def counted() -> dict[str, int]:
        return {kind: int(number) for kind, _, number in COUNTERS.findall(client.get(DASHBOARD).text)}

    before = counted()
    assert counted() == before
    with database.transaction() as session:
        line = task_lines(session, find_plan(session, "2022"), today, "review")[0]
        deputy = people.find_actor(session, "deputy")
        store = app.extensions["vekha"].store
        tasks.fire(session, store, deputy, line.id, "accept", now=now)
    after = counted()
    assert after["review"] == before["review"] - 1
    assert after["done"] == before["done"] + 1


def test_readers_of_different_languages_do_not_share_words(sign_in: SignIn) -> None:
    russian, english = sign_in("deputy"), in_english(sign_in("deputy"))
    assert "Employment-support" not in russian.get(DASHBOARD).text
    assert "Защита планов" not in english.get(DASHBOARD).text


@pytest.mark.parametrize("username", ["deputy", "college01"])
@pytest.mark.parametrize("path", [DASHBOARD, "/plans/2022/discipline", "/plans/2022/tasks"])
def test_a_page_costs_at_most_twelve_statements(
    sign_in: SignIn, app: Flask, username: str, path: str
) -> None:
    client = sign_in(username)
    with recorded_statements(app.extensions["vekha"].database) as statements:
        assert client.get(path).status_code == 200
    assert len(statements) <= 12


def test_a_second_look_costs_no_more_than_an_empty_page(sign_in: SignIn, app: Flask) -> None:
    client = sign_in("deputy")
    client.get(DASHBOARD)
    with recorded_statements(app.extensions["vekha"].database) as statements:
        client.get(DASHBOARD)
    assert len(statements) <= 3


@pytest.mark.data("plan")
def test_a_plan_in_which_all_is_late_costs_no_more_statements(
    sign_in: SignIn, app: Flask, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "deputy", now, "controller")
    client = sign_in("deputy")
    with recorded_statements(app.extensions["vekha"].database) as statements:
        html = client.get(DASHBOARD).text
    assert len(statements) <= 12
    [overdue] = [int(number) for kind, _, number in COUNTERS.findall(html) if kind == "overdue"]
    assert overdue > 200


def test_nobody_sees_it_without_signing_in(client: FlaskClient) -> None:
    answer = client.get(DASHBOARD)
    assert answer.status_code == 302
    assert answer.location.startswith("/login")
