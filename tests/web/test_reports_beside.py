"""Reports that are made beside requests, as the page shows them: waiting, under way, failed, ready."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import create_app, jobs
from app.db import Database
from app.models import Report
from app.web.background import work
from config import Config
from tests import factories
from tests.infrastructure import signing_in
from tests.web.acting import in_english, post, words

pytestmark = pytest.mark.data("plan")

PAGE = "/plans/2022/reports/"


@pytest.fixture
def beside(app_config: Config, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a queue; the test itself is who works on it."""
    app = create_app(replace(app_config, queue=f"sqlite:///{tmp_path / 'queue.db'}"))
    yield app
    app.extensions["vekha"].database.dispose()


@pytest.fixture
def deputy(beside: Flask, database: Database, now: datetime) -> FlaskClient:
    with database.transaction() as session:
        factories.actor(session, "deputy", now, role="controller")
    return in_english(signing_in.sign_in(beside.test_client(), "deputy"))


def states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Report.state).order_by(Report.id)))


def change(database: Database, **values: object) -> None:
    with database.transaction() as session:
        session.execute(update(Report).values(values))


def test_a_report_waits_is_made_and_stands_in_the_list(
    beside: Flask, deputy: FlaskClient, database: Database
) -> None:
    nonce = re.findall(r'name="nonce" value="([^"]+)"', deputy.get(PAGE).text)[0]
    wanted = {"report": "note.docx", "as_of": "2022-06-15", "nonce": nonce}
    for _ in range(2):
        assert post(deputy, PAGE, wanted).status_code == 303
    assert states(database) == ["waiting"]
    page = deputy.get(PAGE)
    assert "Waits its turn" in words(page)
    # Without a script the page comes again by itself.
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert deputy.get(f"{PAGE}1").status_code == 404
    change(database, state="making", steps=10, steps_done=4)
    assert deputy.get(f"{PAGE}progress.json").json == [{"id": 1, "state": "making", "done": 4, "of": 10}]
    assert re.search(r'<progress[^>]* max="10" value="4"', deputy.get(PAGE).text)
    change(database, state="waiting")
    with beside.app_context():
        assert jobs.run("reports", work()).failure == ""
    page = deputy.get(PAGE)
    assert "http-equiv" not in page.text
    assert "Waits its turn" not in words(page)
    assert deputy.get(f"{PAGE}progress.json").json == []
    assert deputy.get(f"{PAGE}1").status_code == 200
    # The form that was sent twice is sent once more, by reloading: still there is one.
    post(deputy, PAGE, wanted)
    assert states(database) == ["ready"]


def test_a_report_that_failed_says_why_and_is_made_again_on_request(
    beside: Flask, deputy: FlaskClient, database: Database
) -> None:
    post(deputy, PAGE, {"report": "note.docx", "as_of": "2022-06-15"})
    change(database, state="failed", error="RuntimeError: no room on <disk>", attempt=3)
    assert "RuntimeError: no room on &lt;disk&gt;" in deputy.get(PAGE).text
    assert post(deputy, f"{PAGE}1/again").status_code == 303
    assert states(database) == ["waiting"]
    with beside.app_context():
        jobs.run("reports", work())
    assert states(database) == ["ready"]
    assert post(deputy, f"{PAGE}1/again").status_code == 404
