"""`flask db`: the level of the database."""

from __future__ import annotations

import click

from app.cli.running import told
from app.rights import grant
from app.schema import level, migrate
from app.services import search_index
from app.web.state import vekha


@click.group("db", help="Look at and change the level of the database.")
def group() -> None:
    pass


@group.command("upgrade", help="Run every migration that the database has not had.")
@told
def upgrade() -> None:
    database = vekha().database
    migrate(database)
    with database.transaction() as session:
        search_index.complete(session)
    click.echo(f"The database is at {level(database)[0]}.")


@group.command("downgrade", help="Go back to a revision, or to `base`: nothing is left then.")
@click.argument("revision")
@click.confirmation_option(prompt="This can lose data. Go on?")
@told
def downgrade(revision: str) -> None:
    migrate(vekha().database, revision)
    click.echo(f"The database is at {level(vekha().database)[0]}.")


@group.command("current", help="Print the level of the database and the newest there is.")
@told
def current() -> None:
    present, newest = level(vekha().database)
    click.echo(f"{present or 'empty'} (newest: {newest})")


@group.command("grant")
@click.option(
    "--to", "role", metavar="ROLE", required=True, help="The role that the application signs in with."
)
@told
def grant_rights(role: str) -> None:
    """Give ROLE what the application needs of a PostgreSQL database: of the journal only to add and to read.

    Run it with the address of the tables' owner, after every `flask db upgrade`. Rights that are more than
    that are taken away.
    """
    rights = grant(vekha().database, role)
    for table in ("journal_entry", "journal_head", "evidence"):
        click.echo(f"{table}: {', '.join(rights[table])}")
    click.echo(f"{len(rights)} tables in all. {role} owns none of them.")
