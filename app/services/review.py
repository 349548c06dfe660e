"""What waits for the controller: submitted tasks with their proof, interim figures, corrections of figures.

Every list is one statement, however many tasks wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.figures import COUNTED, PENDING
from app.domain.overdue import completed_late
from app.models import (
    Activity,
    Evidence,
    FigureField,
    JournalEntry,
    Measurement,
    Occurrence,
    Organization,
    Person,
    Requirement,
    Task,
)
from app.services.plans import PlanInfo
from app.services.task_list import ExecutorName, TaskLine, task_lines
from workflows.definition import ACCEPTED, OWING, REVIEW


class Proof(NamedTuple):
    """A piece of evidence that stands now, with the requirement that it answers ("" for none)."""

    id: int
    task_id: int
    kind: str
    version: int
    name: str
    size: int
    url: str
    note: str
    label_ru: str | None
    label_en: str | None
    #: none | pending | clean | infected, and what was found
    scan: str
    signature: str


class GivenFigure(NamedTuple):
    """A number that was given with a task, and what it counts."""

    task_id: int
    key: str
    number: Decimal
    kind: str
    label_ru: str
    label_en: str
    #: why it takes the place of another one
    reason: str
    #: the one of the task that counts, if that is another one
    before: Decimal | None
    #: what was unusual about it (`app.domain.plausibility.Doubt.plain`), and why it is right all the same
    doubts: Sequence[Mapping[str, Any]]
    explanation: str


class TaskName(NamedTuple):
    """A task as a sentence names it, and where it stands."""

    id: int
    code: str
    short_name: str
    gloss_en: str
    label_ru: str
    label_en: str
    workflow: str
    state: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submitted task, with everything that the decision needs."""

    line: TaskLine
    evidence: tuple[Proof, ...]
    figures: tuple[GivenFigure, ...]
    #: what the executor wrote when submitting
    note: str

    @property
    def late(self) -> bool:
        """Whether it was late: a later date that was granted after the lapse mends nothing."""
        line = self.line
        return line.submitted_on is not None and completed_late(line.submitted_on, line.due_scored)


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """The waiting tasks of one activity, the oldest first."""

    code: str
    short_title: str
    gloss_en: str
    tasks: tuple[Waiting, ...]

    @property
    def since(self) -> datetime | None:
        """When the one that waits longest was submitted."""
        return self.tasks[0].line.submitted_at


class WaitingFigures(NamedTuple):
    """Figures that wait by themselves: interim ones of a task that runs on, or a correction of accepted ones.

    They count once the controller has confirmed them.
    """

    task_id: int
    version: int
    given_at: datetime
    short_name: str
    organization_gloss: str
    code: str
    short_title: str
    gloss_en: str
    label_ru: str
    label_en: str
    #: who gave them
    person: str
    #: the task is accepted: what counts goes on counting until the controller decides
    corrects: bool
    figures: tuple[GivenFigure, ...]

    @property
    def executor(self) -> ExecutorName:
        """Whose they are."""
        return ExecutorName(self.short_name, self.organization_gloss)


_PROOF = (
    select(
        Evidence.id,
        Evidence.task_id,
        Evidence.kind,
        Evidence.version,
        Evidence.name,
        Evidence.size,
        Evidence.url,
        Evidence.note,
        Requirement.label_ru,
        Requirement.label_en,
        Evidence.scan,
        Evidence.signature,
    )
    .join(Task, Task.id == Evidence.task_id)
    .outerjoin(
        Requirement, and_(Requirement.activity_id == Task.activity_id, Requirement.key == Evidence.slot)
    )
    .where(Task.phase == REVIEW, Evidence.replaced_by.is_(None))
    .order_by(Requirement.position, Evidence.id)
)

