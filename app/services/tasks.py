"""Tasks: fire a trigger, attach, explain. State, journal and the activity change in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    OutsideWindowError,
    VekhaError,
    WrongStateError,
)
from app.domain.permissions import Actor, may_see_task, task_roles
from app.domain.texts import kept_lines
from app.models import Activity, Evidence, FigureField, Occurrence, Plan, Requirement, Task
from app.scanning import INFECTED
from app.services import evidence as evidence_service
from app.services import figures as figures_service
from app.services import notices
from app.services.activities import is_open, settle
from app.services.evidence import NOTHING, Submission
from app.services.figures import Change
from app.services.journal import head_of, hold_by, record
from app.services.plans import PlanInfo, plan_info
from app.services.publishing import words
from app.services.steps import decide
from app.storage import EvidenceStore
from workflows import WORKFLOWS
from workflows.definition import ACCEPTED, CONTROLLER, EXECUTOR, OFF, OWING, Facts

#: guards that look at what is attached and which figures are given
_PROOF_GUARDS = frozenset({"evidence_attached", "figures_given"})


_ATTACHED = select(Evidence.slot).where(
    Evidence.task_id == bindparam("task_id"), Evidence.replaced_by.is_(None), Evidence.scan != INFECTED
)
_REQUIRED = (
    select(Requirement.key)
    .where(Requirement.activity_id == bindparam("activity_id"), Requirement.required)
    .order_by(Requirement.position)
)
_ASKED = (
    select(FigureField.key)
    .where(
        FigureField.activity_id == bindparam("activity_id"),
        FigureField.cohort.in_(("", bindparam("cohort"))),
        FigureField.required,
    )
    .order_by(FigureField.position)
)
_HEAD_OF_TASK = head_of(select(Task.plan_id).where(Task.id == bindparam("task_id")).scalar_subquery())
_TAKEN = (
    select(Task, Activity, Occurrence, Plan)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Plan, Plan.id == Task.plan_id)
    .where(Task.id == bindparam("task_id"))
    .execution_options(populate_existing=True)
)


@dataclass(slots=True)
class OpenTask:
    """A task taken for a change: nobody else changes the plan until the transaction ends."""

    task: Task
    activity: Activity
    occurrence: Occurrence
    plan: PlanInfo
    roles: frozenset[str]


def take(session: Session, actor: Actor, task_id: int, version: int | None = None) -> OpenTask:
    """Take a task for a change. Raises NotFoundError (also for a foreign one) and ConflictError."""
    head = hold_by(session, _HEAD_OF_TASK, task_id=task_id)
    if head is None:
        raise NotFoundError
    task, activity, occurrence, plan = session.execute(_TAKEN, {"task_id": task_id}).one()
    if not may_see_task(actor, task.organization_id, activity.coordinator_id):
        raise NotFoundError
    if version is not None and version != task.version:
        raise ConflictError
    roles = task_roles(actor, task.organization_id, activity.coordinator_id)
    return OpenTask(task, activity, occurrence, plan_info(plan, head.position), roles)


def fire(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    task_id: int,
    trigger: str,
    *,
    now: datetime,
    version: int | None = None,
    note: str = "",
    submission: Submission = NOTHING,
) -> Task:
    """Fire a trigger of the task's workflow, with what comes along.

    `version` is the one that the form showed; None skips the comparison (command line, story).
    Raises NotFoundError, ConflictError, WrongStateError, NotAllowedError, GuardRefusedError,
    InvalidInputError, DoubtfulFiguresError; nothing is changed by any of them.
    """
    note = kept_lines("note", note)
    open_ = take(session, actor, task_id, version)
    task, workflow = open_.task, WORKFLOWS[open_.task.workflow]
    today = open_.plan.today(now)
    before = task.state
    if (submission.attachments or submission.figures) and EXECUTOR not in open_.roles:
        raise NotAllowedError
    added = evidence_service.attach(session, actor, task, submission.attachments, now)
    changes = figures_service.record(
        *(session, actor, task, open_.occurrence, submission.figures, now, today),
        explained=submission.explained,
        reason=note,
    )
    step = decide(task.workflow, task.state, trigger, open_.roles, _facts_for(session, open_, trigger, note))
    public = words.tell_of_step(session, task, trigger, submission.public, now)
    evidence_service.keep(store, submission.attachments)
    task.state = step.dest
    task.phase = workflow.phase(step.dest) if is_open(open_.activity) else OFF
    _stamp(session, task, trigger, actor, note, now, today)
    touch(open_, now)
    record_task(
        *(session, open_, actor, now, trigger),
        before=before,
        note=note,
        details=_details(added, changes) | public,
    )
    session.flush()
    settle(session, open_.activity, now)
    if trigger in notices.OF_TRIGGERS:
        notices.announce(session, actor, task, notices.OF_TRIGGERS[trigger], now, note=note)
    return task


def attach(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    task_id: int,
    *,
    now: datetime,
    version: int | None = None,
    submission: Submission,
    note: str = "",
) -> Task:
    """Add evidence or interim figures without a transition: for what runs all year. Raises as `fire`."""
    note = kept_lines("note", note)
    open_ = take(session, actor, task_id, version)
    if EXECUTOR not in open_.roles:
        raise NotAllowedError
    task = open_.task
    check_owing(open_)
    if not submission.attachments and not submission.figures:
        raise InvalidInputError({"evidence": "Please add a file, a link, a note or a figure."})
    added = evidence_service.attach(session, actor, task, submission.attachments, now)
    changes = figures_service.record(
        *(session, actor, task, open_.occurrence, submission.figures, now, open_.plan.today(now)),
        explained=submission.explained,
        reason=note,
    )
    evidence_service.keep(store, submission.attachments)
    touch(open_, now)
    record_task(session, open_, actor, now, "attach", note=note, details=_details(added, changes))
    return task


def confirm_figures(
    session: Session, actor: Actor, task_id: int, *, now: datetime, version: int | None = None
) -> Task:
    """The controller lets the figures that wait count: interim ones, or corrections of accepted ones."""
    open_ = take(session, actor, task_id, version)
    if CONTROLLER not in open_.roles:
        raise NotAllowedError
    if not figures_service.confirm(session, task_id, now):
        raise WrongStateError("There are no figures to confirm.")
    touch(open_, now)
    record_task(session, open_, actor, now, "confirm_figures")
    if open_.task.phase == ACCEPTED:
        notices.announce(session, actor, open_.task, notices.CORRECTION, now, decision="confirmed")
    return open_.task


def explain(
    session: Session,
    actor: Actor,
    task_id: int,
    *,
    now: datetime,
    explanation: str,
    expected_on: date | None,
    version: int | None = None,
) -> Task:
    """Say why a task is late and when it will be done. Raises as `fire`."""
    explanation = kept_lines("explanation", explanation)
    open_ = take(session, actor, task_id, version)
    if EXECUTOR not in open_.roles:
        raise NotAllowedError
    check_owing(open_)
    if not explanation:
        raise InvalidInputError({"explanation": "Please write a few words."})
    if expected_on is not None and expected_on < open_.plan.today(now):
        raise InvalidInputError({"expected_on": "This day has passed."})
    open_.task.explanation = explanation
    open_.task.expected_on = expected_on
    touch(open_, now)
    details = {"expected_on": expected_on.isoformat() if expected_on else None}
    record_task(session, open_, actor, now, "explain", note=explanation, details=details)
    return open_.task


def fire_many(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    chosen: Sequence[tuple[int, int]],
    trigger: str,
    *,
    now: datetime,
    note: str = "",
) -> tuple[list[int], list[tuple[int, VekhaError]]]:
    """Fire one trigger on many tasks (id, version). One that cannot be moved stays and is reported."""
    done: list[int] = []
    refused: list[tuple[int, VekhaError]] = []
    for task_id, version in chosen:
        try:
            with session.begin_nested():
                fire(session, store, actor, task_id, trigger, now=now, version=version, note=note)
            done.append(task_id)
        except VekhaError as error:
            refused.append((task_id, error))
    return done, refused


def facts(session: Session, open_: OpenTask, reason: str = "") -> Facts:
    """What the guards of a task may look at."""
    task, cohort = open_.task, open_.occurrence.cohort
    here = {"task_id": task.id, "activity_id": task.activity_id, "cohort": cohort}
    return Facts(
        evidence=frozenset(session.scalars(_ATTACHED, here)),
        required=tuple(session.scalars(_REQUIRED, here)),
        figures=frozenset(figures_service.given(session, task.id)),
        required_figures=tuple(session.scalars(_ASKED, here)),
        reason=reason,
        activity_open=is_open(open_.activity),
    )


def _facts_for(session: Session, open_: OpenTask, trigger: str, reason: str) -> Facts:
    """The facts that the trigger's guards ask for; most steps look at no proof, and none is read for them."""
    step = WORKFLOWS[open_.task.workflow].step(trigger, open_.task.state)
    if step is not None and _PROOF_GUARDS.isdisjoint(step.guards):
        return Facts(reason=reason, activity_open=is_open(open_.activity))
    return facts(session, open_, reason)


