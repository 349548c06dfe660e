"""The period of a report: what is due within it, counted by the services that count the whole plan."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, bindparam, delete, not_, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError
from app.models import Activity, Occurrence, Row, Task


class Period(NamedTuple):
    """From a day to a day, both inclusive, in the plan's time zone."""

    start: date
    end: date


_START, _END = bindparam("start", type_=Date), bindparam("end", type_=Date)
_NOT_DUE = delete(Task).where(or_(Task.due.is_(None), not_(Task.due.between(_START, _END))))
#: what is left without a task, from below to above
_EMPTY = (
    delete(Occurrence).where(Occurrence.id.not_in(select(Task.occurrence_id))),
    delete(Activity).where(Activity.id.not_in(select(Task.activity_id))),
    delete(Row).where(Row.id.not_in(select(Activity.row_id))),
)


def period_between(start: date | None, end: date | None) -> Period | None:
    """The period that a form names; None for the whole plan. Raises InvalidInputError."""
    if start is None and end is None:
        return None
    if start is None:
        raise InvalidInputError({"period_start": "Please name the first day of the period too."})
    if end is None:
        raise InvalidInputError({"period_end": "Please name the last day of the period too."})
    if end < start:
        raise InvalidInputError({"period_end": "The period ends before it begins."})
    return Period(start, end)


def keep_period(then: Session, period: Period) -> None:
    """Leave of a copy of a plan only the tasks whose date in force lies in the period, and their activities
    and rows; what has no deadline belongs to no period.

    So every service that reads counts the period, by the statements that it counts the whole plan with. Only
    for a session of `services.past`, whose database is a copy of its own.
    """
    connection = then.connection()
    connection.exec_driver_sql("PRAGMA query_only=OFF")
    then.execute(_NOT_DUE, {"start": period.start, "end": period.end}, execution_options=_PLAINLY)
    for statement in _EMPTY:
        then.execute(statement, execution_options=_PLAINLY)
    connection.exec_driver_sql("PRAGMA query_only=ON")


_PLAINLY = {"synchronize_session": False}
