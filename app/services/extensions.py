"""Extensions: asked by the executor, granted or refused by the controller; no earlier date is lost."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    WrongStateError,
)
from app.domain.permissions import Actor
from app.domain.schedule import TaskDates
from app.domain.texts import kept_lines
from app.models import Extension
from app.services.journal import record
from app.services.notices import EXTENSION, announce
from app.services.steps import decide as decide_step
from app.services.tasks import OpenTask, check_inside, check_owing, take, touch
from workflows import WORKFLOWS
from workflows.definition import CONTROLLER, EXECUTOR, OWING, REVIEW, Facts


def ask(
    session: Session,
    actor: Actor,
    task_id: int,
    *,
    due: date | None,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Extension:
    """Ask for a later date. Raises InvalidInputError, WrongStateError, NotAllowedError, NotFoundError."""
    reason = kept_lines("reason", reason)
    open_ = take(session, actor, task_id, version)
    if EXECUTOR not in open_.roles:
        raise NotAllowedError
    task = open_.task
    check_owing(open_)
    if task.due is None:
        raise WrongStateError("This task has no due date that could be moved.")
    if _waiting(session, task_id) is not None:
        raise WrongStateError("A request for a later date is being considered already.")
    problems = {}
    if due is None:
        problems["due"] = "Please enter the new date."
    elif due <= task.due:
        problems["due"] = "The new date must be later than the present one."
    elif due < open_.plan.today(now):
        problems["due"] = "This day has passed."
    if not reason:
        problems["reason"] = "Please give the reason."
    if problems or due is None:
        raise InvalidInputError(problems)
    check_inside(open_.plan, "due", due)
    extension = Extension(
        task_id=task.id,
        plan_id=task.plan_id,
        state=WORKFLOWS["extension"].initial,
        due_before=task.due,
        due_asked=due,
        reason=reason,
        asked_at=now,
        asked_by=actor.person_id,
        version=1,
    )
    session.add(extension)
    session.flush()
    touch(open_, now)
    _record(session, open_, actor, now, extension, "ask", "", reason)
    return extension


def set_later(
    session: Session,
    actor: Actor,
    task_id: int,
    *,
    due: date | None,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Extension:
    """The controller moves a date unasked, or grants the request that waits. Raises as `decide`."""
    reason = kept_lines("note", reason)
    open_ = take(session, actor, task_id, version)
    if CONTROLLER not in open_.roles:
        raise NotAllowedError
    if open_.task.due is None:
        raise WrongStateError("This task has no due date that could be moved.")
    if due is None or not reason:
        missing = {"due": due, "note": reason}
        words = {"due": "Please enter the new date.", "note": "Please give the reason."}
        raise InvalidInputError({name: words[name] for name, value in missing.items() if not value})
    waiting = _waiting(session, task_id)
    if waiting is None:
        extension = Extension(
            task_id=task_id,
            plan_id=open_.task.plan_id,
            state=WORKFLOWS["extension"].initial,
            due_before=open_.task.due,
            due_asked=due,
            reason=reason,
            asked_at=now,
            asked_by=actor.person_id,
            version=1,
        )
        session.add(extension)
        session.flush()
        waiting = extension.id
    return decide(session, actor, waiting, "grant", now=now, note=reason, due=due)


def decide(
    session: Session,
    actor: Actor,
    extension_id: int,
    trigger: str,
    *,
    now: datetime,
    note: str = "",
    due: date | None = None,
    version: int | None = None,
) -> Extension:
    """Grant (perhaps another date), refuse (with a reason), or take back.

    Raises NotFoundError, NotAllowedError, ConflictError, WrongStateError, GuardRefusedError,
    InvalidInputError.
    """
    note = kept_lines("note", note)
    task_id = session.scalar(select(Extension.task_id).where(Extension.id == extension_id))
    if task_id is None:
        raise NotFoundError
    open_ = take(session, actor, task_id)
    extension = session.get_one(Extension, extension_id, populate_existing=True)
    if version is not None and version != extension.version:
        raise ConflictError
    before = extension.state
    step = decide_step("extension", before, trigger, open_.roles, Facts(reason=note))
    if trigger == "grant":
        _grant(open_, extension, due or extension.due_asked, now)
    extension.state = step.dest
    extension.decision = note
    extension.decided_at, extension.decided_by = now, actor.person_id
    extension.version += 1
    if trigger == "grant":
        touch(open_, now)
    else:
        # The task stays as it was, and so does what calendars say of it.
        open_.task.version += 1
    _record(session, open_, actor, now, extension, trigger, before, note)
    if EXECUTOR not in open_.roles:
        granted = extension.due_granted
        announce(
            *(session, actor, open_.task, EXTENSION, now),
            decision=extension.state,
            due=granted.isoformat() if granted else None,
            note=note,
        )
    return extension


def _grant(open_: OpenTask, extension: Extension, due: date, now: datetime) -> None:
    task = open_.task
    if task.phase not in (OWING, REVIEW):
        raise WrongStateError(state=task.state)
    if task.due is None or due <= task.due:
        raise InvalidInputError({"due": "The new date must be later than the present one."})
    if due < open_.plan.today(now):
        raise InvalidInputError({"due": "This day has passed."})
    check_inside(open_.plan, "due", due)
    extension.due_granted = due
    dates = TaskDates(task.due, task.due_first, task.due_scored)
    task.due, _, task.due_scored = dates.extended(due, open_.plan.today(now))


def _waiting(session: Session, task_id: int) -> int | None:
    return session.scalar(
        select(Extension.id).where(
            Extension.task_id == task_id, Extension.state == WORKFLOWS["extension"].initial
        )
    )


def _record(
    session: Session,
    open_: OpenTask,
    actor: Actor,
    now: datetime,
    extension: Extension,
    action: str,
    before: str,
    note: str,
) -> None:
    granted = extension.due_granted
    record(
        session,
        extension.plan_id,
        actor,
        now,
        subject="extension",
        subject_id=extension.id,
        action=action,
        activity_id=open_.task.activity_id,
        task_id=open_.task.id,
        state_before=before,
        state_after=extension.state,
        note=note,
        details={
            "due_before": extension.due_before.isoformat(),
            "due_asked": extension.due_asked.isoformat(),
            "due_granted": granted.isoformat() if granted else None,
        },
    )
