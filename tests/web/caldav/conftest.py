"""Programs of the people who act, and the college's task with everything that proves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from app.db import Database
from app.domain.permissions import Actor
from app.services import app_passwords, tasks
from app.storage import EvidenceStore
from tests import factories
from tests.web.caldav.program import Program

MakeProgram = Callable[..., Program]


@pytest.fixture
def program(app: Flask, database: Database, people: dict[str, Actor], now: datetime) -> MakeProgram:
    """`program("college01")`: a new program of that person, in English."""

    def program(name: str = "college01", called: str = "Tasks.org", language: str = "en") -> Program:
        with database.transaction() as session:
            made = app_passwords.make(session, people[name], name=called, language=language, now=now)
        return Program(app.test_client(), name, made.secret)

    return program


@pytest.fixture
def college(program: MakeProgram) -> Program:
    return program("college01")


@pytest.fixture
def proven(database: Database, people: dict[str, Actor], store: EvidenceStore, now: datetime) -> int:
    """college01's task of 2.3, overdue since February, with everything attached and not submitted."""
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        proof = factories.proof(session, task)
        tasks.attach(session, store, people["college01"], task.id, now=now, submission=proof)
        return task.id
