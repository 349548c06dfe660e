"""The rows of one plan, read as they stand now and written into a database of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Table, and_, bindparam, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db import Base, UtcDateTime
from app.models import (
    Activity,
    ActivityIndicator,
    Evidence,
    Extension,
    FigureField,
    Indicator,
    IndicatorSource,
    JournalEntry,
    JournalHead,
    Measurement,
    Occurrence,
    Organization,
    Participation,
    Person,
    Plan,
    Reminder,
    Requirement,
    Row,
    SearchText,
    Section,
    Task,
)
from app.services import search_index
from app.services.plans import PlanInfo

#: a row by the names of its columns
Values = dict[str, Any]

_PLAN = bindparam("plan_id", type_=Integer)
_END = bindparam("end", type_=UtcDateTime())


def _of_activity(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return column.in_(select(Activity.id).where(Activity.plan_id == _PLAN))


def _of_task(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return column.in_(select(Task.id).where(Task.plan_id == _PLAN))


def _words(kind: str, table: type[Activity | Occurrence | Task]) -> ColumnElement[bool]:
    own = select(table.id).where(table.plan_id == _PLAN)
    return and_(SearchText.kind == kind, SearchText.subject_id.in_(own))


#: what is copied, in an order that each row's references allow, and which rows; those that carry the instant
#: at which they came are left out when it had not come yet
_SCOPES: dict[type[Base], tuple[ColumnElement[bool], ...]] = {
    Organization: (),
    Person: (),
    Plan: (Plan.id == _PLAN,),
    JournalHead: (JournalHead.plan_id == _PLAN,),
    JournalEntry: (JournalEntry.plan_id == _PLAN, JournalEntry.at < _END),
    Section: (Section.plan_id == _PLAN,),
    Row: (Row.plan_id == _PLAN,),
    Activity: (Activity.plan_id == _PLAN,),
    Requirement: (_of_activity(Requirement.activity_id),),
    Participation: (_of_activity(Participation.activity_id),),
    FigureField: (_of_activity(FigureField.activity_id),),
    Indicator: (Indicator.plan_id == _PLAN,),
    IndicatorSource: (_of_activity(IndicatorSource.activity_id),),
    ActivityIndicator: (_of_activity(ActivityIndicator.activity_id),),
    Occurrence: (Occurrence.plan_id == _PLAN,),
    Task: (Task.plan_id == _PLAN,),
    Evidence: (_of_task(Evidence.task_id), Evidence.created_at < _END),
    Extension: (Extension.plan_id == _PLAN, Extension.asked_at < _END),
    Reminder: (_of_task(Reminder.task_id), Reminder.sent_at < _END),
    Measurement: (Measurement.plan_id == _PLAN, Measurement.created_at < _END),
    # what a list of tasks can be narrowed by
    SearchText: (
        or_(
            SearchText.kind == search_index.ORGANIZATION,
            _words(search_index.ACTIVITY, Activity),
            _words(search_index.OCCURRENCE, Occurrence),
            _words(search_index.TASK, Task),
        ),
    ),
}
_READ = {
    table: select(*table.__table__.columns).where(*scope).order_by(*table.__table__.primary_key)
    for table, scope in _SCOPES.items()
}
_LATER = (
    select(*JournalEntry.__table__.columns)
    .where(JournalEntry.plan_id == _PLAN, JournalEntry.at >= _END)
    .order_by(JournalEntry.position)
)
#: what no reader of the past needs
_WITHHELD = {"password_hash": "", "email": ""}


class Copy:
    """The rows of a plan that were there at an instant, and the entries of its journal from then on.

    `end` is the first instant that is too late. The rows are as they stand now until they are rewound.
    """

    def __init__(self, session: Session, plan: PlanInfo, end: datetime) -> None:
        self.plan = plan
        self.end = end
        scope = {"plan_id": plan.id, "end": end}
        self._rows: dict[type[Base], list[Values]] = {
            table: [dict(row) for row in session.execute(statement, scope).mappings()]
            for table, statement in _READ.items()
        }
        self.later: list[Any] = list(session.execute(_LATER, scope))
        for person in self._rows[Person]:
            person |= _WITHHELD

    def rows(self, table: type[Base]) -> list[Values]:
        """The rows of a table, to be changed in place."""
        return self._rows[table]

    def keep(self, table: type[Base], kept: Callable[[Values], bool]) -> None:
        """Leave out the rows that were not there."""
        self._rows[table] = [row for row in self._rows[table] if kept(row)]

    @property
    def tables(self) -> dict[str, type[Base]]:
        """The tables that are copied, by name."""
        return {table.__tablename__: table for table in self._rows}

    def write(self, connection: Connection) -> None:
        """Put the rows into an empty database."""
        for table, rows in self._rows.items():
            if rows:
                made: Table = table.__table__  # type: ignore[assignment]
                connection.execute(insert(made), rows)
