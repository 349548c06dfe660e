"""Activities: moved by their tasks, and by the controller's own acts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import (
    ConflictError,
    NotAllowedError,
    NotFoundError,
)
from app.domain.permissions import Actor, may_control
from app.domain.texts import kept_lines
from app.models import Activity, Occurrence, Task
from app.services.journal import hold, record
from app.services.revisions import revise
from app.services.steps import decide as decide_step
from workflows import WORKFLOWS
from workflows import activity as activity_workflow
from workflows.definition import ACCEPTED, CONTROLLER, OFF, REVIEW, Facts

#: states in which nothing is owed, whatever the tasks say
CLOSED = frozenset({"suspended", "withdrawn"})


def is_open(activity: Activity) -> bool:
    """Neither suspended nor withdrawn."""
    return activity.state not in CLOSED


def act(
    session: Session,
    actor: Actor,
    activity_id: int,
    trigger: str,
    *,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Activity:
    """Suspend, resume, withdraw or reopen an activity; its tasks stop or start to count with it.

    Raises NotFoundError, NotAllowedError, ConflictError, WrongStateError, GuardRefusedError,
    InvalidInputError.
    """
    note = kept_lines("note", note)
    plan_id = session.scalar(select(Activity.plan_id).where(Activity.id == activity_id))
    if plan_id is None:
        raise NotFoundError
    if not may_control(actor):
        raise NotAllowedError
    hold(session, plan_id)
    activity = session.get_one(Activity, activity_id, populate_existing=True)
    if version is not None and version != activity.version:
        raise ConflictError
    before = activity.state
    step = decide_step("activity", before, trigger, {CONTROLLER}, Facts(reason=note))
    _move(session, activity, actor, now, trigger, step.dest, note)
    _set_phases(session, activity, now)
    settle(session, activity, now)
    return activity


def settle(session: Session, activity: Activity, now: datetime) -> None:
    """Let the activity follow its tasks. Called after every change of one."""
    session.flush()
    for step in activity_workflow.settle(activity.state, task_facts(session, activity.id)):
        _move(session, activity, None, now, step.trigger, step.dest, "")


_COUNTED = select(
    func.count(),
    func.sum(case((Task.phase == ACCEPTED, 1), else_=0)),
    func.sum(case((Task.phase == REVIEW, 1), else_=0)),
    func.sum(case((Task.state != "planned", 1), else_=0)),
).where(Task.activity_id == bindparam("activity_id"), Task.state != "withdrawn")


def task_facts(session: Session, activity_id: int) -> Facts:
    """The counts that an activity's guards look at; withdrawn tasks are in none of them."""
    counted = session.execute(_COUNTED, {"activity_id": activity_id}).one()
    total, accepted, review, started = (int(number or 0) for number in counted)
    return Facts(tasks_total=total, tasks_accepted=accepted, tasks_review=review, tasks_started=started)


def _move(
    session: Session,
    activity: Activity,
    actor: Actor | None,
    now: datetime,
    trigger: str,
    dest: str,
    note: str,
) -> None:
    before, activity.state = activity.state, dest
    activity.version += 1
    record(
        session,
        activity.plan_id,
        actor,
        now,
        subject="activity",
        subject_id=activity.id,
        action=trigger,
        activity_id=activity.id,
        state_before=before,
        state_after=dest,
        note=note,
    )


def _set_phases(session: Session, activity: Activity, now: datetime) -> None:
    """Tasks of a closed activity are off; those of an open one are what their state says."""
    workflow = WORKFLOWS[activity.workflow]
    for state in workflow.states:
        phase = state.phase if is_open(activity) else OFF
        session.execute(
            update(Task)
            .where(Task.activity_id == activity.id, Task.state == state.name, Task.phase != phase)
            .values(phase=phase, version=Task.version + 1, changed_at=now)
        )
    revise(session, now, Occurrence.activity_id == activity.id)
