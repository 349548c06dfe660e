"""What the application's role may do in PostgreSQL: read and write, and of the journal only add and read.

The tables belong to another role, which runs the migrations. So that whoever gets hold of the application's
password cannot change what has happened: neither the entries nor the triggers that guard them.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from app.db import Database
from app.domain.errors import ConflictError, NotFoundError

_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
#: where the application may do less
_LESS = {
    "journal_entry": ("SELECT", "INSERT"),
    # It moves forward, which a trigger sees to.
    "journal_head": ("SELECT", "INSERT", "UPDATE"),
    # What was attached stays.
    "evidence": ("SELECT", "INSERT", "UPDATE"),
    "alembic_version": ("SELECT",),
}
_ROLE = text(
    "SELECT it.rolsuper, it.rolcreaterole, pg_has_role(it.oid, :owner, 'MEMBER') AS owns, EXISTS ("
    " SELECT FROM pg_roles other WHERE pg_has_role(it.oid, other.oid, 'MEMBER') AND ("
    "  other.rolsuper OR other.rolname IN ("
    "   'pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files'))) AS reaches_all"
    " FROM pg_roles it WHERE it.rolname = :role"
)


def grant(database: Database, role: str) -> dict[str, tuple[str, ...]]:
    """Give a role what the application needs of each table, and take away what is more; the rights.

    To be called as the owner of the tables, again after each migration. Raises ConflictError on SQLite, and
    for a role that could give itself more; NotFoundError when there is no such role.
    """
    if database.is_sqlite:
        raise ConflictError("SQLite knows no roles: who may write to the file may change everything.")
    with database.engine.begin() as connection:
        _check(connection, role)
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        tables = inspect(connection).get_table_names(schema)
        quote = connection.dialect.identifier_preparer.quote
        named, within = quote(role), quote(schema)
        rights = {table: _LESS.get(table, _ALL) for table in sorted(tables)}
        for statement in (
            f"REVOKE ALL ON SCHEMA {within} FROM {named}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {within} FROM {named}",
            f"GRANT USAGE ON SCHEMA {within} TO {named}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {within} TO {named}",
            *(
                f"GRANT {', '.join(given)} ON {within}.{quote(table)} TO {named}"
                for table, given in rights.items()
            ),
        ):
            connection.exec_driver_sql(statement)
    return rights


def _check(connection: Connection, role: str) -> None:
    owner = connection.exec_driver_sql("SELECT current_user").scalar_one()
    found = connection.execute(_ROLE, {"role": role, "owner": owner}).one_or_none()
    if found is None:
        raise NotFoundError("There is no role “%(role)s”.", role=role)
    if found.rolsuper or found.rolcreaterole or found.owns or found.reaches_all:
        raise ConflictError(
            "“%(role)s” could give itself more: it must neither be nor own what “%(owner)s” owns.",
            role=role,
            owner=owner,
        )
