"""My tasks: what an organisation owes, by when, what proves it, and what the controller has said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.overdue import LATER, NO_DATE, OVERDUE, TODAY, WEEK, Lateness, due_group
from app.domain.schedule import days_left
from app.models import (
    Activity,
    Extension,
    FigureField,
    Occurrence,
    Organization,
    Participation,
    Person,
    Reminder,
    Requirement,
    Task,
)
from app.services.plans import PlanInfo
from app.services.task_list import TaskLine, task_lines
from workflows.definition import ACCEPTED, OFF, OWING, REVIEW

#: groups of the page, in its order; a task stands in one
THIS_WEEK = "week"
RETURNED = "returned"
UNDER_REVIEW = "review"
DONE = "done"
GROUPS = (OVERDUE, THIS_WEEK, RETURNED, LATER, NO_DATE, UNDER_REVIEW, DONE)

#: lines of these groups until the whole group is asked for
FEW = {LATER: 5, DONE: 0}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Proof(NamedTuple):
    """Something that a task asks for."""

    label_ru: str
    label_en: str
    required: bool


class Reminded(NamedTuple):
    """A reminder of something that is still owed, which nobody in the organisation has read yet."""

    task_id: int
    code: str
    short_title: str
    gloss_en: str
    label_ru: str
    label_en: str
    at: datetime
    person: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """A task with what its line says beside it."""

    task: TaskLine
    group: str
    #: calendar days until the due date, negative afterwards; None without one
    left: int | None
    lateness: Lateness | None
    proofs: tuple[Proof, ...]
    #: figures are asked for
    figures: bool
    #: the obvious next step: again | mark | begins | wait; "" for what is done
    action: str
    #: a later date has been asked for and nobody has decided yet
    date_asked: date | None

    @property
    def required(self) -> list[Proof]:
        """What must be attached."""
        return [proof for proof in self.proofs if proof.required]


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of a group, and how many tasks it holds in all."""

    lines: list[Line]
    total: int

    @property
    def more(self) -> int:
        """How many are not among the lines."""
        return self.total - len(self.lines)


@dataclass(frozen=True, slots=True)
class MyTasks:
    """The page: its groups that hold something, in order."""

    #: short name and gloss of the organisation
    short_name: str
    gloss_en: str
    groups: dict[str, Group]
    #: codes of the activities on request that the organisation takes part in
    on_request: list[str] = field(default_factory=list)

    @property
    def asks_figures(self) -> bool:
        """Some task that may be worked on now asks for figures."""
        lines = (line for group in self.groups.values() for line in group.lines)
        return any(line.figures and line.action in {"again", "mark"} for line in lines)

    @property
    def owing(self) -> int:
        """How many tasks the organisation owes, now or later."""
        return self._count(OVERDUE, THIS_WEEK, RETURNED, LATER, NO_DATE)

    @property
    def urgent(self) -> int:
        """How many of them are overdue, due this week or returned."""
        return self._count(OVERDUE, THIS_WEEK, RETURNED)

    def _count(self, *names: str) -> int:
        return sum(self.groups[name].total for name in names if name in self.groups)


_PROOFS: Select[*tuple[Any, ...]] = (
    select(Requirement.activity_id, Requirement.label_ru, Requirement.label_en, Requirement.required)
    .where(Requirement.activity_id.in_(bindparam("activities", expanding=True)))
    .order_by(Requirement.activity_id, Requirement.position)
)
_FIGURES = select(FigureField.activity_id, FigureField.cohort).distinct()
_UNREAD: Select[*tuple[Any, ...]] = (
    select(
        *(Task.id, Activity.code, Activity.short_title, Activity.gloss_en),
        *(Occurrence.label_ru, Occurrence.label_en, Reminder.sent_at, Person.name, Reminder.note),
    )
    .join(Task, Task.id == Reminder.task_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Person, Person.id == Reminder.person_id)
    .where(
        Task.plan_id == bindparam("plan"),
        Task.organization_id == bindparam("organization"),
        Task.phase == OWING,
        Reminder.seen_at.is_(None),
    )
    .order_by(Reminder.id.desc())
)
_ASKED = (
    select(Extension.task_id, Extension.due_asked)
    .join(Task, Task.id == Extension.task_id)
    .where(Task.organization_id == bindparam("organization"), Extension.state == "requested")
)
#: the organisation, once for each activity on request that it takes part in
_HOUSE: Select[*tuple[Any, ...]] = (
    select(Organization.short_name, Organization.gloss_en, Activity.code)
    .outerjoin(Participation, Participation.organization_id == Organization.id)
    .outerjoin(
        Activity,
        (Activity.id == Participation.activity_id)
        & (Activity.workflow == "request")
        & (Activity.plan_id == bindparam("plan")),
    )
    .where(Organization.id == bindparam("organization"))
    .order_by(Activity.position)
)


