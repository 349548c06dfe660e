"""`flask plan`: load a plan from its seed, tell how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.days import day_option, on_the_day
from app.cli.running import print_json, refuse, told
from app.domain.errors import NotFoundError
from app.domain.rounding import half_up
from app.domain.seed import read_seed
from app.services.plans import PlanInfo, all_plans, find_plan
from app.services.seeding import load_plan
from app.services.status import plan_status
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


@group.command("status")
@click.option("--plan", "code", default=None, help="Code of the plan (default: the installation's own).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@day_option
@told
def status(code: str | None, as_json: bool, day: datetime | None) -> None:
    """Tell how a plan stands, or stood: activities, tasks, what is overdue, indicators.

    The exit code is 0 whatever it tells.
    """
    with vekha().database.read() as session:
        plan = _find(session, code or vekha().config.plan)
        with on_the_day(session, plan, day) as (then, today):
            record = plan_status(then, plan, today)
    if as_json:
        print_json(record)
        return
    for line in _told(record):
        click.echo(line)


def _find(session: Session, code: str) -> PlanInfo:
    try:
        return find_plan(session, code)
    except NotFoundError:
        known = ", ".join(plan.code for plan in all_plans(session)) or "none yet (flask plan load)"
        refuse(f"there is no plan {code!r}; there are: {known}")


def _told(record: dict[str, Any]) -> Iterator[str]:
    activities, tasks = record["activities"], record["tasks"]
    yield (
        f"Plan {record['plan']} on {record['as_of']}: {record['rows']} rows, {len(activities)} activities, "
        f"{tasks['total']} tasks, {len(record['overdue'])} overdue."
    )
    yield ", ".join(f"{state} {number}" for state, number in tasks["by_state"].items())
    yield ""
    yield from _columns(
        ("activity", "state", "tasks", "accepted", "overdue"),
        [
            (one["code"], one["state"], one["tasks"], one["accepted"], one["overdue"] or "")
            for one in activities
        ],
    )
    yield ""
    yield from _columns(
        ("indicator", "target", "value", "reported", "standing"), map(_indicator, record["indicators"])
    )
    if record["overdue"]:
        yield ""
        yield "What is overdue: flask overdue"


def _indicator(one: dict[str, Any]) -> tuple[object, ...]:
    sign = ">=" if one["direction"] == "at_least" else "<="
    value = "no data" if one["value"] is None else f"{half_up(one['value'], 2).normalize():f}"
    return (
        one["number"],
        f"{sign} {one['target'].normalize():f} {one['unit']}",
        value,
        f"{one['reported']} of {one['expected']}",
        one["standing"],
    )


def _columns(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    lines = [tuple(head), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
