"""Evidence and figures: what an executor attaches to a task. Nothing is overwritten; the old stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.permissions import Actor, may_see_task
from app.models import Activity, Evidence, FigureField, Measurement, Occurrence, Requirement, Task
from app.storage import EvidenceStore, StagedFile


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file, link or note. `slot` None: the first required slot that still lacks something."""

    kind: str
    slot: str | None = None
    file: StagedFile | None = None
    url: str = ""
    note: str = ""
    #: id of the evidence that it takes the place of
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What comes with a click: attachments, and the figures that the task asks for."""

    attachments: Sequence[Attachment] = ()
    figures: Mapping[str, Decimal] = field(default_factory=dict)


NOTHING = Submission()


def current_evidence(session: Session, task_id: int) -> list[Evidence]:
    """The evidence of a task that nothing has replaced, oldest first."""
    return list(
        session.scalars(
            select(Evidence)
            .where(Evidence.task_id == task_id, Evidence.replaced_by.is_(None))
            .order_by(Evidence.id)
        )
    )


def requirements(session: Session, activity_id: int) -> list[Requirement]:
    """What the tasks of an activity must attach, in the order of the screen."""
    return list(
        session.scalars(
            select(Requirement).where(Requirement.activity_id == activity_id).order_by(Requirement.position)
        )
    )


def figure_fields(session: Session, activity_id: int, cohort: str) -> list[FigureField]:
    """The figures that a task asks for; those of another cohort are left out."""
    return list(
        session.scalars(
            select(FigureField)
            .where(FigureField.activity_id == activity_id, FigureField.cohort.in_(("", cohort)))
            .order_by(FigureField.position)
        )
    )


def attach(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    task: Task,
    attachments: Sequence[Attachment],
    now: datetime,
) -> list[Evidence]:
    """Add evidence to a task; a file of the same name in the same slot becomes its next version."""
    slots = requirements(session, task.activity_id)
    current = current_evidence(session, task.id)
    added = []
    for attachment in attachments:
        slot = _slot_for(attachment, slots, {item.slot for item in current})
        old = _replaced(attachment, slot, current)
        evidence = Evidence(
            task_id=task.id,
            slot=slot,
            kind=attachment.kind,
            version=old.version + 1 if old else 1,
            url=attachment.url,
            note=attachment.note,
            created_at=now,
            person_id=actor.person_id,
        )
        if attachment.file is not None:
            store.keep(attachment.file)
            evidence.name = attachment.file.name
            evidence.media_type = attachment.file.media_type
            evidence.size = attachment.file.size
            evidence.sha256 = attachment.file.sha256
        session.add(evidence)
        session.flush()
        if old is not None:
            old.replaced_by, old.replaced_at = evidence.id, now
            current.remove(old)
        current.append(evidence)
        added.append(evidence)
    return added


def record_figures(
    session: Session,
    actor: Actor,
    task: Task,
    occurrence: Occurrence,
    figures: Mapping[str, Decimal],
    now: datetime,
    today: date,
) -> list[Measurement]:
    """Add the figures of a task as pending. Raises InvalidInputError naming `figure.<key>`."""
    if not figures:
        return []
    fields = figure_fields(session, task.activity_id, occurrence.cohort)
    check_figures(fields, figures)
    session.execute(
        update(Measurement)
        .where(
            Measurement.task_id == task.id,
            Measurement.figure.in_(figures),
            Measurement.standing == "pending",
        )
        .values(standing="replaced")
    )
    rows = [
        Measurement(
            plan_id=task.plan_id,
            activity_id=task.activity_id,
            task_id=task.id,
            organization_id=task.organization_id,
            figure=key,
            as_of=occurrence.as_of or today,
            number=number,
            created_at=now,
            person_id=actor.person_id,
            standing="pending",
        )
        for key, number in figures.items()
    ]
    session.add_all(rows)
    session.flush()
    return rows


def confirm_figures(session: Session, task_id: int, now: datetime) -> int:
    """Let the pending figures of a task count; how many there were."""
    pending = list(
        session.scalars(
            select(Measurement).where(Measurement.task_id == task_id, Measurement.standing == "pending")
        )
    )
    if not pending:
        return 0
    session.execute(
        update(Measurement)
        .where(
            Measurement.task_id == task_id,
            Measurement.figure.in_([row.figure for row in pending]),
            Measurement.standing == "counted",
        )
        .values(standing="replaced")
    )
    for row in pending:
        row.standing, row.confirmed_at = "counted", now
    session.flush()
    return len(pending)


def given_figures(session: Session, task_id: int) -> dict[str, Decimal]:
    """The newest number of each figure of a task, pending or counted."""
    rows = session.execute(
        select(Measurement.figure, Measurement.number)
        .where(Measurement.task_id == task_id, Measurement.standing != "replaced")
        .order_by(Measurement.id)
    )
    return {figure: number for figure, number in rows}  # noqa: C416 - rows are Row objects


def check_figures(fields: Sequence[FigureField], figures: Mapping[str, Decimal]) -> None:
    """Refuse unknown figures, fractions, numbers out of bounds, and parts larger than their whole."""
    known = {field.key: field for field in fields}
    problems: dict[str, str] = {}
    for key, number in figures.items():
        field_ = known.get(key)
        if field_ is None:
            problems[f"figure.{key}"] = "This task does not ask for this figure."
        elif number != number.to_integral_value():
            problems[f"figure.{key}"] = "Please enter a whole number."
        elif number < field_.minimum or (field_.maximum is not None and number > field_.maximum):
            problems[f"figure.{key}"] = "This number is out of bounds."
        elif field_.at_most and field_.at_most in figures and number > figures[field_.at_most]:
            problems[f"figure.{key}"] = "A part cannot be larger than the whole."
    if problems:
        raise InvalidInputError(problems)


def find_evidence(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """A piece of evidence that the actor may see. Raises NotFoundError, also for a foreign one."""
    row = session.execute(
        select(Evidence, Task.organization_id, Activity.coordinator_id)
        .join(Task, Task.id == Evidence.task_id)
        .join(Activity, Activity.id == Task.activity_id)
        .where(Evidence.id == evidence_id)
    ).first()
    if row is None or not may_see_task(actor, row.organization_id, row.coordinator_id):
        raise NotFoundError
    evidence: Evidence = row.Evidence
    return evidence


def _slot_for(attachment: Attachment, slots: Sequence[Requirement], filled: set[str]) -> str:
    if attachment.slot is not None:
        match = next((slot for slot in slots if slot.key == attachment.slot), None)
        if attachment.slot == "" or (match is not None and attachment.kind in match.kinds):
            return attachment.slot
        raise InvalidInputError({"evidence": "This kind of proof is not asked for here."})
    fitting = [slot for slot in slots if attachment.kind in slot.kinds]
    waiting = [slot for slot in fitting if slot.required and slot.key not in filled]
    required = [slot for slot in fitting if slot.required]
    chosen = next(iter(waiting or required or fitting), None)
    return chosen.key if chosen else ""


def _replaced(attachment: Attachment, slot: str, current: Sequence[Evidence]) -> Evidence | None:
    if attachment.replaces is not None:
        old = next((item for item in current if item.id == attachment.replaces), None)
        if old is None:
            raise InvalidInputError({"evidence": "What you want to replace has been replaced already."})
        return old
    if attachment.file is None:
        return None
    name = attachment.file.name.casefold()
    return next(
        (
            item
            for item in current
            if item.slot == slot and item.kind == "file" and item.name.casefold() == name
        ),
        None,
    )
