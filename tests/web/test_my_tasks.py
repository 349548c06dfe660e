"""My tasks: what one owes, in the order of urgency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from app.db import Database
from app.domain.permissions import Actor
from app.services import extensions, reminders, tasks
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.statements import recorded_statements
from tests.web.acting import Login, post, words

pytestmark = pytest.mark.data("plan")


def groups(html: str) -> Iterator[tuple[str, list[str]]]:
    """The groups of My tasks with the codes of the tasks in each, in the order of the page."""
    for section in re.split(r"<section ", html)[1:]:
        if title := re.search(r'class="group-head">([^<]+?) <', section):
            yield title.group(1), re.findall(r'<th scope="row"><span class="code">([^<]+)</span>', section)


def test_my_tasks_stand_in_groups_the_most_urgent_first(
    database: Database, people: dict[str, Actor], store: EvidenceStore, login: Login, now: datetime
) -> None:
    college, deputy = people["college01"], people["deputy"]
    with database.transaction() as session:
        overdue = factories.submit(session, store, college, "2.3", now)
        tasks.fire(session, store, deputy, overdue.id, "return", now=now, note="Нет подписи.")
        done = factories.submit(session, store, college, "2.4", now)
        tasks.fire(session, store, deputy, done.id, "accept", now=now)
        returned = factories.submit(session, store, college, "3.2", now)
        tasks.fire(session, store, deputy, returned.id, "return", now=now, note="Нет приказа.")
        for month in range(1, 5):
            monthly = factories.find_task(session, "4.1", "college01", f"2021:2022-0{month}")
            tasks.fire(
                *(session, store, college, monthly.id, "submit"),
                now=now,
                submission=factories.proof(session, monthly),
            )
        factories.find_task(session, "4.1", "college01", "2021:2022-06").due = date(2022, 6, 17)
    page = login("college01").get("/tasks")
    found = dict(groups(page.text))
    assert list(found) == [
        *("Overdue", "Today and this week", "Returned for rework", "Later", "Under review", "Done")
    ]
    assert found["Overdue"] == ["2.3", "4.1"]
    assert found["Today and this week"] == ["4.1"]
    assert found["Returned for rework"] == ["3.2"]
    assert found["Under review"] == ["4.1"] * 4
    # What is far away and what is done is one click further.
    assert (len(found["Later"]), found["Done"]) == (5, [])
    assert "7 more" in words(page)
    client = login("college01")
    assert len(dict(groups(client.get("/tasks?show=later").text))["Later"]) == 12
    assert dict(groups(client.get("/tasks?show=done").text))["Done"] == ["2.4"]
    assert dict(groups(client.get("/tasks?show=nonsense").text)) == found
    text = words(page)
    assert "Нет подписи." in text
    assert "131 days late" in text
    assert text.count(">Correct and send again<") == 2
    assert text.count(">Wait for the review<") == 4


def test_a_line_says_what_proves_the_task(login: Login) -> None:
    text = words(login("college01").get("/tasks"))
    assert "Approved plan" in text
    assert "figures" in text


def test_whoever_owes_nothing_is_told_so(
    database: Database, people: dict[str, Actor], login: Login, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "rkc", now)
    page = login("rkc").get("/tasks")
    assert page.status_code == 200
    assert "You owe nothing" in words(page)


def test_only_executors_have_tasks_of_their_own(login: Login) -> None:
    assert [login(name).get("/tasks").status_code for name in ("deputy", "auditor")] == [403, 403]


def test_a_reminder_stands_on_my_tasks_until_the_task_is_opened(
    database: Database, login: Login, task_id: int
) -> None:
    college, centre, deputy = login("college01"), login("centre"), login("deputy")
    url = f"/tasks/{task_id}/reminders"
    assert post(centre, url, {"note": "Ждём план до пятницы."}).status_code == 303
    assert "Ждём план до пятницы." in words(college.get("/tasks"))
    deputy.get(f"/tasks/{task_id}")
    assert "Ждём план до пятницы." in words(college.get("/tasks"))
    assert "You were reminded" in words(college.get(f"/tasks/{task_id}"))
    assert "Ждём план до пятницы." not in words(college.get("/tasks"))
    assert "You were reminded" not in words(college.get(f"/tasks/{task_id}"))
    assert post(college, url, {"note": "Сам себе"}).status_code == 403


def test_a_page_costs_a_dozen_statements(
    database: Database, people: dict[str, Actor], login: Login, store: EvidenceStore, now: datetime
) -> None:
    """The task has everything that a task can have: versions, figures, a later date, reminders."""
    college, deputy = people["college01"], people["deputy"]
    with database.transaction() as session:
        for month in ("01", "02"):
            task = factories.find_task(session, "4.1", "college01", f"2021:2022-{month}")
            proof = factories.proof(session, task)
            tasks.fire(session, store, college, task.id, "submit", now=now, submission=proof)
            tasks.fire(session, store, deputy, task.id, "return", now=now, note="Ещё раз.")
            extensions.ask(session, college, task.id, due=date(2022, 7, 1), reason="Нужно.", now=now)
            reminders.remind(session, deputy, [task.id], now=now)
        task_id = task.id
    client = login("college01")
    client.get(f"/tasks/{task_id}")
    application_database = client.application.extensions["vekha"].database
    for name, url, most in (
        ("college01", "/tasks", 12),
        # who may be mentioned in a comment, and what was doubted of its figures, is asked here as well
        ("college01", f"/tasks/{task_id}", 14),
        ("deputy", f"/tasks/{task_id}", 14),
    ):
        client = login(name)
        with recorded_statements(application_database) as statements:
            assert client.get(url).status_code == 200
        assert 0 < len(statements) <= most, "\n".join(statements)
