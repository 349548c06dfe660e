"""Many people press a button at the same moment, at several processes: one wins, and the others are told."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import PATIENCE, Database
from app.models import Extension, JournalEntry, Person, Plan, Task
from app.services import extensions
from app.services import people as accounts
from app.services.journal import first_broken
from app.services.sessions import begin
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.infrastructure.crowd import Answer, Browser, at_once, signed_in
from tests.infrastructure.locking import held
from tests.infrastructure.server import serve
from tests.infrastructure.templates import Installation

pytestmark = pytest.mark.data("plan")


@dataclass(frozen=True)
class Size:
    """How many people, processes and rounds."""

    people: int
    workers: int
    rounds: int


@dataclass(frozen=True)
class Controller:
    """One of many who may decide."""

    browser: Browser
    token: str

    def decide(self, task: Task, trigger: str, once: str = "") -> Answer:
        form = {"trigger": trigger, "version": str(task.version), "note": "Подпись на втором листе."}
        return self._send(f"/tasks/{task.id}/transitions", form | {"once": once})

    def grant(self, extension: Extension) -> Answer:
        form = {"trigger": "grant", "version": str(extension.version), "due": "2022-07-01"}
        return self._send(f"/extensions/{extension.id}/transitions", form)

    def _send(self, path: str, form: dict[str, str]) -> Answer:
        # One that has idled since the last round may be closed by now.
        self.browser.close()
        return self.browser.post(path, form | {"csrf_token": self.token})


@pytest.fixture(params=[Size(12, 2, 1), pytest.param(Size(50, 4, 4), marks=pytest.mark.torture)], ids=str)
def size(request: pytest.FixtureRequest) -> Size:
    found: Size = request.param
    return found


@pytest.fixture
def handed_in(
    monkeypatch: pytest.MonkeyPatch, database: Database, app_config: Config, now: datetime, size: Size
) -> list[Task]:
    """A task for each round, under review, whose executor has asked for a later date before."""
    monkeypatch.setattr(accounts, "hash_password", cache(accounts.hash_password))
    store = EvidenceStore(app_config.evidence, app_config.max_file)
    with database.transaction() as session:
        for number in range(size.people):
            factories.actor(session, f"controller{number:02}", now, role="controller")
        tasks = []
        for number in range(1, size.rounds + 1):
            name = f"college{number:02}"
            college, task = factories.actor(session, name, now), factories.find_task(session, "2.3", name)
            extensions.ask(session, college, task.id, due=date(2022, 7, 1), reason="Ждём.", now=now)
            tasks.append(factories.submit(session, store, college, "2.3", now))
    return tasks


@pytest.fixture
def people(
    handed_in: list[Task],
    installation: Installation,
    database: Database,
    app: Flask,
    app_config: Config,
    size: Size,
    tmp_path: Path,
) -> Iterator[list[Controller]]:
    """Signed in at a real server of several processes."""
    with database.transaction() as session:
        controllers = session.scalars(select(Person).where(Person.role == "controller"))
        tokens = [begin(session, person, app_config.clock.now(), "") for person in controllers]
    with serve(installation, tmp_path / "log", size.workers) as server:
        people = [Controller(*signed_in(app, server.url, token)) for token in tokens]
        yield people
        for person in people:
            person.browser.close()


def entries(database: Database) -> int:
    """How many entries the journal has; its chain holds."""
    with database.read() as session:
        assert first_broken(session, session.scalars(select(Plan.id)).one()) is None
        return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def test_of_all_who_press_the_same_button_one_wins_and_the_others_are_told_so(
    database: Database, handed_in: list[Task], people: list[Controller]
) -> None:
    for task in handed_in:
        before = entries(database)
        answers = at_once([partial(person.decide, task, "accept") for person in people])
        assert Counter(answer.status for answer in answers) == {303: 1, 409: len(people) - 1}
        assert entries(database) == before + 1
        with database.read() as session:
            assert session.get_one(Task, task.id).state == "accepted"


def test_accepting_returning_and_granting_a_later_date_exclude_each_other(
    database: Database, handed_in: list[Task], people: list[Controller]
) -> None:
    for task in handed_in:
        with database.read() as session:
            asked = session.scalars(select(Extension).where(Extension.task_id == task.id)).one()
        ways: list[Callable[[Controller], Answer]] = [
            lambda person: person.decide(task, "accept"),  # noqa: B023
            lambda person: person.decide(task, "return"),  # noqa: B023
            lambda person: person.grant(asked),  # noqa: B023
        ]
        before = entries(database)
        answers = at_once([partial(ways[each % 3], person) for each, person in enumerate(people)])
        assert {answer.status for answer in answers} <= {303, 409}
        won = Counter(each % 3 for each, answer in enumerate(answers) if answer.status == 303)
        # A date may still be moved once the work was returned; nothing else goes together.
        assert won in ({0: 1}, {1: 1}, {2: 1}, {1: 1, 2: 1})
        assert entries(database) == before + won.total()


def test_the_same_form_that_comes_many_times_at_once_is_done_once_and_answered_alike(
    database: Database, handed_in: list[Task], people: list[Controller]
) -> None:
    for task in handed_in:
        before = entries(database)
        copies = [
            Controller(Browser(people[0].browser.url, people[0].browser.cookies), people[0].token)
            for _ in people
        ]
        answers = at_once([partial(each.decide, task, "accept", "k" * 22) for each in copies])
        assert {(answer.status, answer.location) for answer in answers} == {(303, f"/tasks/{task.id}")}
        assert entries(database) == before + 1


@pytest.mark.torture
@pytest.mark.one_database
@pytest.mark.parametrize("size", [Size(4, 2, 1)], indirect=True, ids=str)
def test_a_database_that_is_held_for_half_a_minute_is_read_all_the_time(
    installation: Installation, handed_in: list[Task], people: list[Controller]
) -> None:
    (task,), (reader, *writers) = handed_in, people
    tried: list[Answer] = []
    slowest = pages = 0.0
    with held(installation.url):
        end = time.monotonic() + 30
        threads = [
            threading.Thread(target=lambda each=each: tried.append(each.decide(task, "accept")))
            for each in writers
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() < end:
            began = time.monotonic()
            assert reader.browser.get("/plans/2022/plan").status == 200
            slowest, pages = max(slowest, time.monotonic() - began), pages + 1
        for thread in threads:
            thread.join()
    print(f"{pages:.0f} pages were read, the slowest in {slowest:.2f} s")
    assert [answer.status for answer in tried] == [503] * len(writers)
    assert slowest < PATIENCE
    assert writers[0].decide(task, "accept").status == 303
