"""Every task of a plan as a line of a workbook: light enough for a hundred thousand of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.overdue import is_overdue
from app.models import Activity, Occurrence, Organization, Task
from app.services.plans import PlanInfo


class ActivityName(NamedTuple):
    """How a line names an activity."""

    code: str
    short_title: str
    gloss_en: str


class OccurrenceName(NamedTuple):
    """How a line names an occurrence."""

    label_ru: str
    label_en: str


class TaskRow(NamedTuple):
    """A task. Dates of the plan's time zone; names are shared by all lines that bear them."""

    activity: ActivityName
    organization: str
    occurrence: OccurrenceName
    due_first: date | None
    due: date | None
    submitted_on: date | None
    accepted_on: date | None
    workflow: str
    state: str
    #: 0 when it is not overdue
    days_late: int
    returns: int
    expected_on: date | None
    explanation: str


_PLAN_ID = bindparam("plan_id", type_=Integer)
_ACTIVITIES = select(Activity.id, Activity.code, Activity.short_title, Activity.gloss_en).where(
    Activity.plan_id == _PLAN_ID
)
_OCCURRENCES = select(Occurrence.id, Occurrence.label_ru, Occurrence.label_en).where(
    Occurrence.plan_id == _PLAN_ID
)
_ORGANIZATIONS = select(Organization.id, Organization.short_name)
_TASKS: Select[*tuple[Any, ...]] = (
    select(
        Task.activity_id,
        Task.organization_id,
        Task.occurrence_id,
        Task.due_first,
        Task.due,
        Task.submitted_on,
        Task.accepted_at,
        Task.workflow,
        Task.state,
        Task.phase,
        Task.returns,
        Task.expected_on,
        Task.explanation,
    )
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Organization, Organization.id == Task.organization_id)
    .where(Task.plan_id == _PLAN_ID)
    .order_by(Activity.position, Occurrence.position, Organization.position, Task.id)
    .execution_options(yield_per=2000)
)


def task_rows(session: Session, plan: PlanInfo, today: date) -> list[TaskRow]:
    """Every task in the order of the plan. Four statements."""
    scope = {"plan_id": plan.id}
    activities = {row.id: ActivityName(*row[1:]) for row in session.execute(_ACTIVITIES, scope)}
    occurrences = {row.id: OccurrenceName(*row[1:]) for row in session.execute(_OCCURRENCES, scope)}
    organizations = {row.id: row.short_name for row in session.execute(_ORGANIZATIONS)}
    return [
        TaskRow(
            activities[row.activity_id],
            organizations[row.organization_id],
            occurrences[row.occurrence_id],
            row.due_first,
            row.due,
            row.submitted_on,
            _day(row.accepted_at, plan),
            row.workflow,
            row.state,
            (today - row.due).days if row.due and is_overdue(row.phase, row.due, today) else 0,
            row.returns,
            row.expected_on,
            row.explanation,
        )
        for row in session.execute(_TASKS, scope)
    ]


def _day(instant: datetime | None, plan: PlanInfo) -> date | None:
    return instant.astimezone(plan.zone).date() if instant else None
