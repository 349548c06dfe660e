"""`flask jobs`: what an installation must do now and then, and how it went last time."""

from __future__ import annotations

from typing import Any

import click

from app import jobs, timetable
from app.cli.running import print_json, refuse, told
from app.services.job_runs import LastRun, last_runs
from app.timetable import TIMETABLES
from app.web.background import work
from app.web.state import vekha


@click.group("jobs", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@click.pass_context
@told
def group(context: click.Context, as_json: bool) -> None:
    """List the jobs with their last run, its result and their times; `run` runs them.

    Times are those of the zone of the installation's plan; `next_at` is by the machine's clock.
    """
    if context.invoked_subcommand is not None:
        return
    config = vekha().config
    with vekha().database.read() as session:
        runs, zone = last_runs(session), timetable.zone_of(session, config.plan)
    following = timetable.next_runs(runs, config.clock.machine(), zone)
    if as_json:
        print_json([_record(name, runs.get(name)) | {"next_at": following[name]} for name in jobs.JOBS])
        return
    for name in jobs.JOBS:
        click.echo(f"{name:10} {_line(runs.get(name))}")
        click.echo(f"{'':10} {jobs.summary_of(name)}; {TIMETABLES[name].words}.")


@group.command("run")
@click.argument("name", type=click.Choice([*jobs.JOBS, "all"]))
@click.option("--deep", is_flag=True, help="Read every byte where a check can (evidence).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@told
def run(name: str, deep: bool, as_json: bool) -> None:
    """Run the job NAME, or all of them. The exit code is 1 when one fails; the others still run."""
    done = [jobs.run(each, work(deep=deep)) for each in (jobs.JOBS if name == "all" else [name])]
    if as_json:
        print_json([_record(each.name, each) for each in done])
    else:
        for each in done:
            click.echo(f"{each.name}: {_outcome(each)}")
    failed = [each.name for each in done if each.failure]
    if failed:
        refuse(f"failed: {', '.join(failed)}")


def _line(last: LastRun | None) -> str:
    if last is None:
        return "never run"
    return f"{last.started_at:%Y-%m-%d %H:%M} UTC  {_outcome(last)}"


def _outcome(last: LastRun) -> str:
    if last.finished_at is None:
        return "still running, or cut off"
    if last.failure:
        return f"FAILED. {last.words}"
    return "done; " + ", ".join(f"{name} {number}" for name, number in last.numbers.items())


def _record(name: str, last: LastRun | None) -> dict[str, Any]:
    return {
        "job": name,
        "started_at": last.started_at if last else None,
        "finished_at": last.finished_at if last else None,
        "result": dict(last.result) if last else None,
        "failure": last.words if last else "",
    }
