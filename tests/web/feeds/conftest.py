"""A server on the test's own data, and the addresses of its calendars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.db import Database
from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.services import feeds
from app.services import people as accounts
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.infrastructure.server import LiveServer, serve
from tests.infrastructure.templates import Installation

#: `path_of("mine", "college01", "en")`
PathOf = Callable[..., str]


@pytest.fixture
def people(database: Database, now: datetime) -> dict[str, Actor]:
    """Those of the story where it is told; otherwise accounts of the same names."""
    roles = {"deputy": ("controller", "department"), "college01": ("executor", None)}
    with database.transaction() as session:
        found = {}
        for name, (role, organization) in roles.items():
            try:
                found[name] = accounts.find_actor(session, name)
            except NotFoundError:
                found[name] = factories.actor(session, name, now, role, organization)
    return found


@pytest.fixture
def path_of(database: Database, people: dict[str, Actor], now: datetime) -> PathOf:
    """The path of a new address: a scope, whose it is, and its language."""

    def path_of(scope: str = "plan", user: str = "deputy", language: str = "ru") -> str:
        with database.transaction() as session:
            plan_id = find_plan(session, "2022").id
            made = feeds.make(session, people[user], plan_id, Scope.parse(scope), language=language, now=now)
        return f"/feeds/{made.token}.ics"

    return path_of


@pytest.fixture
def make(path_of: PathOf) -> PathOf:
    """`make("section:2")`: the same in English, of the deputy's unless somebody else is named."""
    return lambda scope="plan", user="deputy", language="en": path_of(scope, user, language)


@pytest.fixture
def store(app_config: Config) -> EvidenceStore:
    return EvidenceStore(app_config.evidence, app_config.max_file)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the server writes while it runs."""
    return tmp_path / "server.log"


@pytest.fixture
def server(installation: Installation, log: Path) -> Iterator[LiveServer]:
    """A real server on the test's own database."""
    with serve(installation, log) as server:
        yield server
