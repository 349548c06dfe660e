"""`flask overdue` prints the tracker's list, for people and for machines."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import Result
from flask import Flask

from app.db import Database
from app.services.overdue import overdue_items
from app.services.plans import find_plan

pytestmark = pytest.mark.data("story")


def run(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["overdue", *arguments])


def test_it_prints_what_the_tracker_holds(app: Flask, database: Database, today: date) -> None:
    with database.read() as session:
        items = overdue_items(session, find_plan(session, "2022"), today)
    result = run(app)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[-1] == f"{len(items)} overdue on 2022-06-15."
    assert [line.split()[:5] for line in lines[1:-1]] == [
        [
            str(item.line.id),
            item.line.code,
            item.line.organization_key,
            str(item.line.due),
            str(item.late.days),
        ]
        for item in items
    ]


def test_a_machine_reads_the_same(app: Flask, database: Database, today: date) -> None:
    with database.read() as session:
        items = overdue_items(session, find_plan(session, "2022"), today)
    records = json.loads(run(app, "--json").output)
    assert [record["task"] for record in records] == [item.line.id for item in items]
    assert {"activity", "organization", "due", "days_late", "working_days_late", "indicators"} <= set(
        records[0]
    )


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (("--section", "4"), "activity", "4.1"),
        (("--organization", "cluster06"), "organization", "cluster06"),
        (("--indicator", "10"), "activity", "3.8"),
    ],
)
def test_it_can_be_narrowed(app: Flask, options: tuple[str, ...], field: str, value: str) -> None:
    records = json.loads(run(app, "--json", *options).output)
    assert records
    assert {record[field] for record in records} == {value}


def test_nothing_overdue_is_no_failure(app: Flask) -> None:
    result = run(app, "--section", "5")
    assert (result.exit_code, result.output) == (0, "0 overdue on 2022-06-15.\n")
    assert json.loads(run(app, "--section", "5", "--json").output) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--section", "9"), "the plan has no section 9; there are: 1, 2, 3, 4, 5, 6"),
        (("--organization", "nobody"), "the plan has no organization 'nobody'"),
        (("--indicator", "12"), "the plan has no indicator 12"),
        (("--plan", "1999"), "There is nothing here."),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_those_that_do(
    app: Flask, options: tuple[str, ...], told: str
) -> None:
    result = run(app, *options)
    assert result.exit_code == 1
    assert told in result.stderr
