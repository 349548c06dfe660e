"""The database: engines, sessions and the one place that commits.

SQLite takes its write lock when a writing transaction begins (BEGIN IMMEDIATE) and reads through a
second engine that cannot write; otherwise two clicks on one button can both win. PostgreSQL runs
READ COMMITTED and locks the rows it changes (FOR UPDATE); it reads on a read-only snapshot.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Index,
    MetaData,
    NullPool,
    Select,
    create_engine,
    event,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement
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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        # SQLite gives text, and a calendar of thousands asks for four instants in each row.
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012


class Lookup:
    """A statement that finds one row by its key, handed to the driver ready made.

    It costs a fifth of the same through a session: for what programs ask all day long. Parameters go to
    the driver as they are; the row is one of SQLAlchemy's types all the same.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._made: dict[str, tuple[str, Any, list[tuple[int, Any]]]] = {}
        columns = statement.selected_columns
        self._row = namedtuple("_row", [column.key for column in columns])  # type: ignore[misc]

    def find(self, engine: Engine, parameters: Mapping[str, object]) -> Any:
        """The row, by the names of its columns, or None."""
        text, positions, processors = self._made.get(engine.name) or self._make(engine.dialect)
        arguments: Any = [parameters[name] for name in positions] if positions else parameters
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(text, arguments)
            found = cursor.fetchone()
            cursor.close()
        except engine.dialect.loaded_dbapi.Error as error:
            kind = engine.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(text, None, error, kind) from error
        finally:
            connection.close()
        if found is None:
            return None
        values = list(found)
        for position, process in processors:
            values[position] = process(values[position])
        return self._row(*values)

    def _make(self, dialect: Dialect) -> tuple[str, Any, list[tuple[int, Any]]]:
        compiled: Any = self._statement.compile(dialect=dialect)
        processors = []
        for position, column in enumerate(self._statement.selected_columns):
            process = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if process is not None:
                processors.append((position, process))
        made = self._made[dialect.name] = (str(compiled), compiled.positiontup, processors)
        return made


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
        # Once closed it is closed: a late look would open a snapshot that nobody ends, and lock writers out.
        with Session(self._read, expire_on_commit=False, autoflush=False, close_resets_only=False) as session:
            yield session

    def look_up(self, lookup: Lookup, **parameters: object) -> Any:
        """The row that a lookup finds, or None. Raises SQLAlchemy's errors."""
        return lookup.find(self._read, parameters)

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


#: Without a pool each connection is a database of its own; one engine keeps what it has compiled.
_MEMORY = create_engine("sqlite://", poolclass=NullPool)


@contextmanager
def in_memory() -> Iterator[Connection]:
    """An empty database of all tables that lives in memory and is gone at the end."""
    with _MEMORY.connect() as connection:
        for statement in _ddl():
            connection.exec_driver_sql(statement)
        yield connection


@cache
def _ddl() -> tuple[str, ...]:
    """What makes the tables and their indexes in SQLite; spelled out once a process."""
    tables = Base.metadata.sorted_tables
    made: list[DDLElement] = [CreateTable(table) for table in tables]
    made += (CreateIndex(index) for table in tables for index in sorted(table.indexes, key=_name))
    return tuple(str(each.compile(dialect=_MEMORY.dialect)) for each in made)


def _name(index: Index) -> str:
    return str(index.name)


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
