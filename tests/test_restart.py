"""A server that is restarted or reloaded under load: no request fails, and background work is finished."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import Database
from app.models import JournalEntry, Report
from app.services import sessions
from app.services.people import active_person
from app.services.plans import find_plan
from app.services.reports import asked
from app.services.reports.asked import Asked
from config import Config
from tests import factories
from tests.infrastructure.crowd import Browser, signed_in
from tests.infrastructure.server import serve_in_turn
from tests.infrastructure.templates import Installation
from tests.infrastructure.workers import with_queue

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

#: seconds until something that should happen is given up
PATIENCE = 90
PAGES = ("/plans/2022/plan", "/account", "/tasks/1", "/healthz")


@dataclass(frozen=True)
class Size:
    """How many people fetch pages, and how often the server is ended and begun meanwhile."""

    people: int
    workers: int
    restarts: int


@dataclass
class Load:
    """What came of the requests of all people."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    #: seconds
    slowest: float = 0.0

    def count(self) -> int:
        return self.statuses.total()


@pytest.fixture(params=[Size(4, 2, 1), pytest.param(Size(12, 4, 3), marks=pytest.mark.torture)], ids=str)
def size(request: pytest.FixtureRequest) -> Size:
    found: Size = request.param
    return found


@pytest.fixture
def token(database: Database, app_config: Config, now: datetime) -> str:
    """Of a session of the deputy, who has asked for two reports."""
    with database.transaction() as session:
        deputy = factories.actor(session, "deputy", now, role="controller")
        plan = find_plan(session, "2022")
        for kind in ("execution", "note"):
            wanted = Asked(kind, "docx", plan.today(now), f"{kind}.docx")
            asked.ask_for(session, deputy, plan, wanted, now=now)
        person = active_person(session, "deputy")
        assert person is not None
        return sessions.begin(session, person, app_config.clock.now(), "")


@contextmanager
def load(app: Flask, url: str, token: str, people: int) -> Iterator[Load]:
    """People who fetch one page after the other until the block ends.

    Every other one keeps its connection, as browsers do, and opens another when it is told that this one
    closes; the others open one for each page. Nobody tries anything twice.
    """
    found, over, lock = Load(), threading.Event(), threading.Lock()

    def fetch(keeps: bool) -> None:
        browser, _ = signed_in(app, url, token)
        turn = 0
        while not over.is_set():
            began = time.monotonic()
            try:
                status = browser.get(PAGES[turn % len(PAGES)]).status
            except (OSError, http.client.HTTPException) as error:
                with lock:
                    found.failures.append(repr(error))
                browser = Browser(url, browser.cookies)
                continue
            if not keeps:
                browser.close()
            turn += 1
            with lock:
                found.statuses[status] += 1
                found.slowest = max(found.slowest, time.monotonic() - began)

    threads = [threading.Thread(target=fetch, args=(number % 2 == 0,)) for number in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        over.set()
        for thread in threads:
            thread.join()


def go_on(found: Load, requests: int) -> None:
    """Wait until so many more requests were answered."""
    wanted, end = found.count() + requests, time.monotonic() + PATIENCE
    while found.count() < wanted:
        assert time.monotonic() < end, "nobody is answered any more"
        time.sleep(0.05)


def made_reports(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(Report.state == "ready")) or 0


def test_no_request_fails_while_the_server_is_restarted_and_reloaded(
    installation: Installation, database: Database, app: Flask, token: str, size: Size, tmp_path: Path
) -> None:
    with serve_in_turn(with_queue(installation), tmp_path / "log", size.workers) as servers:
        servers.begin()
        with load(app, servers.url, token, size.people) as found:
            for _ in range(size.restarts):
                go_on(found, 5 * size.people)
                servers.end()
                servers.begin()
                go_on(found, 5 * size.people)
                before = servers.children()
                servers.reload()
                while before & servers.children():
                    go_on(found, 1)
                go_on(found, 5 * size.people)
        assert found.failures == []
        assert set(found.statuses) == {200}
        print(f"{found.count()} requests, the slowest took {found.slowest:.1f} s")
        end = time.monotonic() + PATIENCE
        while made_reports(database) < 2:
            assert time.monotonic() < end, "the reports were not made"
            time.sleep(0.1)
    with database.read() as session:
        made = session.scalars(select(JournalEntry.subject_id).where(JournalEntry.subject == "report")).all()
    assert len(made) == len(set(made)) == 2
