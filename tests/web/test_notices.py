"""Notices on the pages: on My tasks and above the tracker, until they are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import Database
from app.domain.permissions import Actor
from app.models import Person
from app.services import ladder, notices, tasks
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.web.acting import in_english, post, words

pytestmark = pytest.mark.data("plan")

SignIn = Callable[[str], FlaskClient]
OVERDUE = "/plans/2022/overdue"


@pytest.fixture
def people(database: Database, now: datetime) -> dict[str, Actor]:
    with database.transaction() as session:
        return {
            "college01": factories.actor(session, "college01", now),
            "centre": factories.actor(session, "centre", now),
            "deputy": factories.actor(session, "deputy", now, "controller"),
        }


@pytest.fixture
def reminded(database: Database, people: dict[str, Actor], now: datetime) -> None:
    """The ladder has told everybody of what is due and late."""
    with database.transaction() as session:
        ladder.climb(session, find_plan(session, "2022").id, now)


def panel(html: str) -> str:
    found = re.search(r'<section class="notice notices".*?</section>', html, re.DOTALL)
    return found.group() if found else ""


def test_an_executor_reads_on_my_tasks_what_the_ladder_said(reminded: None, sign_in: SignIn) -> None:
    shown = panel(words(in_english(sign_in("college01")).get("/tasks")))
    assert "Overdue, the due date was" in shown
    assert '<span class="count">' in shown


def test_the_controller_reads_above_the_tracker_what_is_late_and_whose(
    reminded: None, sign_in: SignIn
) -> None:
    deputy = in_english(sign_in("deputy"))
    shown = panel(words(deputy.get(OVERDUE)))
    assert "Overdue, the due date was" in shown
    assert " · " in shown
    assert panel(words(in_english(sign_in("centre")).get(OVERDUE))) != shown


def test_what_was_shown_goes_when_it_is_marked_as_read(reminded: None, sign_in: SignIn) -> None:
    college = in_english(sign_in("college01"))
    shown = panel(college.get("/tasks").text)
    ids = dict(re.findall(r'name="(first|last)" value="(\d+)"', shown))
    answer = post(college, "/notices/read", ids)
    assert (answer.status_code, answer.location) == (303, "/tasks")
    assert panel(college.get("/tasks").text) == ""
    deputy = in_english(sign_in("deputy"))
    assert panel(deputy.get(OVERDUE).text)
    assert post(deputy, "/notices/read", {"first": "0", "last": str(2**31 - 1)}).location == OVERDUE
    assert panel(deputy.get(OVERDUE).text) == ""


@pytest.mark.parametrize(
    "data", [{}, {"first": "1"}, {"first": "x", "last": "1"}, {"first": "1", "last": "9" * 20}]
)
def test_a_form_that_does_not_say_what_was_read_is_refused(
    reminded: None, sign_in: SignIn, data: dict[str, str]
) -> None:
    college = sign_in("college01")
    assert post(college, "/notices/read", data).status_code == 422
    assert panel(college.get("/tasks").text)


def test_opening_a_task_reads_its_notices(
    database: Database, people: dict[str, Actor], sign_in: SignIn, now: datetime, tmp_path
) -> None:
    with database.transaction() as session:
        store = EvidenceStore(tmp_path / "evidence", 1000)
        task = factories.submit(session, store, people["college01"], "3.2", now)
        tasks.fire(session, store, people["deputy"], task.id, "return", now=now, note="Нет <b>даты</b>.")
    college = in_english(sign_in("college01"))
    shown = panel(college.get("/tasks").text)
    assert "Returned to you for rework" in shown
    assert "Нет &lt;b&gt;даты&lt;/b&gt;." in shown
    college.get(f"/tasks/{task.id}")
    assert panel(college.get("/tasks").text) == ""


def test_more_than_a_few_fold_away_and_the_count_tells_all(
    database: Database, people: dict[str, Actor], sign_in: SignIn, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        for _ in range(notices.SHOWN + 3):
            notices.announce(session, people["deputy"], task, "accepted", now, note="")
    shown = panel(in_english(sign_in("college01")).get("/tasks").text)
    assert f'<span class="count">{notices.SHOWN + 3}</span>' in shown
    assert f"{notices.SHOWN - 3} earlier notices" in shown
    assert shown.count("<li>") == notices.SHOWN


def test_a_notice_in_russian_speaks_russian(
    database: Database, people: dict[str, Actor], reminded: None, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        session.execute(update(Person).values(language="ru"))
    shown = panel(words(sign_in("college01").get("/tasks")))
    assert "Уведомления" in shown
    assert "Просрочено, срок был" in shown
