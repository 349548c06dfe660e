"""What a scanner says of the files that are attached: waited for, noted of their bytes, and told.

A verdict belongs to the bytes: every piece of evidence with the same hash has it. Harmful ones are given to
nobody any more, whenever it is found out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import WithheldError
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE, Actor
from app.exports.evidence_pack import packed_hashes
from app.models import Evidence, Material, Person, Task
from app.scanning import CLEAN, HARMLESS, INFECTED, NONE, PENDING, Verdict
from app.services import journal, notices
from app.storage import StagedFile

_INFECTED_FILES = select(Evidence.sha256, Evidence.name).where(
    Evidence.kind == "file", Evidence.scan == INFECTED
)


class Known(NamedTuple):
    """What is known of a file's bytes."""

    state: str
    at: datetime | None
    signature: str = ""


def known_of(session: Session, file: StagedFile, now: datetime) -> Known:
    """What is known of a file that came just now, by its own scan or by an earlier one of the same bytes."""
    if file.scan == PENDING:
        earlier = session.execute(
            select(Evidence.scan, Evidence.scanned_at, Evidence.signature).where(
                Evidence.sha256 == file.sha256, Evidence.scan.in_((CLEAN, INFECTED))
            )
        ).first()
        if earlier is not None:
            return Known(*earlier)
    return Known(file.scan, now if file.scan == CLEAN else None)


def ask_for_file(evidence: Evidence, actor: Actor) -> None:
    """Whether the actor may have the file. Raises WithheldError.

    One that is not scanned yet is for who attached it alone, a harmful one is for nobody.
    """
    if evidence.scan == INFECTED:
        raise WithheldError(
            "“%(name)s” is infected with %(virus)s and is given to nobody.",
            name=evidence.name,
            virus=evidence.signature,
        )
    if evidence.scan == PENDING and evidence.person_id != actor.person_id:
        raise WithheldError(
            "“%(name)s” is still being checked for viruses. Please try again in a few minutes.",
            name=evidence.name,
        )


def ask_for_pack(session: Session, path: Path) -> None:
    """Whether a pack of evidence may be given: it holds no bytes that were found infected later.

    Raises WithheldError, OSError and BadZipFile.
    """
    infected = {row.sha256: row.name for row in session.execute(_INFECTED_FILES)}
    if found := sorted(infected.keys() & packed_hashes(path)) if infected else []:
        raise WithheldError(
            "“%(name)s” is in this pack and was found infected later. "
            "Make the pack anew: it leaves the file out.",
            name=infected[found[0]],
        )


def may_leave(evidence: Evidence) -> bool:
    """Whether the file may be copied into what goes further: packs, public copies."""
    return evidence.scan in HARMLESS


def unscanned(session: Session, *, everything: bool = False) -> list[str]:
    """The hashes of what has no verdict; all hashes for scanning anew.

    First what nobody has tried, and of that what waits for a scan; then what was tried longest ago.
    """
    states = (PENDING, NONE, CLEAN) if everything else (PENDING, NONE)
    return list(
        session.scalars(
            select(Evidence.sha256)
            .where(Evidence.kind == "file", Evidence.scan.in_(states))
            .group_by(Evidence.sha256)
            .order_by(
                func.max(Evidence.scanned_at).nulls_first(),
                func.min(case((Evidence.scan == PENDING, 0), else_=1)),
                func.min(Evidence.id),
            )
        )
    )


def note_try(session: Session, sha256: str, now: datetime) -> None:
    """Note that the scanner had no verdict of the bytes, so that others have their turn first."""
    session.execute(
        update(Evidence)
        .where(Evidence.sha256 == sha256, Evidence.scan.in_((PENDING, NONE)))
        .values(scanned_at=now)
        .execution_options(synchronize_session=False)
    )


def note(session: Session, sha256: str, verdict: Verdict, now: datetime) -> int:
    """Note what the bytes are; of harmful ones tell those who work with them. How many are harmful now.

    Run again, it changes and tells nothing.
    """
    if verdict.state != INFECTED:
        session.execute(
            update(Evidence)
            .where(Evidence.sha256 == sha256, Evidence.scan != INFECTED)
            .values(scan=CLEAN, scanned_at=now)
            .execution_options(synchronize_session=False)
        )
        return 0
    harmful = (Evidence.sha256 == sha256, Evidence.scan != INFECTED)
    of_task = Task.id == Evidence.task_id
    for plan_id in sorted(session.scalars(select(Task.plan_id).join(Evidence, of_task).where(*harmful))):
        journal.hold(session, plan_id)
    found = session.execute(
        select(Evidence, Task).join(Task, of_task).where(*harmful).order_by(Evidence.id)
    ).all()
    for evidence, task in found:
        evidence.scan, evidence.scanned_at, evidence.signature = INFECTED, now, verdict.signature
        _withdraw_copies(session, evidence, now)
        _tell(session, evidence, task, now)
    return len(found)


def _withdraw_copies(session: Session, evidence: Evidence, now: datetime) -> None:
    """Nobody has the public copy any more either."""
    session.execute(
        update(Material)
        .where(Material.evidence_id == evidence.id, Material.withdrawn_at.is_(None))
        .values(withdrawn_at=now, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def _tell(session: Session, evidence: Evidence, task: Task, now: datetime) -> None:
    """Journal it and tell the executor's people and the controllers."""
    task.version += 1
    task.changed_at = now
    journal.record(
        *(session, task.plan_id, None, now),
        subject="task",
        subject_id=task.id,
        action="infected",
        activity_id=task.activity_id,
        task_id=task.id,
        state_before=task.state,
        state_after=task.state,
        note=evidence.name,
        details={"file": {"evidence": evidence.id, "sha256": evidence.sha256, "virus": evidence.signature}},
    )
    executes = (Person.organization_id == task.organization_id) & (Person.role == EXECUTOR_ROLE)
    told: Sequence[int] = session.scalars(
        select(Person.id).where(Person.active, executes | (Person.role == CONTROLLER_ROLE))
    ).all()
    notices.tell(session, told, task, notices.INFECTED, now, name=evidence.name, virus=evidence.signature)
