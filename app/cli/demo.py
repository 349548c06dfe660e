"""`flask demo`: the demonstration."""

from __future__ import annotations

import click

from app.cli.running import refuse, told
from app.services import story
from app.web.state import vekha
from config import ROOT


@click.group("demo", help="The demonstration: a plan in the middle of its year.")
def group() -> None:
    pass


@group.command("tell")
@told
def tell() -> None:
    """Tell the story of the plan's seed, where nobody has an account yet. A second time changes nothing."""
    parts = vekha()
    if not parts.config.demo:
        refuse("this installation is no demonstration; `flask setup --demo` makes one")
    acts = story.tell(parts.database, parts.store, ROOT / "seeds" / parts.config.plan)
    if acts:
        click.echo(f"The demonstration is told: {acts} acts up to {parts.config.clock.today}.")
    else:
        click.echo("There are people here already; nothing was told.")
