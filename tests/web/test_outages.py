"""A full disk, a database that somebody holds or that only reads: said clearly, nothing half done, and over
as soon as the cause is; who only reads notices nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.db import Database
from app.models import Evidence, JournalEntry, LoginSession
from config import Config
from tests.infrastructure.disk import Disk, mounted
from tests.infrastructure.files import PDF
from tests.infrastructure.locking import held
from tests.infrastructure.signing_in import csrf_token
from tests.infrastructure.templates import Installation, Templates
from tests.web.acting import Login, in_english, stands, upload, words

#: somebody who writes waits this long here for who holds the database, in seconds
WAITS = 0.3
EXPLANATION = "Ждём подписи соглашения; срок назван в письме № 17."


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk", 24) as disk:
        yield disk


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[Installation]:
    on_disk = "disk" in request.fixturenames
    folder = request.getfixturevalue("disk").folder if on_disk else tmp_path
    with templates.copy("plan", folder) as installation:
        yield installation


@pytest.fixture
def college(login: Login) -> FlaskClient:
    return login("college01")


def explanation(client: FlaskClient, database: Database, task_id: int, **more: Any) -> dict[str, Any]:
    """The form of an explanation as it is filled in on the page."""
    token = csrf_token(client.get(f"/tasks/{task_id}").text)
    version = stands(database, task_id).version
    return {"csrf_token": token, "version": version, "explanation": EXPLANATION, "expected_on": "", **more}


def entries(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


@pytest.fixture
def unmarked(database: Database, college: FlaskClient, app_config: Config) -> None:
    """So much time has passed that the next page has to note that its session is in use."""
    with database.transaction() as session:
        seen_at = app_config.clock.now() - timedelta(minutes=10)
        session.execute(update(LoginSession).values(seen_at=seen_at))


@pytest.mark.sqlite
def test_a_full_disk_is_said_and_what_was_typed_is_still_there(
    disk: Disk, database: Database, college: FlaskClient, task_id: int, unmarked: None
) -> None:
    form = explanation(college, database, task_id)
    before = entries(database)
    with disk.full():
        assert college.get(f"/tasks/{task_id}").status_code == 200
        refused = college.post(f"/tasks/{task_id}/explanation", data=form)
        assert refused.status_code == 507
        assert "no room left" in words(refused)
        assert EXPLANATION in words(refused)
        assert "Retry-After" not in refused.headers
        assert entries(database) == before
        assert college.get("/tasks").status_code == 200
    assert college.post(f"/tasks/{task_id}/explanation", data=form).status_code == 303
    assert entries(database) == before + 1


def test_a_file_for_which_there_is_no_room_leaves_nothing_behind(
    disk: Disk, installation: Installation, database: Database, college: FlaskClient, task_id: int
) -> None:
    form = explanation(college, database, task_id, trigger="submit")

    def send() -> Any:
        file = upload("plan.pdf", PDF.replace(b"xref", b"%" + bytes(100_000) + b"\nxref", 1))
        return college.post(f"/tasks/{task_id}/transitions", data={**form, "evidence": file})

    with disk.full():
        assert send().status_code == 507
        assert list(installation.evidence.rglob("*.pdf")) == []
        assert [path for path in installation.evidence.rglob("*") if path.is_file()] == []
    assert send().status_code == 303
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 1


def test_who_waits_for_a_held_database_is_told_and_who_reads_is_not_held_up(
    monkeypatch: pytest.MonkeyPatch,
    installation: Installation,
    database: Database,
    college: FlaskClient,
    task_id: int,
    unmarked: None,
) -> None:
    form = explanation(college, database, task_id)
    monkeypatch.setattr("app.db.PATIENCE", WAITS)
    # Connections that are made from now on.
    college.application.extensions["vekha"].database.dispose()
    with held(installation.url):
        began = time.monotonic()
        assert college.get(f"/tasks/{task_id}").status_code == 200
        assert time.monotonic() - began < 5
        refused = college.post(f"/tasks/{task_id}/explanation", data=form)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "10"
        assert "The database is busy" in words(refused)
        assert EXPLANATION in words(refused)
        signing_in = in_english(college.application.test_client())
        token = csrf_token(signing_in.get("/login").text)
        name = {"username": "college02", "password": "vekha-demo-2022", "csrf_token": token}
        refused = signing_in.post("/login", data=name)
        assert refused.status_code == 503
        assert "go one page back" in words(refused)
    assert college.post(f"/tasks/{task_id}/explanation", data=form).status_code == 303


@pytest.mark.sqlite
def test_on_a_disk_that_is_read_only_everybody_can_read(
    disk: Disk, app: Flask, database: Database, college: FlaskClient, task_id: int, unmarked: None
) -> None:
    form = explanation(college, database, task_id)
    for each in (database, app.extensions["vekha"].database):
        each.dispose()
    with disk.read_only():
        for page in (f"/tasks/{task_id}", "/plans/2022/plan", "/account"):
            assert college.get(page).status_code == 200
        for _ in range(2):
            refused = college.post(f"/tasks/{task_id}/explanation", data=form)
            assert refused.status_code == 503
            assert "Nothing can be saved now" in words(refused)
            assert EXPLANATION in words(refused)
            assert "Retry-After" not in refused.headers
    assert college.post(f"/tasks/{task_id}/explanation", data=form).status_code == 303


def test_a_calendar_goes_on_while_nobody_can_write(
    installation: Installation, app: Flask, college: FlaskClient
) -> None:
    token = csrf_token(college.get("/plans/2022/calendar/subscribe").text)
    made = college.post(
        "/plans/2022/calendar/subscribe", data={"csrf_token": token, "scope": "plan", "nonce": "n" * 22}
    )
    address = made.text.split("/feeds/")[1].split(".ics")[0]
    with held(installation.url):
        began = time.monotonic()
        answer = app.test_client().get(f"/feeds/{address}.ics")
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        assert time.monotonic() - began < 5
