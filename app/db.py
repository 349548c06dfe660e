"""The database: engines, sessions and the one place that commits.

SQLite takes its write lock when a writing transaction begins (BEGIN IMMEDIATE) and reads through a
second engine that cannot write; otherwise two clicks on one button can both win. PostgreSQL runs
READ COMMITTED and locks the rows it changes (FOR UPDATE); it reads on a read-only snapshot.

What the machine refuses is raised as one of the product's own errors (`app/outages.py`), whatever the driver.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
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
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement
from sqlalchemy.types import TypeDecorator

from app.domain.errors import DatabaseBusyError
from app.outages import of_database, spoils_connection

#: seconds that a transaction waits for who holds what it needs
PATIENCE = 10.0
#: the same for what is only noted in passing: nobody waits longer for a page because of it
LITTLE_PATIENCE = 0.2

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
        kind = engine.dialect.loaded_dbapi.Error
        try:
            connection = engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(text, arguments)
                found = cursor.fetchone()
                cursor.close()
            finally:
                connection.close()
        except kind as error:
            raise of_database(error) or DBAPIError.instance(text, None, error, kind) from error
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
        self._turn = threading.Lock()
        if self.is_sqlite:
            self._write = _sqlite_engine(url, writing=True)
            self._read = _sqlite_engine(url, writing=False)
        else:
            self._write = _postgresql_engine(url)
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
    def transaction(self, patience: float | None = None) -> Iterator[Session]:
        """A session whose work is committed once at the end, or not at all when anything is raised.

        `patience` is how many seconds it waits for others, `PATIENCE` unless said otherwise. Raises
        OutageError when they do not let go, or the machine cannot.
        """
        engine = self._write if patience is None else self._write.execution_options(patience=patience)
        with self._in_turn(patience or PATIENCE), Session(engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def _in_turn(self, patience: float) -> Iterator[None]:
        """SQLite knows no queue: who waits for its lock asks again and again, and by chance never gets it.

        So a process sends one writer at a time to ask. PostgreSQL's own queue is fair.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=patience):
            raise DatabaseBusyError
        try:
            yield
        finally:
            self._turn.release()

    def watch(
        self, taken: Callable[[], None], given_back: Callable[[], None], let_down: Callable[[str], None]
    ) -> None:
        """Tell when a connection is taken and given back, and by which outage somebody was let down."""
        for engine in {id(each.pool): each for each in (self._write, self._read)}.values():
            event.listen(engine.pool, "checkout", lambda *_: taken())
            event.listen(engine.pool, "checkin", lambda *_: given_back())

        def tell(context: ExceptionContext) -> None:
            if outage := of_database(context.original_exception):
                let_down(type(outage).__name__)

        for engine in {id(each.pool): each for each in (self._write, self._read)}.values():
            event.listen(engine, "handle_error", tell)

    def dispose(self) -> None:
        """Close every connection (after a fork, at the end)."""
        self._write.dispose()
        self._read.dispose()

    def forget_connections(self) -> None:
        """After a fork: leave the parent's connections alone and open own ones."""
        self._turn = threading.Lock()
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
    engine = create_engine(url, connect_args={"timeout": PATIENCE}, hide_parameters=True)
    event.listen(engine, "handle_error", _tell_outage, retval=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not begin transactions by itself: `begin` below does, with the right lock.
        connection.isolation_level = None
        journal = "WAL" if sqlite3.sqlite_version_info >= _WAL_SAFE else "TRUNCATE"
        if writing:
            connection.execute(f"PRAGMA journal_mode={journal}")
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-8000"):
            connection.execute(f"PRAGMA {pragma}")
        if not writing:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.connection.cursor().execute(f"PRAGMA busy_timeout={_patience_of(connection)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": round(PATIENCE)},
        # What people entered has no place in a log.
        hide_parameters=True,
    )
    event.listen(engine, "handle_error", _tell_outage, retval=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = {round(PATIENCE * 1000)}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if "patience" in connection.get_execution_options():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_patience_of(connection)}")

    return engine


def _patience_of(connection: Connection) -> int:
    """Milliseconds that the transaction that begins may wait."""
    seconds: float = connection.get_execution_options().get("patience", PATIENCE)
    return round(seconds * 1000)


def _tell_outage(context: ExceptionContext) -> Exception | None:
    """Raise what the machine refuses as an error of the product, and part with a connection it spoils."""
    if context.is_pre_ping:
        # A connection that has died is replaced; nobody need hear of it.
        return None
    if spoils_connection(context.original_exception):
        context.is_disconnect = True
        if context.connection is not None:
            # SQLite keeps the lock of a closed connection for as long as anything knows of its statement.
            with suppress(Exception):
                context.connection.connection.rollback()
    return of_database(context.original_exception)
