"""The people who act on the pages, and the first task that a college owes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.domain.permissions import Actor
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.web.acting import Login, id_of, in_english


@pytest.fixture
def people(database: Database, now: datetime) -> dict[str, Actor]:
    with database.transaction() as session:
        executors = {
            name: factories.actor(session, name, now) for name in ("college01", "college02", "centre")
        }
        return executors | {
            "deputy": factories.actor(session, "deputy", now, role="controller"),
            "auditor": factories.actor(session, "auditor", now, role="auditor"),
        }


@pytest.fixture
def login(people: dict[str, Actor], sign_in: Callable[..., FlaskClient]) -> Login:
    return lambda name: in_english(sign_in(name))


@pytest.fixture
def store(app_config: Config) -> EvidenceStore:
    return EvidenceStore(app_config.evidence, app_config.max_file)


@pytest.fixture
def task_id(database: Database, people: dict[str, Actor]) -> int:
    """The plan that college01 owes: overdue since February."""
    return id_of(database, "2.3")


@pytest.fixture
def handed_in(database: Database, people: dict[str, Actor], store: EvidenceStore, now: datetime) -> int:
    """The same task, under review."""
    with database.transaction() as session:
        return factories.submit(session, store, people["college01"], "2.3", now).id
