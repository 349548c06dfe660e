"""The database: engines, sessions and the one place that commits.

SQLite takes its write lock when a writing transaction begins (BEGIN IMMEDIATE) and reads through a
second engine that cannot write; otherwise two clicks on one button can both win. PostgreSQL runs
READ COMMITTED and locks the rows it changes (FOR UPDATE); it reads on a read-only snapshot.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

#: SQLite's write-ahead log can lose a commit at a checkpoint before this release; until then TRUNCATE
_WAL_SAFE = (3, 51, 3)

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, stores UTC, gives back aware UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012


class Database:
    """One database: `read()` for looking, `transaction()` for changing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self._write = _sqlite_engine(url, writing=True)
            self._read = _sqlite_engine(url, writing=False)
        else:
            self._write = create_engine(
                url, pool_pre_ping=True, pool_size=5, max_overflow=10, isolation_level="READ COMMITTED"
            )
            # A page is one moment: all its statements see the same snapshot, and none can write.
            self._read = self._write.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def engine(self) -> Engine:
        """The writing engine: for migrations."""
        return self._write

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session to look with. Nothing written through it is kept."""
        with Session(self._read, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed once at the end, or not at all when anything is raised."""
        with Session(self._write, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def dispose(self) -> None:
        """Close every connection (after a fork, at the end)."""
        self._write.dispose()
        self._read.dispose()

    def forget_connections(self) -> None:
        """After a fork: leave the parent's connections alone and open own ones."""
        self._write.dispose(close=False)
        self._read.dispose(close=False)


def _sqlite_engine(url: str, *, writing: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not begin transactions by itself: `begin` below does, with the right lock.
        connection.isolation_level = None
        journal = "WAL" if sqlite3.sqlite_version_info >= _WAL_SAFE else "TRUNCATE"
        if writing:
            connection.execute(f"PRAGMA journal_mode={journal}")
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "cache_size=-8000"):
            connection.execute(f"PRAGMA {pragma}")
        if not writing:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
