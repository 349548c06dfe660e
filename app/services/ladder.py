"""The ladder of reminders: each step of each task once, whatever restarts or runs twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from app.domain.ladder import FAMILIES, HEAD, Ladder, Step, checked_ladder, horizon, ladder_of, reached, told
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE, Actor
from app.models import Activity, LadderStep, Notice, Person, Plan, Task
from app.services.changes import ask_administrator, check_fresh, difference
from app.services.delegations import in_force
from app.services.journal import hold, record
from app.services.plans import plan_by_id
from workflows.definition import CONTROLLER, COORDINATOR, EXECUTOR, OWING

#: tasks of one transaction; whoever changes the plan waits no longer than for these
BATCH = 1000


class Climbed(NamedTuple):
    """What one batch did: the id to go on after (None: it was the last one), steps taken, notices written."""

    last: int | None
    steps: int
    notices: int


def climb(session: Session, plan_id: int, now: datetime, after: int = 0) -> Climbed:
    """Take the steps that the tasks of a plan with ids greater than `after` have reached by today.

    1. Take the plan, so that consumers come one after another, and none while a task is being changed.
    2. Find what is owed, and which of its steps were taken for the date in force; an extension begins anew.
    3. Record every step that was reached since. 4. Of these tell the latest one alone: a job that did not
    run for days sends no burst, and what was announced yesterday is not announced after its day.
    5. What the same ladder said of the task before counts as read.
    Nine statements a batch. Raises NotFoundError for a plan that is not there.
    """
    hold(session, plan_id)
    plan = plan_by_id(session, plan_id)
    today = plan.today(now)
    ladder = ladder_of(session.scalars(select(Plan.ladder).where(Plan.id == plan_id)).one())
    if not ladder.steps:
        return Climbed(None, 0, 0)
    until = horizon(ladder, today, plan.calendar)
    tasks = session.execute(
        select(Task.id, Task.organization_id, Task.phase, Task.due, Activity.coordinator_id)
        .join(Activity, Activity.id == Task.activity_id)
        .where(
            *(Task.plan_id == plan_id, Task.phase == OWING, Task.due <= until, Task.id > after),
            ~_taken(ladder.steps[-1]),
        )
        .order_by(Task.id)
        .limit(BATCH)
    ).all()
    taken = _steps_taken(session, [task.id for task in tasks])
    people = _People(session, today)
    steps: list[dict[str, Any]] = []
    notices: list[dict[str, Any]] = []
    for task in tasks:
        climbed = reached(ladder, task.phase, task.due, today, plan.calendar)
        new = [step for step in climbed if step.name not in taken.get(task.id, ())]
        steps += ({"task_id": task.id, "due": task.due, "step": step.name, "taken_at": now} for step in new)
        if new and new[-1] == climbed[-1]:
            details = {"due": task.due.isoformat(), "step": new[-1].days, "days": (today - task.due).days}
            notices += (
                {
                    **{"person_id": person, "plan_id": plan_id, "task_id": task.id},
                    **{"kind": new[-1].family, "details": details, "created_at": now},
                }
                for person in people.told(ladder, new[-1], task)
            )
    _write(session, steps, notices, now)
    last = tasks[-1].id if len(tasks) == BATCH else None
    return Climbed(last, len(steps), len(notices))


def ladder_values(session: Session, plan_id: int) -> dict[str, Any]:
    """The ladder of a plan as a form shows it: `before` and `after` as lists of days, and `due`."""
    return ladder_of(session.scalars(select(Plan.ladder).where(Plan.id == plan_id)).one()).as_record()


def set_ladder(
    session: Session,
    actor: Actor,
    plan_id: int,
    *,
    before: Sequence[int],
    due: bool,
    after: Sequence[int],
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change when a plan reminds.

    `seen` is the fingerprint of the values that the form showed. Raises NotAllowedError, NotFoundError,
    ConflictError, InvalidInputError.
    """
    ask_administrator(actor)
    wanted = checked_ladder(before, due, after).as_record()
    hold(session, plan_id)
    present = ladder_values(session, plan_id)
    check_fresh(present, seen)
    if details := difference(present, wanted):
        session.execute(update(Plan).where(Plan.id == plan_id).values(ladder=wanted))
        record(
            *(session, plan_id, actor, now),
            subject="plan",
            subject_id=plan_id,
            action="ladder",
            details=details,
        )


class _People:
    """Who can be told: the active people by organisation, those who head it apart, and the controllers.

    Who acts for one of them today stands beside it.
    """

    def __init__(self, session: Session, today: date) -> None:
        self.of: dict[int | None, list[int]] = {}
        self.heads: dict[int, list[int]] = {}
        self.controllers: list[int] = []
        for person_id, role, organization_id, heads in session.execute(
            select(Person.id, Person.role, Person.organization_id, Person.heads)
            .where(Person.active)
            .order_by(Person.id)
        ):
            if role == CONTROLLER_ROLE:
                self.controllers.append(person_id)
            elif role == EXECUTOR_ROLE and organization_id is not None:
                (self.heads if heads else self.of).setdefault(organization_id, []).append(person_id)
        for organization_id, alone in self.heads.items():
            # A head who has nobody does the work too.
            self.of.setdefault(organization_id, alone)
        deputies = in_force(session, today)
        for circle in (*self.of.values(), *self.heads.values(), self.controllers):
            circle += [each.deputy_id for absent in tuple(circle) for each in deputies.get(absent, ())]

    def told(self, ladder: Ladder, step: Step, task: Any) -> Iterable[int]:
        """Each person once, though it may belong to the executor and coordinate too."""
        circle = told(ladder, step)
        found: list[int] = []
        if EXECUTOR in circle:
            found += self.of.get(task.organization_id, ())
        if HEAD in circle:
            found += self.heads.get(task.organization_id, ())
        if COORDINATOR in circle and task.coordinator_id is not None:
            found += self.of.get(task.coordinator_id, ())
        if CONTROLLER in circle:
            found += self.controllers
        return dict.fromkeys(found)


def _taken(step: Step) -> Any:
    """Whether a task has taken a step for its date in force."""
    return exists().where(
        LadderStep.task_id == Task.id, LadderStep.due == Task.due, LadderStep.step == step.name
    )


def _steps_taken(session: Session, task_ids: Sequence[int]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = {}
    for task_id, name in session.execute(
        select(LadderStep.task_id, LadderStep.step)
        .join(Task, (Task.id == LadderStep.task_id) & (Task.due == LadderStep.due))
        .where(LadderStep.task_id.in_(task_ids))
    ):
        found.setdefault(task_id, set()).add(name)
    return found


def _write(
    session: Session, steps: list[dict[str, Any]], notices: list[dict[str, Any]], now: datetime
) -> None:
    if steps:
        session.execute(insert(LadderStep), steps)
    if notices:
        session.execute(
            update(Notice)
            .where(
                Notice.task_id.in_({notice["task_id"] for notice in notices}),
                Notice.kind.in_(FAMILIES),
                Notice.read_at.is_(None),
            )
            .values(read_at=now)
            .execution_options(synchronize_session=False)
        )
        session.execute(insert(Notice), notices)
