"""Changing what the database refuses to change, as whoever owns its file or its server can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import Database


@contextmanager
def behind_the_triggers(database: Database) -> Iterator[Session]:
    """A transaction in which no trigger of the journal is asked; they stand again at its end."""
    with database.transaction() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            return
        triggers = session.execute(
            text("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'journal%'")
        ).all()
        for name, _sql in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        yield session
        session.flush()
        for _name, sql in triggers:
            session.connection().exec_driver_sql(sql)
