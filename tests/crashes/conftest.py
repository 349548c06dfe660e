"""What the tests of crashes look at after each kill."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import Connection, inspect, select, text

from app.db import Base, Database
from app.services.journal import first_broken
from app.services.plans import all_plans
from app.storage import EvidenceStore
from config import Config
from tests.infrastructure.killing import Act, Killer, killer_of


@pytest.fixture
def store(app_config: Config) -> EvidenceStore:
    return EvidenceStore(app_config.evidence, app_config.max_file)


@pytest.fixture
def chance() -> random.Random:
    return random.Random(2022)


@pytest.fixture
def killing(app_config: Config, now: datetime) -> Iterator[Callable[..., Killer]]:
    """`killing(act)`: has the act done in a process that may be killed."""
    opened = []

    def begin(act: Act, config: Config = app_config) -> Killer:
        opened.append(context := killer_of(act, config, now))
        return context.__enter__()

    yield begin
    for context in opened:
        context.__exit__(None, None, None)


class Whole:
    """Sees that every chain holds and that every row's file is there with its hash."""

    def __init__(self, database: Database, store: EvidenceStore) -> None:
        self._database, self._store = database, store
        self._seen: set[str] = set()

    def __call__(self, *, afresh: bool = False) -> set[str]:
        """The hashes that rows name. A file that was read before is only looked for, unless `afresh`."""
        with self._database.read() as session:
            for plan in all_plans(session):
                assert first_broken(session, plan.id) is None
            named = {
                sha256
                for table in Base.metadata.sorted_tables
                if (column := table.columns.get("sha256")) is not None
                for sha256 in session.scalars(select(column).where(column != ""))
            }
        for sha256 in named:
            path = self._store.path(sha256)
            if sha256 in self._seen and not afresh:
                assert path.exists()
            else:
                assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        self._seen |= named
        return named


@pytest.fixture
def whole(database: Database, store: EvidenceStore) -> Whole:
    return Whole(database, store)


@pytest.fixture
def picture(database: Database) -> Callable[[], str]:
    """`picture()`: a hash of everything that the database holds, its tables and triggers included."""

    def take() -> str:
        with database.engine.connect() as connection:
            told = [*_schema(connection), *_rows(connection)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    return take


def _schema(connection: Connection) -> list[str]:
    """Columns, in whatever order, indexes and triggers."""
    if connection.dialect.name == "sqlite":
        statements = [
            """SELECT each.name, info.name, info.type, info."notnull", info.dflt_value, info.pk
            FROM sqlite_master AS each, pragma_table_info(each.name) AS info WHERE each.type = 'table'""",
            "SELECT name, sql FROM sqlite_master WHERE type != 'table'",
        ]
    else:
        statements = [
            """SELECT table_name, column_name, data_type, is_nullable, column_default
            FROM information_schema.columns WHERE table_schema = 'public'""",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT trigger_name, event_manipulation, action_statement FROM information_schema.triggers",
        ]
    return sorted(str(tuple(row)) for each in statements for row in connection.execute(text(each)))


def _rows(connection: Connection) -> list[str]:
    return [
        line
        for name in sorted(inspect(connection).get_table_names())
        for line in sorted(
            str(sorted(row.items())) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()
        )
    ]
