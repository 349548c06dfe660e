"""What the report of execution tells, counted by the same statements as the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.discipline import Discipline
from app.models import Evidence, Extension, JournalEntry, Occurrence, Organization, Task
from app.services.dashboard import Board, board
from app.services.discipline import discipline_lines, pooled
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.overdue import OverdueItem, overdue_items
from app.services.plan_page import Order, PlannedActivity, PlanRow, PlanSection, order_of, plan_sections
from app.services.plans import PlanInfo
from app.services.progress import Progress, together
from app.services.reports.task_rows import TaskRow, task_rows
from app.services.reports.whole import Whole
from workflows.definition import ACCEPTED

#: pieces of evidence that a row names; it says how many more there are
NAMED_PROOFS = 5


class ProofName(NamedTuple):
    """What a proof of an accepted task is called."""

    #: file | link | note
    kind: str
    name: str
    url: str
    note: str


class Late(NamedTuple):
    """A task that was accepted, but handed in after its date."""

    executor: str
    label_ru: str
    label_en: str
    explanation: str


class Granted(NamedTuple):
    """A later date that was granted. Dates of the plan's time zone."""

    executor: str
    due_before: date
    due_granted: date
    reason: str


@dataclass(frozen=True, slots=True)
class ActivityExecution:
    """How far an activity has come. Dates of the plan's time zone."""

    planned: PlannedActivity
    #: the first and the last day on which a task was handed in that has been accepted
    done_first: date | None
    done_last: date | None
    #: the first that belong to accepted tasks, files before links and notes, and how many there are
    proofs: Sequence[ProofName]
    proofs_of: int
    late: Sequence[Late]
    overdue: Sequence[OverdueItem]
    granted: Sequence[Granted]
    #: why it was suspended or withdrawn; "" while it is neither
    basis: str


@dataclass(frozen=True, slots=True)
class RowExecution:
    """A row of the order with what is executed for it."""

    row: PlanRow
    activities: Sequence[ActivityExecution]

    @property
    def progress(self) -> Progress:
        """The counts of all its tasks."""
        return together([line for each in self.activities for line in each.planned.occurrences])


@dataclass(frozen=True, slots=True)
class SectionExecution:
    """A section of the order with its rows."""

    section: PlanSection
    rows: Sequence[RowExecution]


@dataclass(frozen=True, slots=True)
class Execution:
    """How the plan stands on a day."""

    order: Order
    sections: Sequence[SectionExecution]
    board: Board
    #: of all organisations together, against the dates in force
    discipline: Discipline
    indicators: Sequence[IndicatorLine]
    #: every task in the order of the plan, where they were asked for
    tasks: Sequence[TaskRow]


_PLAN_ID = bindparam("plan_id", type_=Integer)
_DONE = (
    select(Task.activity_id, func.min(Task.submitted_on), func.max(Task.submitted_on))
    .where(Task.plan_id == _PLAN_ID, Task.phase == ACCEPTED)
    .group_by(Task.activity_id)
)
_ranked = (
    select(
        Task.activity_id,
        Evidence.kind,
        Evidence.name,
        Evidence.url,
        Evidence.note,
        func.count().over(partition_by=Task.activity_id).label("of"),
        func.row_number()
        .over(partition_by=Task.activity_id, order_by=(Evidence.kind, Evidence.id))
        .label("place"),
    )
    .join(Task, Task.id == Evidence.task_id)
    .where(Task.plan_id == _PLAN_ID, Task.phase == ACCEPTED, Evidence.replaced_by.is_(None))
    .subquery()
)
_PROOFS = (
    select(*_ranked.c).where(_ranked.c.place <= NAMED_PROOFS).order_by(_ranked.c.activity_id, _ranked.c.place)
)
#: as discipline counts them
_LATE = (
    select(
        Task.activity_id,
        Organization.short_name,
        Occurrence.label_ru,
        Occurrence.label_en,
        Task.explanation,
    )
    .join(Organization, Organization.id == Task.organization_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(Task.plan_id == _PLAN_ID, Task.phase == ACCEPTED, Task.submitted_on > Task.due_scored)
    .order_by(Occurrence.position, Organization.position)
)
_GRANTED = (
    select(
        Task.activity_id,
        Organization.short_name,
        Extension.due_before,
        Extension.due_granted,
        Extension.reason,
    )
    .join(Task, Task.id == Extension.task_id)
    .join(Organization, Organization.id == Task.organization_id)
    .where(Extension.plan_id == _PLAN_ID, Extension.state == "granted", Extension.due_granted.is_not(None))
    .order_by(Organization.position, Extension.id)
)
#: the last of an activity's own acts is what it rests on
_BASES = (
    select(JournalEntry.activity_id, JournalEntry.note)
    .where(
        JournalEntry.plan_id == _PLAN_ID,
        JournalEntry.subject == "activity",
        JournalEntry.action.in_(("suspend", "withdraw")),
    )
    .order_by(JournalEntry.position)
)
_RESTING = frozenset({"suspended", "withdrawn"})


def execution(
    session: Session,
    plan: PlanInfo,
    today: date,
    *,
    whole: Whole | None = None,
    with_tasks: bool = False,
) -> Execution:
    """How every row and indicator of the plan stands today. A fixed number of statements.

    `whole` was counted of the whole plan, where the session sees only a part of it.
    """
    sections = plan_sections(session, plan, today)
    found = _Found(session, plan, today)
    return Execution(
        order_of(session, plan.id),
        [
            SectionExecution(
                section,
                [
                    RowExecution(row, [found.activity(planned) for planned in row.activities])
                    for row in section.rows
                ],
            )
            for section in sections
        ],
        board(session, plan, today),
        whole.together.in_force.counts if whole else pooled(discipline_lines(session, plan.id, today))[0],
        whole.indicators if whole else indicator_lines(session, plan, today),
        task_rows(session, plan, today) if with_tasks else (),
    )


class _Found:
    """What belongs to each activity, read for all of them at once."""

    def __init__(self, session: Session, plan: PlanInfo, today: date) -> None:
        scope = {"plan_id": plan.id}
        self._done = {row[0]: row for row in session.execute(_DONE, scope)}
        self._proofs = _by_activity(session.execute(_PROOFS, scope))
        self._late = _by_activity(session.execute(_LATE, scope))
        self._granted = _by_activity(session.execute(_GRANTED, scope))
        self._bases = {row.activity_id: row.note for row in session.execute(_BASES, scope)}
        self._overdue: dict[int, list[OverdueItem]] = {}
        for item in overdue_items(session, plan, today):
            self._overdue.setdefault(item.line.activity_id, []).append(item)

    def activity(self, planned: PlannedActivity) -> ActivityExecution:
        line = planned.line
        _, first, last = self._done.get(line.id, (line.id, None, None))
        proofs = self._proofs.get(line.id, [])
        return ActivityExecution(
            planned,
            first,
            last,
            [ProofName(*row[1:5]) for row in proofs],
            proofs[0].of if proofs else 0,
            [Late(*row[1:]) for row in self._late.get(line.id, [])],
            self._overdue.get(line.id, []),
            [Granted(*row[1:]) for row in self._granted.get(line.id, [])],
            self._bases.get(line.id, "") if line.state in _RESTING else "",
        )


def _by_activity(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.activity_id, []).append(row)
    return found
