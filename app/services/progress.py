"""How far activities and their occurrences have come: two statements behind the plan and the timeline."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Select, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from app.domain.overdue import is_overdue
from app.models import Activity, Occurrence, Organization, Section, Task
from workflows.definition import OWING, REVIEW


class Progress(NamedTuple):
    """Counts of tasks; those that were withdrawn one by one are in none of them."""

    total: int = 0
    accepted: int = 0
    review: int = 0
    overdue: int = 0
    #: have left their first state
    begun: int = 0
    #: have been begun, are owed and not overdue
    working: int = 0
    #: are owed now; none while the activity is suspended or withdrawn
    owing: int = 0

    def plus(self, other: Progress) -> Progress:
        """Both together."""
        return Progress(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class OccurrenceLine(NamedTuple):
    """One dated instance of an activity. Dates of the plan's time zone."""

    id: int
    activity_id: int
    key: str
    label_ru: str
    label_en: str
    cohort: str
    mode: str
    window_start: date | None
    due_nominal: date | None
    due_first: date | None
    due_rule: str
    as_of: date | None
    source: str
    note_ru: str
    note_en: str
    min_updates: int
    #: the latest date in force of its tasks: later than `due_first` where an extension was granted
    due_last: date | None
    progress: Progress

    @property
    def due(self) -> date | None:
        """The date in force. Of a class of executors it is everybody's, whoever has an extension."""
        return self.due_last if self.progress.total == 1 and self.due_last else self.due_first

    @property
    def extended(self) -> bool:
        """Whether one of its tasks was given a later date."""
        return bool(self.due_first and self.due_last and self.due_last > self.due_first)

    def has_begun(self, today: date) -> bool:
        """Whether its window is open, so that its executors can be reminded."""
        return self.window_start is None or self.window_start <= today


class ActivityLine(NamedTuple):
    """An activity as a line of the plan."""

    id: int
    row_id: int
    section: int
    section_title: str
    section_gloss: str
    code: str
    title: str
    short_title: str
    gloss_en: str
    workflow: str
    state: str
    lead_id: int | None
    lead: str | None
    lead_gloss: str | None


_TODAY = bindparam("today", type_=Date)
_DUE = and_(Task.phase == OWING, is_overdue(Task.phase, Task.due, _TODAY))

_WORKING = and_(Task.phase == OWING, Task.state != "planned", or_(Task.due >= _TODAY, Task.due.is_(None)))


def _number(condition: Any) -> Any:
    return func.sum(cast(condition, Integer))


#: the fields of `Progress`, counted over tasks that were not withdrawn one by one; asks for `today`
COUNTS = (
    func.count().label("total"),
    _number(Task.state == "accepted").label("accepted"),
    _number(Task.phase == REVIEW).label("review"),
    _number(_DUE).label("overdue"),
    _number(Task.state != "planned").label("begun"),
    _number(_WORKING).label("working"),
    _number(Task.phase == OWING).label("owing"),
)


def _lines(scope: Any) -> Select[*tuple[Any, ...]]:
    """Occurrences with the counts of their tasks; the scope is asked of the tasks too, for its index."""
    tasks = (
        select(
            Task.occurrence_id,
            func.max(Task.due).label("due_last"),
            *COUNTS,
        )
        .where(scope(Task), Task.state != "withdrawn")
        .group_by(Task.occurrence_id)
        .subquery()
    )
    own = [getattr(Occurrence, name) for name in OccurrenceLine._fields[:-2]]
    counts = [tasks.c[name] for name in Progress._fields]
    return (
        select(*own, tasks.c.due_last, *counts)
        .outerjoin(tasks, tasks.c.occurrence_id == Occurrence.id)
        .where(scope(Occurrence))
        .order_by(Occurrence.activity_id, Occurrence.position)
    )


_OF_PLAN = _lines(lambda table: table.plan_id == bindparam("plan_id", type_=Integer))
_OF_ACTIVITY = _lines(lambda table: table.activity_id == bindparam("activity_id", type_=Integer))
_ACTIVITIES: Select[*tuple[Any, ...]] = (
    select(
        Activity.id,
        Activity.row_id,
        Section.number,
        Section.short_title.label("section_title"),
        Section.gloss_en.label("section_gloss"),
        Activity.code,
        Activity.title,
        Activity.short_title,
        Activity.gloss_en,
        Activity.workflow,
        Activity.state,
        Activity.lead_id,
        Organization.short_name,
        Organization.gloss_en.label("lead_gloss"),
    )
    .join(Section, Section.id == Activity.section_id)
    .outerjoin(Organization, Organization.id == Activity.lead_id)
    .where(Activity.plan_id == bindparam("plan_id", type_=Integer))
    .order_by(Section.number, Activity.position)
)

_OWED_NOW = (
    select(Task.id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        Task.activity_id == bindparam("activity_id", type_=Integer),
        Task.phase == OWING,
        or_(Occurrence.window_start <= _TODAY, Occurrence.window_start.is_(None)),
    )
    .order_by(Task.id)
)


def activity_lines(session: Session, plan_id: int) -> list[ActivityLine]:
    """Every activity of a plan, in its order."""
    return [ActivityLine(*row) for row in session.execute(_ACTIVITIES, {"plan_id": plan_id})]


def occurrences_by_activity(session: Session, plan_id: int, today: date) -> dict[int, list[OccurrenceLine]]:
    """The occurrences of every activity of a plan that has any, in their order."""
    found: dict[int, list[OccurrenceLine]] = {}
    for row in session.execute(_OF_PLAN, {"plan_id": plan_id, "today": today}):
        line = _occurrence(row)
        found.setdefault(line.activity_id, []).append(line)
    return found


def occurrences_of(session: Session, activity_id: int, today: date) -> list[OccurrenceLine]:
    """The occurrences of one activity, in their order."""
    rows = session.execute(_OF_ACTIVITY, {"activity_id": activity_id, "today": today})
    return [_occurrence(row) for row in rows]


def owed_now(session: Session, activity_id: int, today: date, occurrence_id: int | None = None) -> list[int]:
    """Ids of the tasks that are owed in windows that have begun: those whose executors can be reminded."""
    statement = _OWED_NOW if occurrence_id is None else _OWED_NOW.where(Occurrence.id == occurrence_id)
    return list(session.scalars(statement, {"activity_id": activity_id, "today": today}))


def together(occurrences: list[OccurrenceLine]) -> Progress:
    """The counts of all of them."""
    whole = Progress()
    for line in occurrences:
        whole = whole.plus(line.progress)
    return whole


def _occurrence(row: Any) -> OccurrenceLine:
    counts = Progress(*(number or 0 for number in row[-7:]))
    return OccurrenceLine(*(*row[:-7], counts))
