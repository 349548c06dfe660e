"""`flask setup`: everything that a first start needs; on later starts there is nothing left to do."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

import click

from app.cli.running import refuse, told
from app.domain.seed import read_seed
from app.production import faults
from app.schema import level, migrate
from app.services import search_index, story
from app.services.passwords import DEMO_PASSWORD
from app.services.people_list import usernames
from app.services.seeding import load_plan
from app.web.state import EXTENSION, Vekha, vekha
from config import DEMO_KEY, LOCAL_HOSTS, ROOT, Config, write_settings

#: the day that the demonstration shows
DEMO_DAY = "2022-06-15"


@click.command("setup")
@click.option("--demo", is_flag=True, help="Set up the demonstration: its day, accounts and story.")
@click.option(
    "--address",
    default="",
    help="Where it will be served: printed with the accounts, and asked by that name.",
)
@told
def command(demo: bool, address: str) -> None:
    """Write the settings, migrate the database, load the plan.

    Safe to repeat. The demonstration is told once, when the installation has no people yet; an
    installation that was set up without it never becomes one. One that is no demonstration any more but
    still has its key, its clock or its accounts is refused.
    """
    parts = vekha()
    settings = {
        "secret_key": (DEMO_KEY if demo else "") + secrets.token_hex(32),
        "demo": "1" if demo else "0",
    }
    served = urlsplit(address)
    if served.hostname not in {None, "localhost", "127.0.0.1", "::1"}:
        settings |= {"hosts": ",".join((*LOCAL_HOSTS, served.netloc))}
    parts = _settled(parts, settings)
    if parts.config.demo:
        parts = _settled(parts, {"today": DEMO_DAY})
    _set_up(parts)
    _announce(parts, address)


def _settled(parts: Vekha, settings: dict[str, str]) -> Vekha:
    """The installation with the settings that it did not have yet."""
    from app import create_app

    if not write_settings(parts.config.instance, settings):
        return parts
    settled: Vekha = create_app(Config.from_env()).extensions[EXTENSION]
    return settled


def _set_up(parts: Vekha) -> None:
    database, config = parts.database, parts.config
    present, newest = level(database)
    if present != newest:
        migrate(database)
        click.echo(f"The database is at {newest}.")
    # Each time: a start may have been cut off right after it had migrated.
    with database.transaction() as session:
        search_index.complete(session)
    if found := faults(config, database, every_account=True):
        refuse("\n".join(found))
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


def _announce(parts: Vekha, address: str) -> None:
    if parts.config.demo:
        with parts.database.read() as session:
            accounts = ranges(usernames(session))
        click.echo(f"Demonstration of {parts.config.clock.today}. Accounts: {', '.join(accounts)}.")
        click.echo(f"The password of all: {DEMO_PASSWORD}")
    if address:
        click.echo(f"Open {address}  (Ctrl-C ends it)")


def ranges(names: Sequence[str]) -> list[str]:
    """Names in their order, those that differ by a running number drawn together: college01 … college35."""
    found: list[str] = []
    for _stem, group in groupby(names, key=lambda name: name.rstrip("0123456789")):
        alike = list(group)
        found.append(alike[0] if len(alike) == 1 else f"{alike[0]} … {alike[-1]}")
    return found
