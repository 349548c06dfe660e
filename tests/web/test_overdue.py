"""The tracker as people use it: look, narrow, order, remind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Organization, Reminder, Task
from app.services.endangered import at_stake, gravest_first
from app.services.indicators import indicator_lines
from app.services.overdue import OverdueItem, overdue_items
from app.services.plans import find_plan
from tests.infrastructure.forms import in_english, send, words
from tests.infrastructure.statements import recorded_statements

pytestmark = pytest.mark.data("story")

SignIn = Callable[..., FlaskClient]
OVERDUE = "/plans/2022/overdue"
STAKE = r'/indicators/(\d+)">.*?overdue\?(?:[^"]*&amp;)?indicator=\d+">(\d+) '
REMINDERS = "/plans/2022/overdue/reminders"


@pytest.fixture
def items(database: Database, today: date) -> list[OverdueItem]:
    with database.read() as session:
        return overdue_items(session, find_plan(session, "2022"), today)


def shown(client: FlaskClient, query: str = "") -> list[int]:
    """The tasks of the page's rows, in their order."""
    html = client.get(OVERDUE + query).text
    return [
        int(task) for task in re.findall(r'<tr class="row-overdue">.*?href="/tasks/(\d+)"', html, re.DOTALL)
    ]


def reminded(database: Database) -> dict[int, int]:
    with database.read() as session:
        return {row.id: row.reminders for row in session.execute(select(Task.id, Task.reminders))}


def test_the_page_shows_what_the_service_finds(sign_in: SignIn, items: list[OverdueItem]) -> None:
    assert items
    assert shown(sign_in("deputy")) == [item.line.id for item in items]
    assert shown(sign_in("auditor")) == [item.line.id for item in items]


def test_a_row_tells_who_is_late_how_long_and_why(sign_in: SignIn, items: list[OverdueItem]) -> None:
    html = in_english(sign_in("deputy")).get(OVERDUE).text
    item = next(item for item in items if item.line.code == "3.8")
    [row] = [
        words(row) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if f'"/tasks/{item.line.id}"' in row
    ]
    assert item.line.organization_gloss in row
    assert f"{item.late.days} {item.late.working_days} working" in row
    assert f"{item.line.reminders} times" in row
    assert item.line.explanation
    assert item.line.explanation in row
    assert "expects to finish" in row
    assert "Endangers indicators: 10" in row


def test_it_explains_how_it_counts(sign_in: SignIn) -> None:
    told = words(in_english(sign_in("deputy")).get(OVERDUE).text)
    assert "Submitted in time and still under review is not the executor’s overdue" in told
    assert "Returned for rework after the due date is overdue" in told


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("?section=4", lambda item: item.line.section == 4),
        ("?executor=college31", lambda item: item.line.organization_key == "college31"),
        ("?indicator=10", lambda item: 10 in {one.number for one in item.indicators}),
        ("?section=4&executor=college31", lambda item: item.line.organization_key == "college31"),
        ("?activity=2.4", lambda item: item.line.code == "2.4"),
    ],
)
def test_the_address_narrows_the_list(
    sign_in: SignIn, items: list[OverdueItem], query: str, keeps: Callable[[OverdueItem], bool]
) -> None:
    expected = [item.line.id for item in items if keeps(item)]
    assert 0 < len(expected) < len(items)
    assert shown(sign_in("deputy"), query) == expected


def test_the_filters_keep_what_was_chosen(sign_in: SignIn) -> None:
    html = sign_in("deputy").get(f"{OVERDUE}?section=4&executor=college31&indicator=2").text
    assert len(re.findall(r"<option[^>]* selected", html)) == 3


def test_the_list_can_be_ordered_from_the_newest(sign_in: SignIn, items: list[OverdueItem]) -> None:
    days = {item.line.id: item.late.days for item in items}
    listed = [days[task] for task in shown(sign_in("deputy"), "?order=newest")]
    assert listed == sorted(days.values())


def test_what_is_endangered_stands_above_the_list_and_orders_it(
    sign_in: SignIn, items: list[OverdueItem], database: Database, today: date
) -> None:
    with database.read() as session:
        lines = indicator_lines(session, find_plan(session, "2022"), today)
    client = in_english(sign_in("deputy"))
    html = client.get(f"{OVERDUE}?order=gravest").text
    assert shown(client, "?order=gravest") == [item.line.id for item in gravest_first(items, lines)]
    assert shown(client, "?order=gravest") != shown(client)
    panel = html.split('<ol class="stakes"')[1].split("</ol>")[0]
    stakes = [(int(number), int(tasks)) for number, tasks in re.findall(STAKE, panel, re.DOTALL)]
    assert [number for number, _ in stakes] == [stake.line.number for stake in at_stake(items, lines)]
    assert dict(stakes) == {
        line.number: sum(line.number in [each.number for each in item.indicators] for item in items)
        for line in lines
        if any(line.number == each.number for item in items for each in item.indicators)
    }
    # what is fed directly stands before what is only touched
    direct = [
        any(each.strength == "direct" for each in item.indicators) for item in gravest_first(items, lines)
    ]
    assert direct == sorted(direct, reverse=True)
    assert len(set(direct)) == 2


