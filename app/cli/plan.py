"""`flask plan`: load a plan from its seed, tell how it stands."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.running import refuse, told
from app.domain.seed import read_seed
from app.services.seeding import load_plan
from app.web.state import now, vekha
from config import ROOT


@click.group("plan", help="Load plans and tell how they stand.")
def group() -> None:
    pass


@group.command("load")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--plan", "code", default=None, help="Code of a plan under seeds/, e.g. 2022 (the default).")
@told
def load(folder: Path | None, code: str | None) -> None:
    """Load a plan from FOLDER (default: seeds/ and the plan's code). A second time changes nothing."""
    folder = folder or ROOT / "seeds" / (code or vekha().config.plan)
    if not (folder / "plan.toml").is_file():
        refuse(f"{folder} holds no plan.toml")
    seed = read_seed(folder)
    with vekha().database.transaction() as session:
        loaded = load_plan(session, seed, now())
    click.echo(
        f"Plan {seed.plan.code}: {loaded.created} created (of them {loaded.tasks} tasks), "
        f"{loaded.updated} updated, {loaded.unchanged} unchanged."
    )