def check_owing(open_: OpenTask) -> None:
    """Refuse what only makes sense while the executor owes. Raises WrongStateError."""
    if not is_open(open_.activity):
        raise WrongStateError("The activity is suspended or withdrawn; nothing is owed here now.")
    if open_.task.phase != OWING:
        raise WrongStateError(state=open_.task.state)


def touch(open_: OpenTask, now: datetime) -> None:
    """Count the change of the task; its event in the calendars follows from it."""
    open_.task.version += 1
    open_.task.changed_at = now


def check_inside(plan: PlanInfo, field: str, day: date) -> None:
    """A date must lie in the plan's period. Raises OutsideWindowError."""
    if not plan.period_start <= day <= plan.period_end:
        raise OutsideWindowError(field, plan.period_start, plan.period_end)


def _stamp(
    session: Session, task: Task, trigger: str, actor: Actor, note: str, now: datetime, today: date
) -> None:
    if trigger == "submit":
        task.submitted_at, task.submitted_on, task.submitted_by = now, today, actor.person_id
    elif trigger == "accept":
        task.accepted_at = now
        figures_service.confirm(session, task.id, now)
    elif trigger == "return":
        task.return_reason = note
        task.returns += 1
    elif trigger == "reopen":
        task.accepted_at = None
        task.return_reason = note


def record_task(
    session: Session,
    open_: OpenTask,
    actor: Actor,
    now: datetime,
    action: str,
    *,
    before: str | None = None,
    note: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Journal what was done to a task; `before` is its former state when it moved."""
    task = open_.task
    record(
        session,
        task.plan_id,
        actor,
        now,
        subject="task",
        subject_id=task.id,
        action=action,
        activity_id=task.activity_id,
        task_id=task.id,
        state_before=task.state if before is None else before,
        state_after=task.state,
        note=note,
        details=details,
    )


def _details(added: Sequence[Any], changes: Sequence[Change]) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if added:
        details["evidence"] = [
            {
                "id": item.id,
                "kind": item.kind,
                "slot": item.slot,
                "version": item.version,
                "name": item.name,
                "sha256": item.sha256,
            }
            for item in added
        ]
    return details | figures_service.journaled(changes)