def my_tasks(
    session: Session, plan: PlanInfo, organization_id: int, today: date, *, whole: str = ""
) -> MyTasks:
    """The tasks of an organisation in groups; withdrawn and suspended ones are left out.

    `whole` names a group of which every task is wanted. Five statements, however many tasks there are.
    """
    tasks = task_lines(session, plan, today, organization_id=organization_id)
    grouped = _grouped(tasks, today)
    shown = {
        name: group if name == whole or len(group) <= FEW.get(name, len(group)) else group[: FEW[name]]
        for name, group in grouped.items()
    }
    scope = {"organization": organization_id, "plan": plan.id}
    shape = _Shape(
        plan,
        today,
        _proofs(session, {task.activity_id for group in shown.values() for task in group}),
        {tuple(row) for row in session.execute(_FIGURES)},
        dict(session.execute(_ASKED, scope).all()),
    )
    houses = session.execute(_HOUSE, scope).all()
    return MyTasks(
        short_name=houses[0].short_name,
        gloss_en=houses[0].gloss_en,
        groups={
            name: Group([shape.line(task, name) for task in group], len(grouped[name]))
            for name, group in shown.items()
        },
        on_request=[row.code for row in houses if row.code],
    )


def unread(session: Session, plan_id: int, organization_id: int) -> dict[int, list[Reminded]]:
    """The reminders that an organisation has not read, by task; the newest first."""
    found: dict[int, list[Reminded]] = {}
    for row in session.execute(_UNREAD, {"plan": plan_id, "organization": organization_id}):
        found.setdefault(row[0], []).append(Reminded(*row))
    return found


def _grouped(tasks: Iterable[TaskLine], today: date) -> dict[str, list[TaskLine]]:
    found: dict[str, list[TaskLine]] = {name: [] for name in GROUPS}
    for task in tasks:
        if task.phase != OFF:
            found[group_of(task, today)].append(task)
    found[DONE].sort(key=lambda task: (task.accepted_at or _LONG_AGO, task.id), reverse=True)
    return {name: group for name, group in found.items() if group}


def group_of(task: TaskLine, today: date) -> str:
    """The group of a task. What is overdue stands there even when it was returned."""
    if task.phase == ACCEPTED:
        return DONE
    if task.phase == REVIEW:
        return UNDER_REVIEW
    group = due_group(task.phase, task.due, today)
    if group == OVERDUE:
        return OVERDUE
    if task.state == RETURNED:
        return RETURNED
    return THIS_WEEK if group in {TODAY, WEEK} else group


@dataclass(frozen=True, slots=True)
class _Shape:
    plan: PlanInfo
    today: date
    proofs: Mapping[int, tuple[Proof, ...]]
    #: activity and cohort ("" for all) that ask for figures
    figures: set[tuple[Any, ...]]
    asked: Mapping[int, date]

    def line(self, task: TaskLine, group: str) -> Line:
        return Line(
            task=task,
            group=group,
            left=days_left(task.due, self.today) if task.due else None,
            lateness=task.lateness(self.today, self.plan),
            proofs=self.proofs.get(task.activity_id, ()),
            figures=bool({(task.activity_id, ""), (task.activity_id, task.cohort)} & self.figures),
            action=self._action(task, group),
            date_asked=self.asked.get(task.id),
        )

    def _action(self, task: TaskLine, group: str) -> str:
        if task.phase != OWING:
            return "wait" if group == UNDER_REVIEW else ""
        if task.state == RETURNED:
            return "again"
        begun = task.window_start is None or task.window_start <= self.today
        return "mark" if begun or group != LATER else "begins"


def _proofs(session: Session, activities: set[int]) -> dict[int, tuple[Proof, ...]]:
    found: dict[int, list[Proof]] = {}
    for row in session.execute(_PROOFS, {"activities": sorted(activities)}):
        found.setdefault(row.activity_id, []).append(Proof(row.label_ru, row.label_en, row.required))
    return {activity_id: tuple(proofs) for activity_id, proofs in found.items()}
