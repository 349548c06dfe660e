"""The level of the database: which migrations it has had, and bringing it up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.db import LITTLE_PATIENCE, Database
from app.domain.errors import ReadOnlyError

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

# Alembic is imported where it is used: it would double the time that a server takes to start.

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def migrate(database: Database, target: str = "head") -> None:
    """Run every migration that the database has not had (or go back to `target`, e.g. "base")."""
    _make_room(database)
    with database.engine.begin() as connection:
        migrate_within(connection, target)


def migrate_within(connection: Connection, target: str) -> None:
    """`migrate` as a part of a transaction, which the caller ends."""
    from alembic import command

    current = revision_of(connection)
    back = target == "base" or (target != "head" and current is not None and target < current)
    (command.downgrade if back else command.upgrade)(_alembic(connection), target)


def draft(database: Database, message: str, revision: str) -> None:
    """Write a migration for what the models have and the database has not; to be read before it is kept."""
    from alembic import command

    with database.engine.begin() as connection:
        command.revision(_alembic(connection), message, autogenerate=True, rev_id=revision)


def level(database: Database) -> tuple[str | None, str]:
    """The revision that the database has, and the newest that there is (numbered: 0001, 0002 …)."""
    _make_room(database)
    with database.engine.connect() as connection:
        return revision_of(connection), newest()


def try_to_write(database: Database) -> None:
    """Change a row and take it back, waiting for nobody. Raises OutageError."""
    engine = database.engine.execution_options(patience=LITTLE_PATIENCE)
    with engine.connect() as connection:
        if database.is_sqlite:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        elif connection.scalar(
            text("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'")
        ):
            raise ReadOnlyError
        connection.rollback()


@cache
def newest() -> str:
    """The newest revision that this program knows."""
    return max(path.name.split("_")[0] for path in _MIGRATIONS.glob("versions/[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """The revision that the database has in this transaction; None: it has had no migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _make_room(database: Database) -> None:
    """SQLite makes its file, but not the folder around it."""
    file = database.engine.url.database
    if database.is_sqlite and file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)


def _alembic(connection: Connection) -> AlembicConfig:
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
