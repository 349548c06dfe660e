"""A row in every table: what nobody has done yet in the data at hand is made up."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Integer, Numeric, String, Table, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from app.models import JournalEntry

#: rows that some migration treats otherwise than the rest; they are there in any case
SPECIAL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("measurement", {"standing": "declined"}),
    ("report", {"state": "ready", "sha256": "0" * 64}),
    ("report", {"state": "waiting"}),
)


def fill(session: Session, now: datetime) -> None:
    """Add the special rows, and one to every table that has none."""
    tables = JournalEntry.metadata.tables
    for table in JournalEntry.metadata.sorted_tables:
        given = [values for name, values in SPECIAL if name == table.name]
        if not given and session.scalar(select(func.count()).select_from(table)) == 0:
            given = [{}]
        for values in given:
            session.execute(insert(tables[table.name]).values(_row(session, table, now) | values))


def _row(session: Session, table: Table, now: datetime) -> dict[str, Any]:
    return {
        column.name: session.scalar(select(func.min(next(iter(column.foreign_keys)).column)))
        if column.foreign_keys
        else _value(column.name, column.type, now)
        for column in table.columns
        if column.foreign_keys or not (column.primary_key and isinstance(column.type, Integer))
    }


def _value(name: str, kind: Any, now: datetime) -> Any:
    if isinstance(kind, TypeDecorator):
        return now
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Date):
        return date(2022, 6, 15)
    if isinstance(kind, JSON):
        return {"Ключ": [1, None]}
    if isinstance(kind, Integer):
        return 7
    if isinstance(kind, Numeric):
        return Decimal("12.5")
    if isinstance(kind, Float):
        return 0.1
    assert isinstance(kind, String)
    return f"{name} «Ё»"[: kind.length]
