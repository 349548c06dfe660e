"""`flask setup`: everything that a first start needs; on later starts there is nothing left to do."""

from __future__ import annotations

import secrets

import click

from app.cli.running import told
from app.domain.seed import read_seed
from app.schema import level, migrate
from app.services import story
from app.services.seeding import load_plan
from app.web.state import EXTENSION, Vekha, vekha
from config import ROOT, Config, write_settings

#: the day that the demonstration shows
DEMO_DAY = "2022-06-15"


@click.command("setup")
@click.option("--demo", is_flag=True, help="Set up the demonstration: its day, accounts and story.")
@told
def command(demo: bool) -> None:
    """Write the settings, migrate the database, load the plan.

    Safe to repeat. The demonstration is told once, when the installation has no people yet.
    """
    parts = vekha()
    settings = {"secret_key": secrets.token_hex(32)}
    if demo:
        settings |= {"demo": "1", "today": DEMO_DAY}
    if write_settings(parts.config.instance, settings):
        parts = _with_new_settings()
    _set_up(parts)


def _with_new_settings() -> Vekha:
    from app import create_app

    parts: Vekha = create_app(Config.from_env()).extensions[EXTENSION]
    return parts


def _set_up(parts: Vekha) -> None:
    database, config = parts.database, parts.config
    present, newest = level(database)
    if present != newest:
        migrate(database)
        click.echo(f"The database is at {newest}.")
    folder = ROOT / "seeds" / config.plan
    # The story loads the plan itself, on the day when it opens: its journal must begin before it goes on.
    acts = story.tell(database, parts.store, folder) if config.demo else 0
    seed = read_seed(folder)
    with database.transaction() as session:
        loaded = load_plan(session, seed, config.clock.now())
    if loaded.created or loaded.updated:
        click.echo(f"Plan {seed.plan.code}: {loaded.created} created, {loaded.updated} updated.")
    if acts:
        click.echo(f"The demonstration is told: {acts} acts up to {config.clock.today}.")
