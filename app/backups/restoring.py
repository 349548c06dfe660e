"""Putting a backup in the place of what an installation holds, or into an empty one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Column, Connection, Integer, Table, func, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.backups.archive import Reader, Stream
from app.backups.contents import FILES, TABLES, contents_of
from app.backups.copying import file_of, opened, put_in_place, remove
from app.backups.creating import Progress
from app.backups.errors import BackupError, BrokenBackupError, NotEmptyError
from app.backups.rows import restored, tables_of
from app.backups.verifying import Verified, rows_in, verify_open
from app.db import Database
from app.domain.errors import OutageError
from app.schema import migrate_within, newest
from app.services import search_index
from app.storage import EvidenceStore

_CHUNK = 1024 * 1024
#: rows that are inserted at a time
_BATCH = 500
#: what the file of a database in the making is called, behind the name of the installation's own
_BESIDE = ".restoring"
#: how the tables of the queue begin
_QUEUE = "huey_"
_OF_NO_EXTENSION = "NOT EXISTS (SELECT FROM pg_depend WHERE objid = it.oid AND deptype = 'e')"
_ROUTINES = text(
    "SELECT 'ROUTINE ' || oid::regprocedure FROM pg_proc it"
    f" WHERE pronamespace = current_schema()::regnamespace AND {_OF_NO_EXTENSION}"
)
_TYPES = text(
    "SELECT 'TYPE ' || oid::regtype FROM pg_type it"
    f" WHERE typnamespace = current_schema()::regnamespace AND typtype IN ('e', 'd') AND {_OF_NO_EXTENSION}"
)


class Restored(NamedTuple):
    """What was restored: the backup, how many files were put into the store, and the level it has now."""

    backup: Verified
    files: int
    level: str


#: told of the database when it holds what the backup does, before anybody else sees it
Finish = Callable[[Session, Verified], None]


def restore(
    path: Path, database: Database, store: EvidenceStore, *, replace: bool, finish: Finish, progress: Progress
) -> Restored:
    """Restore an archive; killed on the way, the installation is what it was before, or all of the backup.

    1. Read the archive whole: what is broken, or newer than this program, is refused.
    2. Refuse an installation that holds anything, unless it is to be replaced.
    3. Put the files into the store. What is there already stays: a store only grows.
    4. Fill a database with the rows: on SQLite a file beside the installation's, on PostgreSQL in one
       transaction. It must have the digest that the backup has.
    5. Bring it up to the level of this program, and finish it.
    6. Let it take the place of the installation's, in one step.

    Raises BackupError.
    """
    try:
        with path.open("rb") as file:
            backup = verify_open(file)
            progress(f"The backup of {backup.made_at:%Y-%m-%d %H:%M} UTC is whole.")
            if backup.level > newest():
                raise BackupError(
                    "The backup has level %(level)s; this program knows none beyond %(newest)s.",
                    level=backup.level,
                    newest=newest(),
                )
            if not replace and not is_empty(database):
                raise NotEmptyError
            files = _restore_files(file, store, set(backup.lost))
            progress(f"{files} files were put into the store.")
            with _in_place_of(database) as connection:
                _fill(connection, file, backup)
                progress(f"{backup.rows} rows are there, and are those of the backup.")
                migrate_within(connection, "head")
                with Session(connection, expire_on_commit=False) as session:
                    search_index.complete(session)
                    finish(session, backup)
                    session.flush()
    except OSError as error:
        raise BackupError("The backup could not be restored: %(reason)s.", reason=error) from error
    return Restored(backup, files, newest())


def is_empty(database: Database) -> bool:
    """Whether an installation holds nothing: no tables, or none with a row. Raises BackupError."""
    if database.is_sqlite and not file_of(database).exists():
        return True
    try:
        with database.read() as session:
            connection = session.connection()
            return not any(
                connection.execute(select(text("1")).select_from(table).limit(1)).first()
                for table in tables_of(connection).sorted_tables
            )
    except (DatabaseError, OutageError) as error:
        raise BackupError("The database cannot be read, or is none. `--replace` replaces it.") from error


@contextmanager
def _in_place_of(database: Database) -> Iterator[Connection]:
    """An empty database to fill; at the end, unless something is raised, it is the installation's."""
    if not database.is_sqlite:
        # Whoever looks meanwhile waits; whoever looks afterwards sees all of it.
        with database.engine.begin() as connection:
            _clear(connection)
            yield connection
        return
    own = file_of(database)
    beside = own.with_name(own.name + _BESIDE)
    own.parent.mkdir(parents=True, exist_ok=True)
    remove(beside)
    beside.touch(mode=0o600)
    try:
        with opened(beside) as new, new.engine.begin() as connection:
            yield connection
        put_in_place(beside, own)
    finally:
        remove(beside)


