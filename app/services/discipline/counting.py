"""Discipline by organisation: `app.domain.discipline` counted by the database, all tasks in one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.discipline import EXCLUDED, LATE, ON_TIME, OPEN, OVERDUE, Discipline
from app.domain.overdue import is_overdue
from app.models import Organization, Task
from workflows.definition import ACCEPTED, OFF, OWING, REVIEW

_TODAY = bindparam("today", type_=Date)
#: the fields of `Discipline`, in their order
_CATEGORIES = (ON_TIME, LATE, OVERDUE, OPEN, EXCLUDED)


class OrganizationDiscipline(NamedTuple):
    """How an organisation keeps its dates."""

    key: str
    short_name: str
    gloss_en: str
    #: against the dates in force; an extension granted after the lapse moves none of them
    in_force: Discipline
    #: against the dates before any extension
    first: Discipline


def _conditions(due: InstrumentedAttribute[date | None]) -> dict[str, ColumnElement[bool]]:
    """`TaskOutcome.category` as conditions over `Task`."""
    overdue = and_(due.is_not(None), is_overdue(Task.phase, due, _TODAY))
    return {
        ON_TIME: and_(Task.phase == ACCEPTED, due.is_not(None), Task.submitted_on <= due),
        LATE: and_(Task.phase == ACCEPTED, due.is_not(None), Task.submitted_on > due),
        OVERDUE: overdue,
        OPEN: or_(Task.phase == REVIEW, and_(Task.phase == OWING, ~overdue)),
        EXCLUDED: or_(Task.phase == OFF, and_(Task.phase == ACCEPTED, due.is_(None))),
    }


def _category(due: InstrumentedAttribute[date | None], label: str) -> ColumnElement[str | None]:
    return case(*((condition, name) for name, condition in _conditions(due).items())).label(label)


#: added up by organisation and category first, then named
_TASKS = (
    select(
        Task.organization_id,
        _category(Task.due_scored, "in_force"),
        _category(Task.due_first, "first"),
        func.count().label("tasks"),
    )
    .where(Task.plan_id == bindparam("plan_id"))
    .group_by(Task.organization_id, "in_force", "first")
    .subquery()
)
_LINES = (
    select(
        Organization.key,
        Organization.short_name,
        Organization.gloss_en,
        _TASKS.c.in_force,
        _TASKS.c.first,
        _TASKS.c.tasks,
    )
    .join(_TASKS, _TASKS.c.organization_id == Organization.id)
    .order_by(Organization.position)
)


def discipline_lines(session: Session, plan_id: int, today: date) -> list[OrganizationDiscipline]:
    """Every organisation that answers for a task of the plan, the worst first.

    Organisations of which nothing has fallen due stand at the end, in the order of the plan.
    """
    counts: dict[tuple[str, str, str], tuple[Counter[str], Counter[str]]] = {}
    for key, short_name, gloss, in_force, first, tasks in session.execute(
        _LINES, {"plan_id": plan_id, "today": today}
    ):
        counted = counts.setdefault((key, short_name, gloss), (Counter(), Counter()))
        counted[0][in_force] += int(tasks)
        counted[1][first] += int(tasks)
    lines = [
        OrganizationDiscipline(*names, _discipline(in_force), _discipline(first))
        for names, (in_force, first) in counts.items()
    ]
    return sorted(lines, key=_worst_first)


def _discipline(counts: Counter[str]) -> Discipline:
    return Discipline(*(counts[name] for name in _CATEGORIES))


def pooled(lines: Iterable[OrganizationDiscipline]) -> tuple[Discipline, Discipline]:
    """All of them together: in force, and against the first dates. Counts are added, never shares."""
    in_force, first = Discipline(), Discipline()
    for line in lines:
        in_force, first = in_force + line.in_force, first + line.first
    return in_force, first


def _worst_first(line: OrganizationDiscipline) -> tuple[float, int, int]:
    share = line.in_force.share
    return (2 if share is None else float(share), -line.in_force.overdue, -line.in_force.denominator)
