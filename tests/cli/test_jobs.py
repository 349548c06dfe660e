"""`flask jobs`, as an operator and as a machine reads it."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app.db import Database
from app.jobs import JOBS
from app.models import JournalEntry
from tests.infrastructure.tampering import behind_the_triggers

pytestmark = pytest.mark.data("plan")


def invoke(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(arguments))


def test_the_list_says_what_never_ran_and_then_how_it_went(app: Flask) -> None:
    before = invoke(app, "jobs")
    assert before.exit_code == 0
    assert before.output.count("never run") == len(JOBS)
    assert "every day at 06:00" in before.output
    assert invoke(app, "jobs", "run", "journal").output.startswith("journal: done; plans 1, entries ")
    after = invoke(app, "jobs").output
    assert after.count("never run") == len(JOBS) - 1
    assert "journal    2022-06-15" in after


def test_a_machine_reads_every_job_with_its_last_run(app: Flask) -> None:
    assert [each["job"] for each in json.loads(invoke(app, "jobs", "--json").output)] == [*JOBS]
    ran = invoke(app, "jobs", "run", "all", "--deep", "--json")
    assert ran.exit_code == 0
    told = json.loads(ran.output)
    assert [each["job"] for each in told] == [*JOBS]
    listed = json.loads(invoke(app, "jobs", "--json").output)
    assert [{name: each[name] for name in each if name != "next_at"} for each in listed] == told
    soonest = {each["job"]: each["next_at"] for each in listed}
    assert soonest["mail"] <= soonest["ladder"]
    assert all(each["finished_at"] >= each["started_at"] for each in told)
    assert not any(each["failure"] for each in told)


def test_a_failed_check_is_told_and_ends_with_exit_code_1_after_the_other_jobs(
    app: Flask, database: Database
) -> None:
    with behind_the_triggers(database) as session:
        session.execute(update(JournalEntry).values(note="never said"))
    ran = invoke(app, "jobs", "run", "all")
    assert ran.exit_code == 1
    assert "journal: FAILED. Journal of plan 2022: entry 1 was changed" in ran.output
    assert "evidence: done" in ran.output
    assert "Error: failed: journal" in ran.stderr


def test_an_unknown_job_is_wrong_usage_and_the_known_ones_are_named(app: Flask) -> None:
    ran = invoke(app, "jobs", "run", "everything")
    assert ran.exit_code == 2
    assert all(name in ran.stderr for name in JOBS)