def _clear(connection: Connection) -> None:
    """Drop what stands in the schema of the installation, also what only a newer program knows.

    The queue may stand there as well, and what extensions have brought: both stay.
    """
    quote = connection.dialect.identifier_preparer.quote
    names = (name for name in inspect(connection).get_table_names() if not name.startswith(_QUEUE))
    dropped = [f"TABLE {quote(name)}" for name in names]
    dropped += connection.scalars(_ROUTINES).all()
    dropped += connection.scalars(_TYPES).all()
    for what in dropped:
        connection.exec_driver_sql(f"DROP {what.replace('%', '%%')} CASCADE")


def _fill(connection: Connection, file: BinaryIO, backup: Verified) -> None:
    """Bring an empty database to the level of the backup and put its rows in; they are summed up again."""
    migrate_within(connection, backup.level)
    tables = {table.name: table for table in tables_of(connection).sorted_tables}
    if unknown := backup.tables.keys() - tables.keys():
        raise BackupError("This program has no table %(table)s.", table=min(unknown))
    filling: dict[str, _Filling] = {}
    for stream in Reader(file):
        if stream.name.startswith(TABLES):
            name = stream.name.split("/")[1]
            if name not in filling:
                filling[name] = _Filling(connection, tables[name], set(filling))
            filling[name].take(stream)
    for each in filling.values():
        each.end()
    if contents_of(connection).digest != backup.digest:
        raise BrokenBackupError("tables", "the database does not give back what was put in")


class _Filling:
    """Puts the rows of one table in; those of the tables `before` it are there."""

    def __init__(self, connection: Connection, table: Table, before: set[str]) -> None:
        self._connection = connection
        self._table = table
        self._make = {column.name: restored(column, connection.dialect.name) for column in table.columns}
        #: columns that refer to rows which may not be there yet
        self._late = [
            column.name
            for column in table.columns
            if any(key.column.table.name not in before for key in column.foreign_keys)
        ]
        self._to_come: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def take(self, stream: Stream) -> None:
        """Insert the rows of a part."""
        batch: list[dict[str, Any]] = []
        for _line, row in rows_in(stream):
            batch.append(self._values(row))
            if len(batch) == _BATCH:
                self._connection.execute(insert(self._table), batch)
                batch = []
        if batch:
            self._connection.execute(insert(self._table), batch)

    def end(self) -> None:
        """Fill in what had to wait, and let new rows be numbered behind these."""
        keys = list(self._table.primary_key)
        for key, values in self._to_come:
            found = [column == key[column.name] for column in keys]
            self._connection.execute(update(self._table).where(*found).values(values))
        if self._connection.dialect.name == "postgresql" and len(keys) == 1 and _is_numbered(keys[0]):
            _number_behind(self._connection, self._table, keys[0])

    def _values(self, row: dict[str, Any]) -> dict[str, Any]:
        values = {name: self._make[name](value) for name, value in row.items()}
        late = {name: values[name] for name in self._late if values[name] is not None}
        if late:
            key = {column.name: values[column.name] for column in self._table.primary_key}
            self._to_come.append((key, late))
            values |= dict.fromkeys(late)
        return values


def _is_numbered(column: Column[Any]) -> bool:
    return isinstance(column.type, Integer) and not column.foreign_keys


def _number_behind(connection: Connection, table: Table, column: Column[Any]) -> None:
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
    last = connection.scalar(select(func.max(column)))
    if sequence is not None and last is not None:
        connection.execute(select(func.setval(sequence, last)))


def _restore_files(file: BinaryIO, store: EvidenceStore, lost: Iterable[str]) -> int:
    """Put the files into the store that it has not, or has otherwise; how many."""
    number = 0
    for stream in Reader(file):
        name = stream.name.removeprefix(FILES)
        if stream.name == name or name in lost or store.renew(name):
            continue
        with store.drafting() as draft:
            while chunk := stream.read(_CHUNK):
                draft.write(chunk)
            store.keep(store.made(draft, name))
        number += 1
    return number
