"""Counts of tasks. The same conditions count on the dashboard and choose in the lists that it opens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.domain.overdue import is_overdue
from app.models import Task
from workflows.definition import ACCEPTED, OFF, OWING, REVIEW

#: days that "due soon" looks ahead
SOON_DAYS = 14

_TODAY: BindParameter[date] = bindparam("today", type_=Date)
_SOON: BindParameter[date] = bindparam("soon", type_=Date)
# Written into the statement, not bound: a prepared plan cannot see that a parameter fits a partial index.
_OWING = literal(OWING, literal_execute=True)
_REVIEW = literal(REVIEW, literal_execute=True)
_NOT_LATE = or_(Task.due >= _TODAY, Task.due.is_(None))

#: name of a selection → its condition, over `Task` and the parameters `today` and `soon`. The
#: phases are literals so that the partial indexes apply.
SELECTIONS: dict[str, ColumnElement[bool]] = {
    "overdue": and_(Task.phase == _OWING, is_overdue(Task.phase, Task.due, _TODAY)),
    "soon": and_(Task.phase == _OWING, Task.due >= _TODAY, Task.due <= _SOON),
    "review": Task.phase == _REVIEW,
    "working": and_(Task.phase == _OWING, Task.state != "planned", _NOT_LATE),
    "planned": and_(Task.phase == _OWING, Task.state == "planned", _NOT_LATE),
    "returned": and_(Task.phase == _OWING, Task.state == "returned"),
    "accepted": Task.phase == ACCEPTED,
    "off": Task.phase == OFF,
    "all": Task.id.is_not(None),
}
#: the selections that share a plan's tasks out without overlap
SHARES = ("accepted", "review", "working", "overdue", "planned", "off")


def moment(today: date) -> dict[str, date]:
    """The parameters of the conditions."""
    return {"today": today, "soon": today + timedelta(days=SOON_DAYS)}


def counted(*names: str) -> list[ColumnElement[Any]]:
    """Columns that count the tasks of each selection, for an aggregate statement."""
    return [func.coalesce(func.sum(cast(SELECTIONS[name], Integer)), 0).label(name) for name in names]


_BADGES: Select[Any] = select(*counted("overdue", "review", "returned")).where(
    Task.phase.in_((OWING, REVIEW))
)


class Badges(NamedTuple):
    """What the navigation shows beside its words."""

    overdue: int
    review: int
    returned: int


def badges(session: Session, plan_id: int, today: date, organization_id: int | None) -> Badges:
    """Counts for the whole plan, or for one organisation's tasks."""
    statement = _BADGES.where(Task.plan_id == plan_id)
    if organization_id is not None:
        statement = statement.where(Task.organization_id == organization_id)
    return Badges(*session.execute(statement, moment(today)).one())
