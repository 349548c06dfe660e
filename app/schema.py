"""The level of the database: which migrations it has had, and bringing it up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db import Database

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def migrate(database: Database, target: str = "head") -> None:
    """Run every migration that the database has not had (or go back to `target`, e.g. "base")."""
    _make_room(database)
    with database.engine.begin() as connection:
        config = _alembic(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        back = target == "base" or (target != "head" and current is not None and target < current)
        (command.downgrade if back else command.upgrade)(config, target)


def draft(database: Database, message: str, revision: str) -> None:
    """Write a migration for what the models have and the database has not; to be read before it is kept."""
    with database.engine.begin() as connection:
        command.revision(_alembic(connection), message, autogenerate=True, rev_id=revision)


def level(database: Database) -> tuple[str | None, str | None]:
    """The revision that the database has, and the newest that there is."""
    newest = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest


def _make_room(database: Database) -> None:
    """SQLite makes its file, but not the folder around it."""
    file = database.engine.url.database
    if database.is_sqlite and file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)


def _alembic(connection: object) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
