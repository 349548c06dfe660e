"""What a backup holds, and what an installation holds: the same sums say that it is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table

from app.backups.rows import Part, Sum, TableSum, columns_of, digest_of, pack, read_rows, tables_of
from app.domain.canonical import canonical

#: a column of that name holds the SHA-256 of a file in the store, or "" for none
FILE_COLUMN = "sha256"
HEADS, ENTRIES = "journal_head", "journal_entry"
TABLES = "tables/"
FILES = "evidence/"


class Contents:
    """Sums over the rows of every table and over the files that they name."""

    def __init__(self) -> None:
        self.tables: dict[str, TableSum] = {}
        #: the SHA-256 of every file that some row names
        self.files: set[str] = set()

    def parts(self, connection: Connection, table: Table) -> Iterator[Part]:
        """The rows of a table, packed; they count once all parts were taken."""
        names, sum_ = [column.name for column in columns_of(table)], Sum()

        def added(row: list[Any], line: bytes) -> None:
            sum_.add(digest_of(table.name, line))
            self.note(dict(zip(names, row, strict=True)))

        yield from pack(names, read_rows(connection, table), added)
        self.tables[table.name] = TableSum(sum_.number, sum_.text)

    def note(self, row: Mapping[str, Any]) -> None:
        """Note the file that a row names, if it does."""
        if name := row.get(FILE_COLUMN):
            self.files.add(name)

    @property
    def rows(self) -> int:
        """How many rows all the tables have."""
        return sum(each.rows for each in self.tables.values())

    @property
    def digest(self) -> str:
        """SHA-256 over all of it; two installations that hold the same have the same."""
        files = Sum()
        for name in self.files:
            files.add(hashlib.sha256(name.encode()).digest())
        told = {"tables": self.tables, "files": [files.number, files.text]}
        return hashlib.sha256(canonical(told).encode()).hexdigest()


def contents_of(connection: Connection) -> Contents:
    """What the database holds now, read whole; the connection gives one snapshot."""
    found = Contents()
    for table in tables_of(connection).sorted_tables:
        for _part in found.parts(connection, table):
            pass
    return found
