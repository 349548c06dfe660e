"""Requests: rows that run on demand (4.3, 4.5) get an occurrence and a task when a request comes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from app.domain.permissions import Actor, may_open_request
from app.domain.schedule import due_dates
from app.domain.texts import one_line
from app.domain.working_days import NONE
from app.models import Activity, Occurrence, Participation, Task
from app.services import search_index
from app.services.activities import is_open, settle
from app.services.journal import hold, record
from app.services.plans import plan_by_id
from app.services.seeding import new_task
from app.services.steps import decide
from app.services.tasks import check_inside
from workflows import WORKFLOWS
from workflows.definition import SYSTEM

#: characters that say who asks for what
LONGEST_SUBJECT = 300


def open_request(
    session: Session,
    actor: Actor,
    activity_id: int,
    *,
    organization_id: int,
    subject: str,
    due: date | None,
    now: datetime,
) -> Task:
    """Enter a request and give it to the organisation that provides it, with a date or without.

    A date on a day off moves as the plan's dates do, unless it would then have passed. Without a date
    the task can never be overdue. Raises NotFoundError, NotAllowedError, WrongStateError,
    InvalidInputError.
    """
    activity = session.get(Activity, activity_id)
    if activity is None or activity.workflow != "request":
        raise NotFoundError
    hold(session, activity.plan_id)
    session.refresh(activity)
    if not may_open_request(actor, organization_id, activity.coordinator_id):
        raise NotAllowedError
    if not is_open(activity):
        raise WrongStateError(state=activity.state)
    subject = one_line(subject)
    _check(session, activity, organization_id, subject, due, now)
    occurrence = _occurrence(session, activity, due, now)
    task = new_task(activity, occurrence, organization_id, now)
    task.subject = subject
    workflow = WORKFLOWS[task.workflow]
    step = decide(task.workflow, task.state, "request", {SYSTEM})
    before, task.state = task.state, step.dest
    task.phase = workflow.phase(task.state)
    session.add(task)
    session.flush()
    search_index.index(session, search_index.OCCURRENCE, occurrence.id)
    search_index.index(session, search_index.TASK, task.id)
    record(
        session,
        activity.plan_id,
        actor,
        now,
        subject="task",
        subject_id=task.id,
        action="request",
        activity_id=activity.id,
        task_id=task.id,
        state_before=before,
        state_after=task.state,
        note=task.subject,
        details={"due": due.isoformat() if due else None},
    )
    settle(session, activity, now)
    return task


def _providers(session: Session, activity_id: int) -> frozenset[int]:
    return frozenset(
        session.scalars(select(Participation.organization_id).where(Participation.activity_id == activity_id))
    )


def _check(
    session: Session,
    activity: Activity,
    organization_id: int,
    subject: str,
    due: date | None,
    now: datetime,
) -> None:
    problems = {}
    if not subject:
        problems["subject"] = "Please say who asks for what."
    elif len(subject) > LONGEST_SUBJECT:
        problems["subject"] = "Please use at most %(length)s characters."
    if organization_id not in _providers(session, activity.id):
        problems["organization"] = "This organisation does not take part in the activity."
    plan = plan_by_id(session, activity.plan_id)
    if due is not None and due < plan.today(now):
        problems["due"] = "This day has passed."
    if problems:
        raise InvalidInputError(problems, length=LONGEST_SUBJECT)
    if due is not None:
        check_inside(plan, "due", due)


def _occurrence(session: Session, activity: Activity, due: date | None, now: datetime) -> Occurrence:
    plan = plan_by_id(session, activity.plan_id)
    number = 1 + (
        session.scalar(
            select(func.count()).select_from(Occurrence).where(Occurrence.activity_id == activity.id)
        )
        or 0
    )
    today = plan.today(now)
    dates = due_dates(due, plan.policy, plan.calendar) if due else None
    if due is not None and dates is not None and dates.first < today:
        dates = due_dates(due, NONE, plan.calendar)
    occurrence = Occurrence(
        plan_id=activity.plan_id,
        activity_id=activity.id,
        key=f"request-{number}",
        position=number,
        label_ru=f"запрос № {number}",
        label_en=f"request no. {number}",
        mode="by" if due else "open",
        window_start=today,
        due_nominal=dates.nominal if dates else None,
        due_first=dates.first if dates else None,
        due_rule=dates.rule if dates else "as_written",
        source="operator",
        revised_at=now,
        created_at=now,
    )
    session.add(occurrence)
    session.flush()
    return occurrence
