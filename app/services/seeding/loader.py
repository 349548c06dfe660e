"""Finding rows by their natural key, and changing only what people have left as the seed had it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import String, inspect, select
from sqlalchemy.orm import Session

from app.db import Base
from app.domain.seed import SeedError
from app.models import JournalHead, Organization, SeedRecord
from app.services.changes import hold_plans

Table = TypeVar("Table", bound=Base)
#: what belongs to no plan, and the journal's own end
_SHARED = (Organization, JournalHead)


@dataclass(slots=True)
class Loaded:
    """How many rows a loading made, changed and left, and how many of the new ones are tasks."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    tasks: int = 0


class Notes:
    """What a loading did to the rows of a plan, as its entry in the journal keeps it.

    `made` names the new rows by table, `before` the values that others had, `moved` the tasks whose first
    due date went from one day to another. The past is told from it (see `services.past`).
    """

    def __init__(self) -> None:
        self._made: dict[str, list[list[Any]]] = {}
        self._before: list[list[Any]] = []
        self._moved: list[list[Any]] = []

    def makes(self, row: Base) -> None:
        """A new row, which has been flushed."""
        if not isinstance(row, _SHARED):
            self._made.setdefault(row.__tablename__, []).append(_identity(row))

    def changes(self, row: Base, names: Iterable[str]) -> None:
        """A row whose columns of those names are about to change."""
        if not isinstance(row, _SHARED):
            before = {name: _plain(getattr(row, name)) for name in names}
            self._before.append([row.__tablename__, _identity(row), before])

    def moves(self, task_id: int, before: date | None, after: date | None) -> None:
        """The first due date of a task."""
        self._moved.append([task_id, _plain(before), _plain(after)])

    def as_details(self) -> dict[str, Any]:
        """What there is of it, as JSON takes it."""
        noted = {"made": self._made, "before": self._before, "moved": self._moved}
        return {name: what for name, what in noted.items() if what}


class Loader:
    """One loading of a seed; nobody else changes a plan until its transaction ends."""

    def __init__(self, session: Session) -> None:
        # What people have edited is compared with the seed: nobody may edit between the two.
        self.plans = hold_plans(session)
        self.session = session
        self.loaded = Loaded()
        #: rows that the seed has changed, or that were given something new
        self.amended: list[Base] = []
        #: what the journal keeps of it
        self.notes = Notes()
        self._known: dict[tuple[type[Base], tuple[str, ...]], dict[tuple[Any, ...], Any]] = {}
        self._records = {(record.table, record.key): record for record in session.scalars(select(SeedRecord))}

    def upsert(
        self, table: type[Table], key: Mapping[str, Any], values: Mapping[str, Any], **initial: Any
    ) -> Table:
        """The row with that key, brought in line with the seed. `initial` counts for a new row alone.

        A field that no longer holds what the seed last said was edited by people and stays theirs. Raises
        SeedError for a text that its column does not take.
        """
        _check_texts(table, key, values)
        known = self._rows(table, tuple(key))
        row: Table | None = known.get(tuple(key.values()))
        record = self._record(table, key)
        if row is None:
            row = table(**key, **values, **initial)
            self.session.add(row)
            self.session.flush()
            known[tuple(key.values())] = row
            self.loaded.created += 1
            self.notes.makes(row)
        elif changed := {name: value for name, value in values.items() if _amends(record, row, name, value)}:
            self.notes.changes(row, changed)
            for name, value in changed.items():
                setattr(row, name, value)
            self.loaded.updated += 1
            self.amended.append(row)
        else:
            self.loaded.unchanged += 1
        said = {name: _plain(value) for name, value in values.items()}
        if record.values != said:
            record.values = said
        return row

    def organization_id(self, key: str) -> int:
        """The id of an organisation that has been loaded."""
        row: Organization = self._rows(Organization, ("key",))[key,]
        return row.id

    def _rows(self, table: type[Base], key: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
        if (table, key) not in self._known:
            self._known[table, key] = {
                tuple(getattr(row, name) for name in key): row for row in self.session.scalars(select(table))
            }
        return self._known[table, key]

    def _record(self, table: type[Base], key: Mapping[str, Any]) -> SeedRecord:
        name = (table.__tablename__, json.dumps(list(key.values()), ensure_ascii=False))
        if name not in self._records:
            self._records[name] = SeedRecord(table=name[0], key=name[1], values={})
            self.session.add(self._records[name])
        return self._records[name]


def _check_texts(table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """What has a greatest length is one line of at most that length. Raises SeedError.

    One database would refuse a longer text without saying where it stands, the other would keep it.
    """
    longest = _longest(table)
    named = " ".join(str(part) for column, part in key.items() if not column.endswith("_id"))
    row = f"{table.__tablename__} {named[:40]}"
    for name, value in {**key, **values}.items():
        if name not in longest or not isinstance(value, str):
            continue
        if len(value) > longest[name]:
            raise SeedError("", row, name, f"is longer than {longest[name]} characters: “{value[:40]}…”")
        if "\n" in value:
            raise SeedError("", row, name, f"must be one line: “{value[:40]}”")


@cache
def _longest(table: type[Base]) -> dict[str, int]:
    texts = ((each.name, each.type) for each in table.__table__.columns)
    return {name: kind.length for name, kind in texts if isinstance(kind, String) and kind.length}


def _amends(record: SeedRecord, row: Base, name: str, value: Any) -> bool:
    """Whether the seed has something new to say about a field that people have not touched."""
    present = getattr(row, name)
    if present == value:
        return False
    return name not in record.values or record.values[name] == _plain(present)


def _identity(row: Base) -> list[Any]:
    return list(inspect(row).identity or ())


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value.normalize())
    return value.isoformat() if isinstance(value, date) else value
