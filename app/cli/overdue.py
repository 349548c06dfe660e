"""`flask overdue`: what is late today."""

from __future__ import annotations

from datetime import datetime

import click

from app.cli.days import day_option, on_the_day
from app.cli.running import print_json, refuse, told
from app.services.filters import choices
from app.services.overdue import OverdueItem, overdue_items
from app.services.plans import find_plan
from app.services.task_filter import Filter
from app.web.state import vekha


@click.command("overdue")
@click.option("--plan", "code", default=None, help="Code of the plan (default: the installation's own).")
@click.option("--section", type=int, help="Only this section, e.g. 2.")
@click.option("--organization", default="", help="Only this executor, by its key, e.g. college07.")
@click.option("--indicator", type=int, help="Only what endangers this indicator, e.g. 4.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@day_option
@told
def command(
    code: str | None,
    section: int | None,
    organization: str,
    indicator: int | None,
    as_json: bool,
    day: datetime | None,
) -> None:
    """List the tasks that are overdue, or were on a day, the longest first.

    Overdue is what its executor still owes after the due date. What was submitted and waits for the
    controller is not; what was returned after the date is. The exit code is 0 however many there are.
    """
    with vekha().database.read() as session:
        plan = find_plan(session, code or vekha().config.plan)
        known = choices(session, plan.id)
        _check("section", section, [choice.number for choice in known.sections])
        _check("organization", organization, [choice.key for choice in known.executors])
        _check("indicator", indicator, [choice.number for choice in known.indicators])
        with on_the_day(session, plan, day) as (then, today):
            items = overdue_items(then, plan, today, Filter(section, organization, indicator))
    if as_json:
        print_json([item.as_record() for item in items])
        return
    for line in _table(items):
        click.echo(line)
    click.echo(f"{len(items)} overdue on {today.isoformat()}.")


def _check(name: str, value: object, known: list[object]) -> None:
    if value and value not in known:
        refuse(f"the plan has no {name} {value!r}; there are: {', '.join(map(str, known))}")


_HEAD = ("task", "activity", "executor", "due", "days", "working", "reminded", "indicators")


def _table(items: list[OverdueItem]) -> list[str]:
    if not items:
        return []
    rows = [_HEAD, *map(_row, items)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _row(item: OverdueItem) -> tuple[str, ...]:
    line = item.line
    return (
        str(line.id),
        line.code,
        line.organization_key,
        str(line.due),
        str(item.late.days),
        str(item.late.working_days),
        str(line.reminders),
        ",".join(str(indicator.number) for indicator in item.indicators) or "-",
    )
