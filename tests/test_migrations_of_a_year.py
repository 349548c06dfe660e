"""Every migration can be taken back and run again, and what older levels hold survives it, row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from sqlalchemy import inspect, text

from app.backups.rows import FORMER
from app.db import Base, Database
from app.schema import level, migrate
from tests.every_table import fill
from tests.infrastructure.templates import ROOT

Row = dict[str, Any]

#: what going back may lose: of these tables such rows alone survive …
SURVIVE: dict[str, dict[str, Callable[[Row], bool]]] = {
    "0008": {
        "report": lambda row: row.get("state", "ready") == "ready"
    },  # what was never made cannot be told of
}
#: … and in these columns stands what the older level knows in the place of what it does not
REPLACED = {
    "0007": {"measurement": {"standing"}},  # declined: replaced
}

LEVELS = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))


class Sum(NamedTuple):
    """How many rows a table has, and a hash over them."""

    rows: int
    hash: str


class Held(NamedTuple):
    """All that a database holds: the columns and the rows of every table."""

    columns: dict[str, list[str]]
    rows: dict[str, list[Row]]


@pytest.fixture
def year(database: Database, now: datetime) -> Database:
    """The database with at least one row in every table."""
    with database.transaction() as session:
        fill(session, now)
    rows = held(database).rows
    assert rows.keys() == Base.metadata.tables.keys()
    assert [table for table in rows if not rows[table]] == []
    return database


def held(database: Database) -> Held:
    """What the database holds, as its driver gives it; nothing in it refers to what is not there."""
    with database.engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        # A backup of an older level finds its tables by these names.
        assert names <= Base.metadata.tables.keys() | FORMER
        columns, rows = {}, {}
        for name in sorted(names):
            result = connection.execute(text(f'SELECT * FROM "{name}"'))
            columns[name] = sorted(result.keys())
            # An update may give PostgreSQL another order.
            rows[name] = sorted((dict(row) for row in result.mappings()), key=repr)
        if database.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    return Held(columns, rows)


def sums(of: Held, as_in: Held, revision: str = "") -> dict[str, Sum]:
    """The sum of every table that both have, over the columns that both have.

    With a revision, less what going back before it may lose.
    """
    found = {}
    for table in of.columns.keys() & as_in.columns.keys():
        survives = SURVIVE.get(revision, {}).get(table, lambda _row: True)
        replaced = REPLACED.get(revision, {}).get(table, set())
        names = [name for name in of.columns[table] if name in as_in.columns[table] and name not in replaced]
        rows = sorted(repr([row[name] for name in names]) for row in of.rows[table] if survives(row))
        found[table] = Sum(len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def kept(newer: Held, older: Held) -> bool:
    """Whether the newer level has all that the older one holds, but for tables that are given up."""
    gone = older.columns.keys() - newer.columns.keys()
    return gone <= FORMER and sums(newer, older) == sums(older, newer)


@pytest.mark.torture
@pytest.mark.timeout(600)
@pytest.mark.data("story")
def test_every_migration_is_taken_back_run_again_and_taken_back_with_a_year_of_data(year: Database) -> None:
    first = held(year)
    for before, revision in reversed(list(pairwise(LEVELS))):
        newer = held(year)
        migrate(year, before)
        older = held(year)
        assert level(year)[0] == before
        assert sums(newer, older, revision) == sums(older, newer, revision), revision
        migrate(year, revision)
        again = held(year)
        assert again.columns == newer.columns, revision
        # What the migration itself adds begins anew; all else is there.
        assert kept(again, older), revision
        migrate(year, before)
        assert held(year) == older, revision
    oldest = held(year)
    assert sum(len(rows) for rows in oldest.rows.values()) > 4000
    migrate(year)
    last = held(year)
    assert last.columns == first.columns
    assert kept(last, oldest)
    migrate(year, "base")
    assert held(year) == ({}, {})
    migrate(year)
    assert held(year).columns == first.columns


@pytest.mark.data("plan")
def test_going_back_to_the_first_level_and_up_again_leaves_what_it_held(year: Database) -> None:
    newest = held(year)
    migrate(year, LEVELS[0])
    oldest = held(year)
    replaced = {table for tables in (*SURVIVE.values(), *REPLACED.values()) for table in tables}
    before, after = sums(newest, oldest), sums(oldest, newest)
    assert {table for table in after if after[table] != before[table]} <= replaced
    migrate(year)
    again = held(year)
    assert again.columns == newest.columns
    assert kept(again, oldest)
