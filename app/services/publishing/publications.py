"""The controller corrects and withdraws what everybody is told about events, and tells what nobody did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import NotAllowedError, NotFoundError, WrongStateError
from app.domain.permissions import Actor
from app.models import Publication
from app.services.publishing.words import EVENT, STAGES, PublicWords, as_record, tell, told_of
from app.services.tasks import OpenTask, record_task, take, touch
from workflows.definition import CONTROLLER


def correct(
    session: Session,
    actor: Actor,
    task_id: int,
    stage: str,
    words: PublicWords,
    *,
    now: datetime,
    version: int | None = None,
) -> Publication:
    """Tell something at a stage of an event, or something else; what was withdrawn stands again.

    Raises NotFoundError, NotAllowedError, ConflictError, InvalidInputError.
    """
    open_ = _take(session, actor, task_id, stage, version)
    before = told_of(session, task_id).get(stage)
    details = {"before": as_record(before)} if before is not None else {}
    told = tell(session, open_.task, stage, words, now)
    touch(open_, now)
    record_task(
        *(session, open_, actor, now, "publish"),
        note=told.text,
        details=details | {"public": as_record(told)},
    )
    return told


def withdraw(
    session: Session, actor: Actor, task_id: int, stage: str, *, now: datetime, version: int | None = None
) -> None:
    """Take it off the public page. Raises WrongStateError where nothing stands there, else as `correct`."""
    open_ = _take(session, actor, task_id, stage, version)
    told = told_of(session, task_id).get(stage)
    if told is None or told.withdrawn_at is not None:
        raise WrongStateError("Nothing of this is public any more.")
    told.withdrawn_at = told.changed_at = now
    touch(open_, now)
    record_task(*(session, open_, actor, now, "unpublish"), details={"public": as_record(told)})


def _take(session: Session, actor: Actor, task_id: int, stage: str, version: int | None) -> OpenTask:
    open_ = take(session, actor, task_id, version)
    if CONTROLLER not in open_.roles:
        raise NotAllowedError
    if open_.task.workflow != EVENT or stage not in STAGES.values():
        raise NotFoundError
    return open_
