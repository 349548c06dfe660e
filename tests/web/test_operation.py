"""What those who run an installation see of its background work: the page of jobs, and `/readyz`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app import create_app, timetable
from app.db import Database
from app.health import Findings, Health
from app.jobs import JOBS
from app.models import JobRun, JournalEntry, Occurrence
from app.work import Work
from config import Clock, Config
from tests import factories
from tests.infrastructure import signing_in
from tests.infrastructure.forms import in_english, words
from tests.infrastructure.tampering import behind_the_triggers
from tests.web.filling_in import press

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def beside(app_config: Config, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a queue that nobody works on yet."""
    app = create_app(replace(app_config, queue=f"sqlite:///{tmp_path / 'queue.db'}"))
    yield app
    app.extensions["vekha"].database.dispose()


def admin_of(app: Flask, database: Database, now: datetime) -> FlaskClient:
    with database.transaction() as session:
        factories.actor(session, "admin", now, role="administrator")
    return in_english(signing_in.sign_in(app.test_client(), "admin"))


def found(app: Flask) -> Findings:
    """What is found, with the details that a stranger is not told."""
    parts = app.extensions["vekha"]
    return Health(parts.config, parts.database, parts.store).look()


def begun(database: Database, ago: timedelta, *names: str) -> None:
    """As if these jobs had been begun so long ago, and done."""
    with database.transaction() as session:
        moment = datetime.now(UTC) - ago
        session.execute(
            update(JobRun)
            .where(JobRun.name.in_(names))
            .values(begun_at=moment, finished_at=moment, alive_until=None)
        )


def test_a_new_installation_is_ready_and_says_nothing_of_jobs_that_never_ran(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"], answer.json["checks"]["jobs"]) == (200, True, "ok")


@pytest.mark.parametrize("queue", ["sqlite:////nowhere/queue.db", None])
def test_jobs_that_nobody_ever_ran_are_late_when_their_first_time_is_long_past(
    queue: str | None, app_config: Config, database: Database
) -> None:
    config = replace(app_config, clock=Clock(), demo=False, queue=queue)

    def late() -> list[str]:
        with database.read() as session:
            return timetable.health(session, config).late

    assert len(late()) == len(JOBS) - (queue is None), "it was loaded long ago"
    with database.transaction() as session:
        session.execute(update(Occurrence).values(created_at=config.clock.machine()))
    assert late() == []


def test_what_protects_nothing_for_want_of_a_setting_is_not_called_done(
    app: Flask, database: Database, now: datetime
) -> None:
    admin = admin_of(app, database, now)
    for name, setting in (("backup", "VEKHA_BACKUPS"), ("scan", "VEKHA_CLAMAV")):
        press(admin, "/admin/jobs", f"/admin/jobs/{name}/run")
        page = words(admin.get("/admin/jobs").text)
        assert f"Not set up: {setting} is not set." in page
    assert "Backups made: 0" not in page


def test_a_clock_that_was_ahead_once_stops_no_job(app: Flask, database: Database, now: datetime) -> None:
    admin = admin_of(app, database, now)
    press(admin, "/admin/jobs", "/admin/jobs/journal/run")
    begun(database, timedelta(days=-3650), "journal")
    work = Work(app.extensions["vekha"].config, database, app.extensions["vekha"].store, now)
    assert "journal" in timetable.due(work)
    ahead = datetime.now(UTC) + timedelta(days=3650)
    with database.transaction() as session:
        session.execute(update(JobRun).values(finished_at=None, alive_until=ahead))
    assert "journal" in timetable.due(work)


def test_what_fails_or_is_late_is_named_and_takes_no_server_away(
    beside: Flask, database: Database, now: datetime
) -> None:
    admin = admin_of(beside, database, now)
    for name in JOBS:
        press(admin, "/admin/jobs", f"/admin/jobs/{name}/run")
    assert admin.get("/readyz").json["checks"]["jobs"] == "ok"
    with behind_the_triggers(database) as session:
        session.execute(update(JournalEntry).values(note="never said"))
    press(admin, "/admin/jobs", "/admin/jobs/journal/run")
    begun(database, timedelta(minutes=20), "mail")
    answer = admin.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)
    assert answer.json["checks"]["jobs"] == "warn"
    assert found(beside)["jobs"].details == "late: mail; failing: journal"
    page = words(admin.get("/admin/jobs").text)
    assert "Nobody seems to run the jobs Late: Mail." in page
    press(admin, "/admin/jobs", "/admin/jobs/journal/run")
    assert "2 failures in a row." in words(admin.get("/admin/jobs").text)


def test_the_page_says_when_jobs_run_and_when_next(beside: Flask, database: Database, now: datetime) -> None:
    admin = admin_of(beside, database, now)
    before = words(admin.get("/admin/jobs").text)
    assert "every day at 06:00" in before
    assert before.count("within a minute") == len(JOBS)
    press(admin, "/admin/jobs", "/admin/jobs/ladder/run")
    after = words(admin.get("/admin/jobs").text)
    assert after.count("within a minute") == len(JOBS) - 1
    with database.transaction() as session:
        session.execute(
            update(JobRun).values(finished_at=None, alive_until=datetime.now(UTC) + timedelta(minutes=1))
        )
    assert "Running" in words(admin.get("/admin/jobs").text)
    with database.transaction() as session:
        session.execute(update(JobRun).values(alive_until=datetime.now(UTC) - timedelta(seconds=1)))
    cut_off = words(admin.get("/admin/jobs").text)
    assert "Was cut off" in cut_off
    assert cut_off.count("within a minute") == len(JOBS)


def test_where_no_worker_is_the_page_says_so(app: Flask, database: Database, now: datetime) -> None:
    admin = admin_of(app, database, now)
    page = words(admin.get("/admin/jobs").text)
    assert "No worker runs the jobs here" in page
    assert "every day at" not in page