def test_a_filter_that_nothing_matches_says_so(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(f"{OVERDUE}?section=5").text
    assert "Nothing that matches these filters is overdue." in html
    assert 'href="/plans/2022/overdue"' in html


@pytest.mark.parametrize(
    "query", ["?section=abc", "?indicator=%00", "?order=; drop table task", "?section=99999999999999999999"]
)
def test_a_broken_address_narrows_nothing(sign_in: SignIn, items: list[OverdueItem], query: str) -> None:
    assert shown(sign_in("deputy"), query) == [item.line.id for item in items]


def test_the_selected_are_reminded_with_the_words_given(
    sign_in: SignIn, database: Database, items: list[OverdueItem]
) -> None:
    chosen = [item.line.id for item in items[:3]]
    before = reminded(database)
    client = in_english(sign_in("deputy"))
    answer = send(
        client, OVERDUE, f"{REMINDERS}?section=2&order=newest", {"task": chosen, "note": "До пятницы"}
    )
    assert (answer.status_code, answer.location) == (303, f"{OVERDUE}?section=2&order=newest")
    assert "3 reminders were sent." in client.get(OVERDUE).text
    after = reminded(database)
    assert {task for task in after if after[task] != before[task]} == set(chosen)
    with database.read() as session:
        newest = session.scalars(select(Reminder).order_by(Reminder.id.desc()).limit(3)).all()
    assert {(reminder.task_id, reminder.note) for reminder in newest} == {
        (task, "До пятницы") for task in chosen
    }


def test_the_button_of_a_row_reminds_that_one_alone(
    sign_in: SignIn, database: Database, items: list[OverdueItem]
) -> None:
    before = reminded(database)
    marked, pressed = items[0].line.id, items[1].line.id
    answer = send(sign_in("deputy"), OVERDUE, REMINDERS, {"task": [marked], "one": str(pressed)})
    assert answer.status_code == 303
    after = reminded(database)
    assert {task for task in after if after[task] != before[task]} == {pressed}


def test_reminding_nobody_is_refused_and_keeps_the_words(sign_in: SignIn, database: Database) -> None:
    before = reminded(database)
    answer = send(in_english(sign_in("deputy")), OVERDUE, REMINDERS, {"note": "До пятницы"})
    assert answer.status_code == 422
    assert "Please choose whom to remind." in answer.text
    assert 'value="До пятницы"' in answer.text
    assert reminded(database) == before


def test_an_executor_sees_its_own_and_cannot_remind(
    sign_in: SignIn, database: Database, items: list[OverdueItem]
) -> None:
    client = sign_in("college31")
    own = [item.line.id for item in items if item.line.organization_key == "college31"]
    foreign = next(item.line.id for item in items if item.line.organization_key == "cluster06")
    assert own
    assert shown(client) == own
    assert 'name="task"' not in client.get(OVERDUE).text
    before = reminded(database)
    assert send(client, "/tasks", REMINDERS, {"one": str(own[0])}).status_code == 403
    assert send(client, "/tasks", REMINDERS, {"one": str(foreign)}).status_code == 404
    assert send(client, "/tasks", REMINDERS, {"one": "999999"}).status_code == 404
    assert reminded(database) == before


def test_a_coordinator_reminds_those_whose_work_it_collects(
    sign_in: SignIn, database: Database, items: list[OverdueItem]
) -> None:
    client = sign_in("centre")
    with database.read() as session:
        centre = session.scalars(select(Organization.id).where(Organization.key == "centre")).one()
    collected = [
        item.line.id for item in items if centre in (item.line.coordinator_id, item.line.organization_id)
    ]
    assert shown(client) == collected
    before = reminded(database)
    assert send(client, OVERDUE, REMINDERS, {"task": collected}).status_code == 303
    after = reminded(database)
    assert {task for task in after if after[task] != before[task]} == set(collected)


@pytest.mark.parametrize("username", ["deputy", "college31"])
def test_the_page_costs_at_most_fourteen_statements(sign_in: SignIn, app: Flask, username: str) -> None:
    client = sign_in(username)
    with recorded_statements(app.extensions["vekha"].database) as statements:
        assert client.get(OVERDUE).status_code == 200
    assert len(statements) <= 14
