"""Later loadings of the seed: what the journal notes of them, taken back.

The first loading is the plan as it was approved. An entry that notes no rows (from before it did) changed
nothing that is known, and its rows stay as they are.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Date, Numeric

from app.db import Base
from app.models import JournalEntry
from app.services.past.copying import Copy, Values


class Move(NamedTuple):
    """That a loading moved the first due date of a task."""

    #: of the entry in the journal
    position: int
    at: datetime
    before: date | None
    after: date | None


def undo_loadings(copy: Copy) -> None:
    """Take out the rows that a loading made after the copy's end, and put back the values that it changed."""
    for entry in reversed(copy.later):
        if (entry.subject, entry.action) == ("plan", "load"):
            _undo(copy, entry.details)


def moved_dates(copy: Copy) -> dict[int, list[Move]]:
    """By task, every move of its first due date, before the copy's end and after it, the earliest first."""
    found: dict[int, list[Move]] = {}
    for entry in (*copy.rows(JournalEntry), *(later._mapping for later in copy.later)):
        for task_id, before, after in entry["details"].get("moved", ()):
            found.setdefault(task_id, []).append(
                Move(entry["position"], entry["at"], _day(before), _day(after))
            )
    return {task_id: sorted(moves) for task_id, moves in found.items()}


def _undo(copy: Copy, details: Values) -> None:
    for name, made in details.get("made", {}).items():
        if table := copy.tables.get(name):
            gone = {tuple(identity) for identity in made}
            copy.keep(table, lambda row, table=table, gone=gone: _identity(table, row) not in gone)  # type: ignore[misc]
    for name, identity, before in details.get("before", ()):
        if table := copy.tables.get(name):
            for row in copy.rows(table):
                if _identity(table, row) == tuple(identity):
                    row |= {column: _value(table, column, value) for column, value in before.items()}


def _identity(table: type[Base], row: Values) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.__table__.primary_key)


def _value(table: type[Base], column: str, plain: Any) -> Any:
    """What the seed's loader wrote as JSON takes it."""
    kind = table.__table__.columns[column].type
    if isinstance(kind, Date):
        return _day(plain)
    return Decimal(plain) if isinstance(kind, Numeric) and plain is not None else plain


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
