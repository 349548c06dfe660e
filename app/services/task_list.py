"""Lists of tasks: one statement behind My tasks, the overdue tracker, the review queue and the counters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.domain.overdue import Lateness, lateness
from app.domain.permissions import Actor
from app.models import (
    Activity,
    ActivityIndicator,
    Indicator,
    Occurrence,
    Organization,
    Section,
    Task,
)
from app.services.counters import SELECTIONS, counted, moment
from app.services.plans import PlanInfo
from app.services.task_filter import Filter, conditions


class ExecutorName(NamedTuple):
    """How a line names an organisation."""

    short_name: str
    gloss_en: str


class TaskLine(NamedTuple):
    """A task as a line of a list. Dates of the plan's time zone."""

    id: int
    version: int
    workflow: str
    state: str
    phase: str
    due: date | None
    due_first: date | None
    #: what discipline is measured against
    due_scored: date | None
    submitted_on: date | None
    submitted_at: datetime | None
    accepted_at: datetime | None
    returns: int
    return_reason: str
    explanation: str
    expected_on: date | None
    reminders: int
    reminded_at: datetime | None
    comments: int
    subject: str
    organization_id: int
    organization_key: str
    short_name: str
    organization_gloss: str
    activity_id: int
    code: str
    short_title: str
    gloss_en: str
    activity_state: str
    coordinator_id: int | None
    section: int
    occurrence_id: int
    label_ru: str
    label_en: str
    window_start: date | None
    as_of: date | None
    mode: str
    cohort: str
    plan_id: int

    @property
    def executor(self) -> ExecutorName:
        """Whose task it is."""
        return ExecutorName(self.short_name, self.organization_gloss)

    def lateness(self, today: date, plan: PlanInfo) -> Lateness | None:
        """How late the task is; None when it is not overdue."""
        return lateness(self.phase, self.due, today, plan.calendar)


EVERYTHING = Filter()
#: rows that are read at a time
_BATCH = 500

#: orders of a list
ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "due": (Task.due.asc(), Activity.position.asc(), Organization.position.asc()),
    "submitted": (Task.submitted_at.asc(), Activity.position.asc()),
    "plan": (Activity.position.asc(), Occurrence.position.asc(), Organization.position.asc()),
    "accepted": (Task.accepted_at.desc(), Activity.position.asc()),
}

#: every task of every plan, as `TaskLine` takes it
LINES = (
    select(
        Task.id,
        Task.version,
        Task.workflow,
        Task.state,
        Task.phase,
        Task.due,
        Task.due_first,
        Task.due_scored,
        Task.submitted_on,
        Task.submitted_at,
        Task.accepted_at,
        Task.returns,
        Task.return_reason,
        Task.explanation,
        Task.expected_on,
        Task.reminders,
        Task.reminded_at,
        Task.comments,
        Task.subject,
        Task.organization_id,
        Organization.key,
        Organization.short_name,
        Organization.gloss_en,
        Task.activity_id,
        Activity.code,
        Activity.short_title,
        Activity.gloss_en,
        Activity.state,
        Activity.coordinator_id,
        Section.number,
        Task.occurrence_id,
        Occurrence.label_ru,
        Occurrence.label_en,
        Occurrence.window_start,
        Occurrence.as_of,
        Occurrence.mode,
        Occurrence.cohort,
        Task.plan_id,
    )
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Section, Section.id == Activity.section_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
)


def task_lines(
    session: Session,
    plan: PlanInfo,
    today: date,
    selection: str = "all",
    *,
    narrowed: Filter = EVERYTHING,
    reader: Actor | None = None,
    organization_id: int | None = None,
    order: str = "due",
    limit: int | None = None,
    offset: int = 0,
) -> list[TaskLine]:
    """The tasks of a selection (a name in `counters.SELECTIONS`), narrowed and ordered.

    Narrowing by what not everybody knows of a task leaves those that `reader` may open; None is the
    program itself and may open all.
    """
    statement = _wanted(LINES, plan, today, selection, narrowed, reader).order_by(*ORDERS[order], Task.id)
    if organization_id is not None:
        statement = statement.where(Task.organization_id == organization_id)
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return [TaskLine(*row) for row in session.execute(statement, moment(today))]


def lines_by_plan(
    session: Session,
    plan_ids: Collection[int],
    today: date,
    selection: str,
    *,
    organization_id: int | None = None,
) -> dict[int, list[TaskLine]]:
    """The tasks of a selection in several plans whose day it is, by plan and the most urgent first."""
    statement = LINES.where(Task.plan_id.in_(plan_ids), SELECTIONS[selection]).order_by(
        *ORDERS["due"], Task.id
    )
    if organization_id is not None:
        statement = statement.where(Task.organization_id == organization_id)
    found: dict[int, list[TaskLine]] = {}
    rows: Iterable[Any] = session.execute(statement, moment(today))
    for row in rows:
        found.setdefault(row.plan_id, []).append(TaskLine(*row))
    return found


def each_task_line(
    session: Session,
    plan: PlanInfo,
    today: date,
    selection: str,
    narrowed: Filter,
    reader: Actor,
    order: str,
) -> Iterator[TaskLine]:
    """The same, a batch at a time: for lists that are larger than a page."""
    statement = _wanted(LINES, plan, today, selection, narrowed, reader).order_by(*ORDERS[order], Task.id)
    for row in session.execute(statement.execution_options(yield_per=_BATCH), moment(today)):
        yield TaskLine(*row)


_COUNTED = (
    select()
    .select_from(Task)
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Section, Section.id == Activity.section_id)
)


def task_counts(
    session: Session,
    plan: PlanInfo,
    today: date,
    narrowed: Filter,
    selections: Sequence[str],
    reader: Actor | None = None,
) -> dict[str, int]:
    """How many tasks each of the selections holds, narrowed as the lists are; one statement."""
    statement = _COUNTED.add_columns(*counted(*selections))
    statement = _wanted(statement, plan, today, "all", narrowed, reader)
    row = session.execute(statement, moment(today)).one()
    return {name: int(number) for name, number in zip(selections, row, strict=True)}


def _wanted(
    statement: Select[*tuple[Any, ...]],
    plan: PlanInfo,
    today: date,
    selection: str,
    narrowed: Filter,
    reader: Actor | None,
) -> Select[*tuple[Any, ...]]:
    narrowing = conditions(narrowed, plan.id, today, reader)
    return statement.where(Task.plan_id == plan.id, SELECTIONS[selection], *narrowing)


class Endangered(NamedTuple):
    """An indicator that an activity moves."""

    number: int
    short_title: str
    gloss_en: str
    #: direct | context
    strength: str


def indicators_by_activity(session: Session, plan_id: int) -> dict[int, list[Endangered]]:
    """What lateness of each activity endangers: direct links first, then by number."""
    rows = session.execute(
        select(
            ActivityIndicator.activity_id,
            Indicator.number,
            Indicator.short_title,
            Indicator.gloss_en,
            ActivityIndicator.strength,
        )
        .join(Indicator, Indicator.id == ActivityIndicator.indicator_id)
        .where(Indicator.plan_id == plan_id)
        .order_by(ActivityIndicator.strength.desc(), Indicator.number)
    )
    found: dict[int, list[Endangered]] = {}
    for row in rows:
        indicator = Endangered(row.number, row.short_title, row.gloss_en, row.strength)
        found.setdefault(row.activity_id, []).append(indicator)
    return found
