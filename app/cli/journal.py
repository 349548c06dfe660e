"""`flask journal`: whether the journal is what it was, and the anchor outside of the database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.anchor import Anchor, Anchored, heads_elsewhere
from app.cli.running import print_json, refuse, told
from app.domain.errors import StorageError
from app.services.checking import (
    BadFile,
    Files,
    Journal,
    check_ends,
    check_evidence,
    check_journals,
    gone_journals,
)
from app.services.plans import all_plans, find_plan
from app.services.restoring import accept_restored
from app.web.state import now, vekha

_FAULTS = {
    "missing": "its file is missing",
    "changed": "its file is not what it was",
    "row": "it names another file than the one that was attached",
    "gone": "it is not there any more",
}


@click.group("journal", help="Verify the journal, and write its heads down outside of the database.")
def group() -> None:
    pass


@group.command("verify")
@click.option("--plan", "plan_code", metavar="CODE", help="This plan alone.")
@click.option("--deep", is_flag=True, help="Read every byte of the evidence files.")
@click.option(
    "--heads",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with these as well: a copy of the anchor's file, or lines of its letters.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@told
def verify(plan_code: str | None, deep: bool, kept: Path | None, as_json: bool) -> None:
    """Follow the chain of each plan, compare it with what was anchored, and look for the evidence files.

    Names the first entry that is not what it was, and the entry by which a bad file was attached. The exit
    code is 1 when anything is not as it was. A chain that was computed anew is noticed by the anchor alone.
    """
    parts = vekha()
    anchor = Anchor(parts.config.anchor)
    heads = [*anchor.heads(), *(heads_elsewhere(kept) if kept else ())]
    with parts.database.read() as session:
        journals = _journals(session, plan_code, heads)
        files = check_evidence(session, parts.store, deep=deep, plan_code=plan_code)
    line = anchor.first_broken()
    sound = not (files.bad or line or any(journal.broken for journal in journals))
    if as_json:
        print_json(
            {
                "sound": sound,
                "plans": [_record(journal) for journal in journals],
                "anchor": {"file": str(anchor.path), "first_bad_line": line},
                "evidence": {"files": files.files, "bad": [bad._asdict() for bad in files.bad]},
            }
        )
    else:
        for text in _lines(journals, files, line):
            click.echo(text)
    if not sound:
        refuse("not everything is what it was")


@group.command("anchor")
@told
def anchor() -> None:
    """Write the present heads to the anchor now, as the job `anchor` does every ten minutes."""
    parts = vekha()
    anchor = Anchor(parts.config.anchor)
    with parts.database.read() as session:
        heads, strayed = check_ends(session, anchor.last())
    click.echo(f"{anchor.path}: {anchor.append(heads, now())} new heads written down.")
    if strayed:
        refuse(f"not the journal that was anchored: {', '.join(strayed)}; `flask journal verify` says where")


@group.command("accept")
@click.argument("plan_code", metavar="PLAN")
@click.option("--reason", required=True, help="Why: it stands in the journal and in the anchor.")
@click.confirmation_option(prompt="What was anchored after this state counts no longer. Go on?")
@told
def accept(plan_code: str, reason: str) -> None:
    """Accept the present end of PLAN's journal after an older backup was put back on purpose.

    The chain must be whole, or gone with its plan. What was anchored of the lost entries stays in the
    anchor's file and counts no longer.
    """
    parts = vekha()
    anchor = writable_anchor()
    with parts.database.transaction() as session:
        head, accepted = accept_restored(session, anchor.heads(), plan_code, reason, now=now())
    try:
        anchor.append([head], now(), accepted)
    except StorageError as error:
        if not head.position:
            raise
        refuse(
            f"{error} The journal tells that it was accepted, the anchor does not: mend that and accept again"
        )
    if head.position:
        click.echo(f"Plan {plan_code}: the journal goes on from entry {head.position}.")
    else:
        click.echo(f"Plan {plan_code}: it is gone, and nothing of its journal counts any longer.")


def writable_anchor() -> Anchor:
    """The anchor, for what must be written to it at the end: without it nothing is begun."""
    anchor = Anchor(vekha().config.anchor)
    if not anchor.writable():
        refuse(f"“{anchor.path}” cannot be written. Nothing was changed")
    return anchor


def _journals(session: Session, plan_code: str | None, heads: list[Anchored]) -> list[Journal]:
    plans = all_plans(session)
    gone = gone_journals(plans, heads)
    if plan_code is None:
        return check_journals(session, plans, heads) + gone
    return [each for each in gone if each.plan == plan_code] or check_journals(
        session, [find_plan(session, plan_code)], heads
    )


def _lines(journals: Iterable[Journal], files: Files, line: int | None) -> Iterable[str]:
    for journal in journals:
        message, params = journal.told
        head = journal.anchored
        anchored = (
            f"anchored up to {head.position} on {head.at:%Y-%m-%d %H:%M} UTC" if head else "never anchored"
        )
        yield message % params if message else f"Plan {journal.plan}: {journal.entries} entries, {anchored}."
    if line:
        yield f"The anchor was changed: line {line} does not follow from the one before it."
    yield f"Evidence: {files.files} files, {len(files.bad)} of them bad."
    yield from map(_file, files.bad)


def _file(bad: BadFile) -> str:
    by = f"attached by entry {bad.position}" if bad.position else "no entry tells of it"
    return f"Plan {bad.plan}, task {bad.task_id}, evidence {bad.id} ({by}): {_FAULTS[bad.fault]}."


def _record(journal: Journal) -> dict[str, Any]:
    message, params = journal.told
    head, broken = journal.anchored, journal.broken
    return {
        "plan": journal.plan,
        "entries": journal.entries,
        "first_bad": broken and {"position": broken.position, "kind": broken.kind, "words": message % params},
        "anchored": head and {"position": head.position, "at": head.at, "hash": head.hash},
    }