_counted, _newer = aliased(Measurement), aliased(Measurement)
_corrected = select(_newer.id).where(
    _newer.task_id == Measurement.task_id, _newer.figure == Measurement.figure, _newer.standing == PENDING
)
_FIGURES = (
    select(
        Measurement.task_id,
        Measurement.figure,
        Measurement.number,
        FigureField.kind,
        FigureField.label_ru,
        FigureField.label_en,
        Measurement.reason,
        _counted.number.label("before"),
        Measurement.doubts,
        Measurement.explanation,
        Task.phase,
        Task.version,
        Measurement.created_at,
        Organization.short_name,
        Organization.gloss_en.label("organization_gloss"),
        Activity.code,
        Activity.short_title,
        Activity.gloss_en,
        Occurrence.label_ru.label("occurrence_ru"),
        Occurrence.label_en.label("occurrence_en"),
        Person.name.label("person"),
    )
    .join(Task, Task.id == Measurement.task_id)
    .join(Person, Person.id == Measurement.person_id)
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(
        FigureField,
        and_(
            FigureField.activity_id == Task.activity_id,
            FigureField.key == Measurement.figure,
            FigureField.cohort.in_(("", Occurrence.cohort)),
        ),
    )
    .outerjoin(
        _counted,
        and_(
            _counted.task_id == Measurement.task_id,
            _counted.figure == Measurement.figure,
            _counted.standing == COUNTED,
            _counted.id != Measurement.id,
        ),
    )
    .where(
        or_(
            and_(Task.phase == REVIEW, Measurement.standing == PENDING),
            and_(Task.phase == REVIEW, Measurement.standing == COUNTED, ~_corrected.exists()),
            and_(Task.phase == ACCEPTED, Measurement.standing == PENDING),
            and_(
                Task.phase == OWING,
                Measurement.standing == PENDING,
                # What came with a submission that was returned has been decided about already.
                or_(Task.submitted_at.is_(None), Measurement.created_at > Task.submitted_at),
            ),
        )
    )
    .order_by(Measurement.created_at, Measurement.task_id, FigureField.position)
)

_NOTES = (
    select(JournalEntry.task_id, JournalEntry.note)
    .join(Task, Task.id == JournalEntry.task_id)
    .where(
        Task.phase == REVIEW,
        JournalEntry.action == "submit",
        JournalEntry.at == Task.submitted_at,
        JournalEntry.note != "",
    )
)

_NAMES = (
    select(
        Task.id,
        Activity.code,
        Organization.short_name,
        Organization.gloss_en,
        Occurrence.label_ru,
        Occurrence.label_en,
        Task.workflow,
        Task.state,
    )
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
)


def waiting_tasks(
    session: Session, plan: PlanInfo, today: date
) -> tuple[list[WaitingGroup], list[WaitingFigures]]:
    """Submitted tasks by activity, and figures that wait by themselves; those that wait longest first.

    Four statements.
    """
    lines = task_lines(session, plan, today, "review", order="submitted")
    proof = _proof(session, plan.id)
    figures, alone = _figures(session, plan.id)
    notes = _notes(session, plan.id)
    groups: dict[str, list[Waiting]] = {}
    for line in lines:
        waiting = Waiting(line, tuple(proof[line.id]), tuple(figures[line.id]), notes.get(line.id, ""))
        groups.setdefault(line.code, []).append(waiting)
    return [
        WaitingGroup(code, tasks[0].line.short_title, tasks[0].line.gloss_en, tuple(tasks))
        for code, tasks in groups.items()
    ], alone


def _proof(session: Session, plan_id: int) -> defaultdict[int, list[Proof]]:
    found: defaultdict[int, list[Proof]] = defaultdict(list)
    rows: Iterable[Any] = session.execute(_PROOF.where(Task.plan_id == plan_id))
    for row in rows:
        found[row.task_id].append(Proof(*row))
    return found


def _figures(
    session: Session, plan_id: int
) -> tuple[defaultdict[int, list[GivenFigure]], list[WaitingFigures]]:
    """The figures of the tasks under review, by task; and those of tasks in work or accepted."""
    submitted: defaultdict[int, list[GivenFigure]] = defaultdict(list)
    alone: dict[int, tuple[Any, list[GivenFigure]]] = {}
    rows: Iterable[Any] = session.execute(_FIGURES.where(Measurement.plan_id == plan_id))
    for row in rows:
        figure = GivenFigure(*row[: len(GivenFigure._fields)])
        if row.phase == REVIEW:
            submitted[row.task_id].append(figure)
        else:
            alone.setdefault(row.task_id, (row, []))[1].append(figure)
    return submitted, [_waiting(first, figures) for first, figures in alone.values()]


def _waiting(row: Any, figures: list[GivenFigure]) -> WaitingFigures:
    return WaitingFigures(
        row.task_id,
        row.version,
        row.created_at,
        row.short_name,
        row.organization_gloss,
        row.code,
        row.short_title,
        row.gloss_en,
        row.occurrence_ru,
        row.occurrence_en,
        row.person,
        row.phase == ACCEPTED,
        tuple(figures),
    )


def _notes(session: Session, plan_id: int) -> dict[int, str]:
    rows = session.execute(_NOTES.where(JournalEntry.plan_id == plan_id))
    return {row.task_id: row.note for row in rows}


def task_names(session: Session, task_ids: Collection[int]) -> dict[int, TaskName]:
    """How to name those tasks, and where they stand now, by id."""
    rows: Iterable[Any] = session.execute(_NAMES.where(Task.id.in_(task_ids)))
    return {row.id: TaskName(*row) for row in rows}
