"""How many statements a page costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.db import Database


@contextmanager
def recorded_statements(database: Database) -> Iterator[list[str]]:
    """Every statement that is sent to the database inside the block; the bounds of transactions are none."""
    statements: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    # On PostgreSQL the reading engine is the writing one with options, whose events reach both.
    engines = [database._write, *([database._read] if database.is_sqlite else [])]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", record)
