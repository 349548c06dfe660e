"""A database of SQLite as a file: opened beside the installation's own, and copied in one step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.backups.errors import BackupError
from app.db import Database
from app.durable import sync_folder

#: seconds that somebody else may hold a database
_PATIENCE = 60.0
#: seconds between two tries to take it
_PAUSE = 0.02


def file_of(database: Database) -> Path:
    """The file of an installation's database."""
    return Path(str(database.engine.url.database))


@contextmanager
def opened(file: Path) -> Iterator[Database]:
    """The database in that file; its connections are closed at the end."""
    database = Database(f"sqlite:///{file}")
    try:
        yield database
    finally:
        database.dispose()


def copy_sqlite(source: Path, target: Path) -> None:
    """Make the target what the source is, at once: whoever uses it sees all of that, or nothing yet.

    A program that ends on the way leaves the target as it was. Waits for those who write to either.
    Raises BackupError.
    """
    try:
        with (
            closing(sqlite3.connect(source, timeout=_PATIENCE)) as begin,
            closing(sqlite3.connect(target, timeout=_PATIENCE)) as end,
        ):
            end.execute("PRAGMA synchronous=FULL")
            begin.backup(end, sleep=_PAUSE)
    except sqlite3.Error as error:
        raise BackupError("%(file)s cannot be copied: %(reason)s.", file=source, reason=error) from error


def put_in_place(new: Path, own: Path) -> None:
    """Let an installation's database be the new one, in one step; one that cannot be read gives way to it.

    Raises BackupError.
    """
    if not own.exists() or _is_readable(own):
        copy_sqlite(new, own)
        return
    _remove_beside(own)
    new.replace(own)
    sync_folder(own.parent)


def remove(file: Path) -> None:
    """Remove a database with what SQLite keeps beside it."""
    _remove_beside(file)
    file.unlink(missing_ok=True)


def _remove_beside(file: Path) -> None:
    """What was left beside a file would be taken for a part of the next one of its name."""
    for ending in ("-journal", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _is_readable(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        # Locked, or on a disk that cannot be written to: that is another matter.
        return True
    except sqlite3.DatabaseError:
        return False
    return True


def at_rest(file: Path) -> None:
    """Let a copy stand in its one file, though its original writes ahead."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
