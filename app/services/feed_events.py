"""The occurrences of a calendar: what each says now, and since when it has said so.

An occurrence without a date is in no calendar: a request that waits for nobody's day has none.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam, case, cast, func, select
from sqlalchemy.orm import Session, aliased

from app.models import (
    Activity,
    ActivityIndicator,
    Indicator,
    Occurrence,
    Organization,
    Row,
    Section,
    Task,
)
from app.services.counters import SELECTIONS, counted, moment
from app.services.feed_scopes import ACTIVITY, INDICATOR, ORGANIZATION, REVIEW, SECTION, Scope
from workflows.definition import ACCEPTED, OFF
from workflows.definition import REVIEW as REVIEW_PHASE

#: what has been withdrawn is shown as cancelled for this long, so that every client takes it off
WITHDRAWN_SHOWN = timedelta(days=30)

WINDOW = "window"
DUE = "due"
#: what an event covers: all days of the window, or the due day alone
SHOWN = (WINDOW, DUE)
#: room between two stored revisions for the midnights in between at which lateness grew
_MIDNIGHTS = 10_000


class CalendarOccurrence(NamedTuple):
    """An occurrence with the tasks of its scope: all of them, or one organisation's own.

    Dates are of the plan's time zone. `due` is the earliest date in force of what is still wanted; None
    only where occurrences without a date were asked for.
    """

    id: int
    #: how often its words were changed, and when last; its tasks count their own changes
    worded: int
    worded_at: datetime
    created_at: datetime
    label_ru: str
    label_en: str
    window_start: date | None
    code: str
    short_title: str
    gloss_en: str
    workflow: str
    activity_state: str
    section: int
    section_title: str
    section_gloss: str
    deadline: str
    contact: str
    contact_gloss: str
    tasks: int
    off: int
    accepted: int
    review: int
    overdue: int
    started: int
    gone: int
    extended: int
    due: date | None
    due_first: date | None
    #: the earliest due date among the overdue
    overdue_due: date | None
    #: how often its tasks were changed, all together, and when one of them was last
    versions: int
    changed_at: datetime
    #: the last one's, when all have been handed in
    submitted_at: datetime | None
    #: of the only task, when there is one
    task_id: int
    task_version: int
    state: str
    organization: str
    organization_gloss: str
    #: the day that it is looked at
    today: date

    @property
    def wanted(self) -> int:
        """How many tasks count: all but those that were taken off control."""
        return self.tasks - self.off

    @property
    def done(self) -> bool:
        return 0 < self.wanted == self.accepted

    @property
    def handed_in(self) -> bool:
        """Nobody owes anything here any more: it is accepted, or waits for the controller."""
        return 0 < self.wanted == self.accepted + self.review

    @property
    def suspended(self) -> bool:
        """For the time being nothing is wanted; what was withdrawn before stays so."""
        return self.wanted == 0 and self.activity_state == "suspended" and self.gone < self.tasks

    @property
    def withdrawn(self) -> bool:
        return self.wanted == 0 and not self.suspended

    @property
    def kind(self) -> str:
        """Where it stands, in the words of the screens: overdue, done, review, returned, progress …"""
        if not self.wanted:
            return "off"
        if self.overdue:
            return "overdue"
        if self.done:
            return "done"
        if self.tasks == 1 and self.state == "returned":
            return "returned"
        if self.review == self.wanted - self.accepted:
            return "review"
        return "progress" if self.started else "planned"

    @property
    def overdue_since(self) -> date | None:
        """The first day that counted as overdue."""
        return self.overdue_due + timedelta(days=1) if self.overdue_due else None

    @property
    def days_late(self) -> int:
        """Whole days since the earliest due date that was missed; 0: nothing is overdue."""
        return (self.today - self.overdue_due).days if self.overdue_due else 0

    @property
    def revision(self) -> int:
        """Grows with every stored change of the words and of the tasks that this scope tells of."""
        return self.worded + self.versions

    @property
    def revised_at(self) -> datetime:
        return max(self.worded_at, self.changed_at)

    @property
    def sequence(self) -> int:
        """Grows with every stored revision, and between two of them with every day of lateness."""
        return self.revision * _MIDNIGHTS + self.days_late

    def revised(self, zone: ZoneInfo) -> datetime:
        """When it came to say what it says: a stored change, or the midnight that made it a day later."""
        if not self.overdue:
            return self.revised_at
        return max(self.revised_at, datetime.combine(self.today, time(), zone))

    def days(self, shown: str) -> tuple[date, date]:
        """The first and the last day of the event. Raises ValueError where there is no date."""
        if self.due is None:
            raise ValueError("an occurrence without a date is no event")
        if shown == DUE or self.window_start is None:
            return self.due, self.due
        return min(self.window_start, self.due), self.due

    def is_shown(self, today: date, zone: ZoneInfo) -> bool:
        """Withdrawn ones leave after a while."""
        return not self.withdrawn or today <= self.changed_at.astimezone(zone).date() + WITHDRAWN_SHOWN


_PLAN_ID: BindParameter[int] = bindparam("plan_id", type_=Integer)
_ORGANIZATION: BindParameter[str] = bindparam("organization")
_OVERDUE = SELECTIONS["overdue"]


def _number(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)


def _statement(*, own: bool, undated: bool = False) -> Select[*tuple[Any, ...]]:
    tasks = select(
        Task.occurrence_id,
        func.count().label("tasks"),
        *counted("off", "accepted", "review", "overdue"),
        _number(Task.state != "planned").label("started"),
        _number(Task.state == "withdrawn").label("gone"),
        _number((Task.due > Task.due_first) & (Task.phase != OFF)).label("extended"),
        func.coalesce(func.min(case((Task.phase != OFF, Task.due))), func.min(Task.due)).label("due"),
        func.min(Task.due_first).label("due_first"),
        func.min(case((_OVERDUE, Task.due))).label("overdue_due"),
        func.sum(Task.version).label("versions"),
        func.max(Task.changed_at).label("changed_at"),
        func.max(case((Task.phase.in_((ACCEPTED, REVIEW_PHASE)), Task.submitted_at))).label("submitted_at"),
        func.max(Task.id).label("task_id"),
        func.max(Task.version).label("task_version"),
        func.max(Task.state).label("state"),
        func.max(Task.organization_id).label("organization_id"),
    ).where(Task.plan_id == _PLAN_ID)
    if own:
        tasks = tasks.where(
            Task.organization_id
            == select(Organization.id).where(Organization.key == _ORGANIZATION).scalar_subquery()
        )
    counts = tasks.group_by(Task.occurrence_id).subquery()
    contact, executor = aliased(Organization), aliased(Organization)
    statement = (
        select(
            Occurrence.id,
            Occurrence.revision,
            Occurrence.revised_at,
            Occurrence.created_at,
            Occurrence.label_ru,
            Occurrence.label_en,
            Occurrence.window_start,
            Activity.code,
            Activity.short_title,
            Activity.gloss_en,
            Activity.workflow,
            Activity.state,
            Section.number,
            Section.short_title,
            Section.gloss_en,
            Row.deadline,
            func.coalesce(contact.short_name, ""),
            func.coalesce(contact.gloss_en, ""),
            counts.c.tasks,
            counts.c.off,
            counts.c.accepted,
            counts.c.review,
            counts.c.overdue,
            counts.c.started,
            counts.c.gone,
            counts.c.extended,
            counts.c.due,
            counts.c.due_first,
            counts.c.overdue_due,
            counts.c.versions,
            counts.c.changed_at,
            counts.c.submitted_at,
            counts.c.task_id,
            counts.c.task_version,
            counts.c.state,
            executor.short_name,
            executor.gloss_en,
        )
        .join(counts, counts.c.occurrence_id == Occurrence.id)
        .join(executor, executor.id == counts.c.organization_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Section, Section.id == Activity.section_id)
        .join(Row, Row.id == Activity.row_id)
        .outerjoin(contact, contact.id == func.coalesce(Activity.coordinator_id, Activity.lead_id))
        .where(Occurrence.plan_id == _PLAN_ID)
        .order_by(Activity.position, Occurrence.position, Occurrence.id)
    )
    return statement if undated else statement.where(counts.c.due.is_not(None))


_WIDE = _statement(own=False)
_OWN = _statement(own=True)
_OWN_AND_UNDATED = _statement(own=True, undated=True)
_MOVING = (
    select(ActivityIndicator.activity_id)
    .join(Indicator, Indicator.id == ActivityIndicator.indicator_id)
    .where(Indicator.plan_id == _PLAN_ID, Indicator.number == bindparam("indicator", type_=Integer))
)
_IN_REVIEW = select(Task.occurrence_id).where(Task.plan_id == _PLAN_ID, SELECTIONS["review"])


def occurrences(
    session: Session,
    plan_id: int,
    scope: Scope,
    *,
    today: date,
    zone: ZoneInfo,
    occurrence_id: int | None = None,
    undated: bool = False,
    withdrawn_too: bool = False,
) -> list[CalendarOccurrence]:
    """What a calendar of that scope shows on that day, in the order of the plan, in one statement.

    An organisation's scope speaks of its own task in each occurrence, the others count all tasks. Those
    without a date come along where an organisation's `undated` ones are asked for; what was withdrawn leaves
    after WITHDRAWN_SHOWN, unless it is asked for too.
    """
    parameters: dict[str, Any] = {"plan_id": plan_id, **moment(today)}
    statement = _WIDE
    if scope.kind == ORGANIZATION:
        statement, parameters["organization"] = _OWN_AND_UNDATED if undated else _OWN, scope.key
    elif scope.kind == SECTION:
        statement = statement.where(Section.number == int(scope.key))
    elif scope.kind == ACTIVITY:
        statement = statement.where(Activity.code == scope.key)
    elif scope.kind == INDICATOR:
        statement, parameters["indicator"] = statement.where(Activity.id.in_(_MOVING)), int(scope.key)
    elif scope.kind == REVIEW:
        statement = statement.where(Occurrence.id.in_(_IN_REVIEW))
    if occurrence_id is not None:
        statement = statement.where(Occurrence.id == occurrence_id)
    found = (CalendarOccurrence._make((*row, today)) for row in session.execute(statement, parameters))
    return [each for each in found if withdrawn_too or each.is_shown(today, zone)]
