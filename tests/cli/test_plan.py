"""`flask plan status`: one record of how the plan stands, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import Activity, Task
from app.services import past
from app.services.indicators import indicator_lines
from app.services.overdue import overdue_items
from app.services.plans import find_plan

pytestmark = pytest.mark.data("story")


def run(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["plan", "status", *arguments])


@pytest.fixture
def record(app: Flask) -> dict[str, Any]:
    result = run(app, "--json")
    assert result.exit_code == 0
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_the_record_has_the_form_that_others_rely_on(record: dict[str, Any]) -> None:
    assert list(record) == ["plan", "as_of", "rows", "activities", "tasks", "overdue", "indicators"]
    assert (record["plan"], record["as_of"], record["rows"]) == ("2022", "2022-06-15", 25)
    assert list(record["tasks"]) == ["total", "by_state"]
    for name, keys in {
        "activities": "code row title workflow state tasks accepted overdue",
        "overdue": "task activity organization due days_late indicators",
        "indicators": "number kind direction target unit value reported expected standing",
    }.items():
        assert {tuple(one) for one in record[name]} == {tuple(keys.split())}


def test_activities_and_tasks_are_counted_as_they_are(record: dict[str, Any], database: Database) -> None:
    with database.read() as session:
        tasks = session.execute(
            select(Activity.code, Task.state, Task.phase, Task.due).join(
                Activity, Activity.id == Task.activity_id
            )
        ).all()
        states = {code: state for code, state in session.execute(select(Activity.code, Activity.state))}  # noqa: C416
    late = date(2022, 6, 15)
    assert len(record["activities"]) == 28
    assert {one["code"]: one["state"] for one in record["activities"]} == states
    assert record["tasks"]["total"] == len(tasks)
    assert record["tasks"]["by_state"] == Counter(task.state for task in tasks)
    for one in record["activities"]:
        own = [task for task in tasks if task.code == one["code"]]
        assert one["tasks"] == len(own)
        assert one["accepted"] == sum(task.state == "accepted" for task in own)
        assert one["overdue"] == sum(
            task.phase == "owing" and task.due is not None and task.due < late for task in own
        )


def test_the_record_says_what_the_pages_say(record: dict[str, Any], database: Database, today: date) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        items = overdue_items(session, plan, today)
        lines = indicator_lines(session, plan, today)
    assert [(one["task"], one["days_late"]) for one in record["overdue"]] == [
        (item.line.id, item.late.days) for item in items
    ]
    assert sum(one["overdue"] for one in record["activities"]) == len(items)
    assert [one["number"] for one in record["indicators"]] == list(range(1, 12))
    for one, line in zip(record["indicators"], lines, strict=True):
        assert one["value"] == (None if line.value is None else pytest.approx(float(line.value)))
        assert (one["reported"], one["expected"]) == (line.reported, line.expected)
        assert one["standing"] == line.standing.code


def test_people_read_a_table(app: Flask, record: dict[str, Any]) -> None:
    result = run(app)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("Plan 2022 on 2022-06-15: 25 rows, 28 activities, ")
    assert lines[0].endswith(f" {len(record['overdue'])} overdue.")
    table = {line.split()[0]: line for line in lines[3:] if line}
    assert {one["code"] for one in record["activities"]} <= set(table)
    assert table["10"].split()[1:4] == [">=", "20", "contracts"]


def test_a_plan_that_is_not_there_is_refused_with_those_that_are(app: Flask) -> None:
    result = run(app, "--plan", "1999")
    assert result.exit_code == 1
    assert "there is no plan '1999'; there are: 2022" in result.stderr
    assert result.stdout == ""


def test_a_day_before_today_is_told_as_it_was(app: Flask, database: Database) -> None:
    day = date(2022, 3, 31)
    with database.read() as session:
        plan = find_plan(session, "2022")
        with past.as_of(session, plan, day) as then:
            expected = len(overdue_items(then, plan, day))
    record = json.loads(run(app, "--json", "--as-of", "2022-03-31").output)
    assert record["as_of"] == "2022-03-31"
    assert len(record["overdue"]) == expected > 0
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["overdue", "--as-of", "2022-03-31"])
    assert result.output.splitlines()[-1] == f"{expected} overdue on 2022-03-31."
    refused = run(app, "--as-of", "2022-06-16")
    assert refused.exit_code == 1
    assert "still to come" in refused.stderr
