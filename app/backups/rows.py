"""Rows as lines of text that any of the databases can take, and a sum that says whether two have the same.

Tables are read as they stand in the database, not as the models have them: a backup of an older level is
restored to that level first. Instants are UTC, exact numbers are text, columns are ordered by their names.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Connection, Date, DateTime, MetaData, Numeric, Table, null, select
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.backups.errors import BrokenBackupError
from app.models import JournalEntry

#: bytes of lines that are packed together
_PART = 1024 * 1024
#: rows that are fetched at a time
_BATCH = 500
#: the order of the rows, where it is another than that of the key: a chain is read from its beginning
_ORDER = {"journal_entry": ("plan_id", "position")}
_MODULUS = 1 << 256
#: tables that older levels have and a migration has dropped since
FORMER = frozenset({"sign_in_failure"})


class TableSum(NamedTuple):
    """How many rows a table has, and a sum over them that no order changes."""

    rows: int
    sum: str


class Sum:
    """Adds up the hashes of things, in whatever order they come."""

    def __init__(self) -> None:
        self.number = 0
        self._sum = 0

    def add(self, digest: bytes) -> None:
        self.number += 1
        self._sum = (self._sum + int.from_bytes(digest)) % _MODULUS

    @property
    def text(self) -> str:
        """The sum, as hexadecimal digits."""
        return f"{self._sum:064x}"


class Part(NamedTuple):
    """Lines of a table, packed: the names of the columns, then rows."""

    number: int
    content: bytes


def tables_of(connection: Connection) -> MetaData:
    """Our tables as they stand in the database; a queue may have its own beside them."""
    present, ours = MetaData(), JournalEntry.metadata.tables.keys() | FORMER
    present.reflect(connection, only=lambda name, _metadata: name in ours)
    return present


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns in the order in which they are written."""
    return sorted(table.columns, key=lambda column: column.name)


def read_rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    """The rows of a table as JSON can hold them, fetched a batch at a time."""
    columns = columns_of(table)
    order = [table.columns[name] for name in _ORDER.get(table.name, ())] or list(table.primary_key)
    rows = connection.execute(select(*columns).order_by(*order).execution_options(yield_per=_BATCH))
    for row in rows:
        yield [_plain(value) for value in row]


def pack(
    names: Sequence[str], rows: Iterable[list[Any]], added: Callable[[list[Any], bytes], None]
) -> Iterator[Part]:
    """Rows as packed lines; `added` is told of each row and its line. A table without rows has no part."""
    lines: list[bytes] = []
    size = number = 0
    for row in rows:
        line = line_of(row)
        added(row, line)
        lines.append(line)
        size += len(line)
        if size >= _PART:
            yield Part(number, _packed(names, lines))
            lines, size, number = [], 0, number + 1
    if lines:
        yield Part(number, _packed(names, lines))


def unpack(place: str, content: bytes) -> tuple[list[str], list[bytes]]:
    """The names of the columns and the lines of a part. Raises BrokenBackupError."""
    try:
        head, *lines = gzip.decompress(content).splitlines()
        names = json.loads(head)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise BrokenBackupError(place, "it cannot be unpacked") from error
    return names, lines


def values_of(place: str, line: bytes, names: Sequence[str]) -> list[Any]:
    """The values of a line, as JSON holds them. Raises BrokenBackupError."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise BrokenBackupError(place, "a row of it cannot be read") from error
    if not isinstance(values, list) or len(values) != len(names):
        raise BrokenBackupError(place, "a row of it has too few values or too many")
    return values


def line_of(row: list[Any]) -> bytes:
    """A row as a line, the same from every database."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(table: str, line: bytes) -> bytes:
    """What a row adds to the sum of its table."""
    return hashlib.sha256(table.encode() + b"\n" + line).digest()


def restored(column: Column[Any], dialect: str) -> Callable[[Any], Any]:
    """What makes a column's values of a line those that the database takes."""
    kind: TypeEngine[Any] = (
        column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    )
    make: Callable[[Any], Any]
    if isinstance(kind, DateTime):
        make = _naive if dialect == "sqlite" else datetime.fromisoformat
    elif isinstance(kind, Date):
        make = date.fromisoformat
    elif isinstance(kind, Numeric):
        make = Decimal
    elif isinstance(kind, JSON):
        # An empty field is no JSON that says so.
        return lambda value: null() if value is None and column.nullable else value
    else:
        return lambda value: value
    return lambda value: None if value is None else make(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def _naive(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _packed(names: Sequence[str], lines: list[bytes]) -> bytes:
    return gzip.compress(b"\n".join([line_of(list(names)), *lines]), compresslevel=6, mtime=0)
