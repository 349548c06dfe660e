"""Corrections: a figure that was given turns out wrong. The old number stays, beside the reason.

While the task is in work the executor simply gives the figures again (`tasks.attach`, `tasks.fire`). Once it
waits for review or is accepted it asks, and the number that counts goes on counting until the controller
says yes; the controller corrects at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, NotAllowedError, WrongStateError
from app.domain.figures import COUNTED, PENDING
from app.domain.permissions import Actor
from app.domain.texts import kept_lines
from app.models import Task
from app.services import doubts
from app.services import figures as figures_service
from app.services.activities import is_open
from app.services.notices import CORRECTION, announce
from app.services.tasks import OpenTask, record_task, take, touch
from workflows.definition import ACCEPTED, CONTROLLER, EXECUTOR, REVIEW

#: phases in which the executor asks for a correction
ASKABLE = frozenset({REVIEW, ACCEPTED})


def correct(
    session: Session,
    actor: Actor,
    task_id: int,
    figures: Mapping[str, Decimal],
    *,
    reason: str,
    now: datetime,
    version: int | None = None,
    sure: Collection[str] = (),
) -> Task:
    """Put other numbers in the place of those that a task was given; those that stay the same are left.

    The executor's wait for the controller (and with a submitted task for its acceptance), the controller's
    count at once. `sure` are the keys of unusual numbers that are right. Raises NotFoundError,
    ConflictError, NotAllowedError, WrongStateError, DoubtfulFiguresError, InvalidInputError
    naming `reason` or `figure.<key>`.
    """
    reason = kept_lines("reason", reason)
    open_ = take(session, actor, task_id, version)
    controls = CONTROLLER in open_.roles
    if not controls:
        _check_may_ask(open_)
    if not reason:
        raise InvalidInputError({"reason": "Please give the reason."})
    given = figures_service.given(session, task_id)
    changed = {
        key: number for key, number in figures.items() if key not in given or given[key].number != number
    }
    if not changed:
        raise InvalidInputError({"figures": "No number differs from the one that was given."})
    fields = figures_service.figure_fields(session, open_.task.activity_id, open_.occurrence.cohort)
    figures_service.check(fields, changed, given)
    if unknown := changed.keys() - given.keys():
        raise InvalidInputError({f"figure.{key}": "Nothing was given here to correct." for key in unknown})
    as_of = {key: given[key].as_of for key in changed}
    odd = doubts.ask(
        *(session, open_.task, open_.occurrence.cohort, fields, changed, given, as_of),
        dict.fromkeys(sure, reason),
        corrects=True,
    )
    changes = figures_service.add(
        *(session, actor, open_.task, changed, now),
        as_of=as_of,
        reason=reason,
        odd=odd,
        standing=COUNTED if controls else PENDING,
    )
    touch(open_, now)
    details = figures_service.journaled(changes)
    action = "correct_figures" if controls else "ask_correction"
    record_task(session, open_, actor, now, action, note=reason, details=details)
    if controls:
        announce(session, actor, open_.task, CORRECTION, now, decision="corrected", note=reason)
    return open_.task


def decline(
    session: Session,
    actor: Actor,
    task_id: int,
    *,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Task:
    """The controller lets what counts stand, against the correction that was asked for.

    Yes is said by `tasks.confirm_figures`. Raises NotFoundError, ConflictError, NotAllowedError,
    WrongStateError, InvalidInputError naming `reason`. What was submitted is not declined but
    returned, with the task.
    """
    reason = kept_lines("reason", reason)
    open_ = take(session, actor, task_id, version)
    if CONTROLLER not in open_.roles:
        raise NotAllowedError
    if open_.task.phase != ACCEPTED:
        raise WrongStateError(state=open_.task.state)
    if not reason:
        raise InvalidInputError({"reason": "Please give the reason."})
    declined = figures_service.decline(session, task_id, reason, now)
    if not declined:
        raise WrongStateError("There is no correction to decide about.")
    touch(open_, now)
    details = {"declined": {row.figure: str(row.number) for row in declined}}
    record_task(session, open_, actor, now, "decline_figures", note=reason, details=details)
    announce(session, actor, open_.task, CORRECTION, now, decision="declined", note=reason)
    return open_.task


def _check_may_ask(open_: OpenTask) -> None:
    if EXECUTOR not in open_.roles:
        raise NotAllowedError
    if not is_open(open_.activity):
        raise WrongStateError("The activity is suspended or withdrawn; nothing is owed here now.")
    if open_.task.phase not in ASKABLE:
        raise WrongStateError("While the task is in work its figures are simply given again.")
