"""Making a backup while people work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, MetaData, select

from app.backups.archive import ABOUT, FORMAT, Writer
from app.backups.contents import FILES, HEADS, TABLES, Contents
from app.backups.copying import at_rest, copy_sqlite, file_of, opened, remove
from app.backups.errors import BackupError
from app.backups.places import Hashed, snapshot_of, written
from app.backups.rows import tables_of
from app.db import Database
from app.domain.canonical import canonical
from app.schema import newest, revision_of
from app.storage import EvidenceStore
from app.version import __version__

#: takes sentences that tell how far it has come
Progress = Callable[[str], None]
#: bytes of files after which it tells
_TOLD_EVERY = 256 * 1024 * 1024


class Made(NamedTuple):
    """A backup that was made. `digest` is of all rows and files, `sha256` of the archive itself."""

    path: Path
    #: bytes
    size: int
    level: str
    tables: int
    rows: int
    files: int
    digest: str
    sha256: str
    #: SHA-256 of files that rows name and that were gone, or no longer what they were
    lost: list[str]


def create(database: Database, store: EvidenceStore, path: Path, now: datetime, progress: Progress) -> Made:
    """Write a backup of this moment to `path`; people go on working. `now` is by the machine's clock, UTC.

    1. Take a snapshot of the database: PostgreSQL holds one, SQLite is copied in one step.
    2. Write what it is, and its rows, to a file beside `path`, readable for nobody else.
    3. Write every file that its rows name: files are only ever added, so what a snapshot names is there.
    4. Write what all of it is, flush it to the disk, and give it its name.

    A file that is gone or changed keeps no backup from being made: it is told of as lost. Raises BackupError.
    """
    try:
        with written(path) as file, _snapshot(database, snapshot_of(file.path)) as connection:
            made = _write(file, connection, store, now, progress)
    except OSError as error:
        raise BackupError("The backup could not be written: %(reason)s.", reason=error) from error
    return made._replace(path=path)


def _write(
    file: Hashed, connection: Connection, store: EvidenceStore, now: datetime, progress: Progress
) -> Made:
    level = revision_of(connection)
    if level is None or level > newest():
        raise BackupError("This program does not know the level of the database: %(level)s.", level=level)
    writer, contents, tables = Writer(file, int(now.timestamp())), Contents(), tables_of(connection)
    about = {
        "format": FORMAT,
        "product": __version__,
        "level": level,
        "made_at": now.isoformat(),
        "heads": _heads(connection, tables),
    }
    writer.add(ABOUT, canonical(about).encode())
    for table in tables.sorted_tables:
        for part in contents.parts(connection, table):
            writer.add(f"{TABLES}{table.name}/{part.number:06}.jsonl.gz", part.content)
    progress(f"{contents.rows} rows of {len(contents.tables)} tables are written.")
    lost = _write_files(writer, store, sorted(contents.files), progress)
    writer.end({"tables": contents.tables, "digest": contents.digest, "lost": lost})
    return Made(
        *(file.path, file.size, level, len(contents.tables), contents.rows, len(contents.files)),
        *(contents.digest, file.sha256, lost),
    )


def _write_files(writer: Writer, store: EvidenceStore, names: list[str], progress: Progress) -> list[str]:
    """Write the files of those hashes; which of them were lost."""
    lost: list[str] = []
    size = told = 0
    for number, name in enumerate(names, start=1):
        try:
            file = store.path(name).open("rb")
        except (FileNotFoundError, ValueError):
            lost.append(name)
            continue
        with file:
            member = writer.copy(FILES + name, file, os.fstat(file.fileno()).st_size)
        if member.sha256 != name:
            lost.append(name)
        size += member.size
        if size - told >= _TOLD_EVERY:
            told = size
            progress(f"{number} of {len(names)} files, {size} bytes, are written.")
    progress(f"{len(names) - len(lost)} files, {size} bytes, are written.")
    return lost


def _heads(connection: Connection, tables: MetaData) -> list[list[object]]:
    """Where the journal of each plan ends: its code, position and hash."""
    plan, head = tables.tables["plan"], tables.tables[HEADS]
    found = connection.execute(
        select(plan.c.code, head.c.position, head.c.hash)
        .join(head, head.c.plan_id == plan.c.id)
        .order_by(plan.c.id)
    )
    return [list(row) for row in found]


@contextmanager
def _snapshot(database: Database, copied: Path) -> Iterator[Connection]:
    """One moment of the database. On SQLite a long look would keep writers out: it is copied first."""
    if not database.is_sqlite:
        with database.read() as session:
            yield session.connection()
        return
    copied.touch(mode=0o600)
    try:
        copy_sqlite(file_of(database), copied)
        at_rest(copied)
        with opened(copied) as copy, copy.read() as session:
            yield session.connection()
    finally:
        remove(copied)
