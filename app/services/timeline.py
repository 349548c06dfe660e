"""The year of a plan: its activities with the dates in force, by section or by who carries them out.

Of one organisation it holds that organisation's own tasks; otherwise an occurrence counts all of those
that its group is shown for, and tells from when to when their dates reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, String, and_, bindparam, case, cast, func, literal, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.models import Activity, Organization, Participation, Task
from app.services.plans import PlanInfo
from app.services.progress import (
    COUNTS,
    ActivityLine,
    OccurrenceLine,
    Progress,
    activity_lines,
    occurrences_by_activity,
    together,
)


class Executor(NamedTuple):
    """An organisation that answers for tasks of the plan, or could."""

    id: int
    key: str
    short_name: str
    gloss_en: str


class Dated(NamedTuple):
    """An occurrence as those carry it out whom the timeline shows. Dates of the plan's time zone."""

    #: its progress and its `due_last` are of their tasks alone
    line: OccurrenceLine
    #: the earliest date in force: until then it is everybody's; `line.due_last` is the latest
    due: date | None
    #: how many of their tasks have a later date than the first
    extended: int
    #: of the task of the one organisation that is shown; "" where tasks are counted
    state: str = ""
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity of a group, with the dates of those that the group is of."""

    line: ActivityLine
    dated: list[Dated]
    progress: Progress
    #: whether these are all the tasks of the activity
    whole: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A section, an organisation, or a class of organisations that each answer for themselves."""

    #: of a section
    number: int | None = None
    short_title: str = ""
    gloss_en: str = ""
    #: of a class: the kind of its organisations, and how many there are; it has no name
    kind: str = ""
    size: int = 0
    entries: list[Entry] = field(default_factory=list)


class _Holder(NamedTuple):
    """Whose tasks are counted together: a kind of organisations that form a class, or one organisation."""

    kind: str
    organization_id: int


class _Share(NamedTuple):
    """The tasks of an occurrence that one holder has."""

    progress: Progress
    due: date | None
    due_last: date | None
    extended: int
    state: str
    phase: str


#: an activity, and its occurrences with the share that each holder has in them
_Shared = tuple[ActivityLine, list[tuple[OccurrenceLine, dict[_Holder, _Share]]]]

_TOGETHER = _Holder("", 0)
_PLAN_ID = bindparam("plan_id", type_=Integer)
_OWED = Task.state != "withdrawn"
_WHOLE: Select[*tuple[Any, ...]] = (
    select(
        Task.occurrence_id,
        func.sum(cast(Task.state == "withdrawn", Integer)).label("withdrawn"),
        func.min(case((_OWED, Task.due))).label("due"),
        func.max(case((_OWED, Task.due))).label("due_last"),
        func.sum(cast(and_(_OWED, Task.due > Task.due_first), Integer)).label("extended"),
        func.min(Task.state).label("state"),
        func.min(Task.phase).label("phase"),
        *COUNTS,
    )
    .where(Task.plan_id == _PLAN_ID)
    .group_by(Task.occurrence_id)
)
_OWN = _WHOLE.where(Task.organization_id == bindparam("organization_id", type_=Integer))
_IN_CLASS = Organization.kind.in_(bindparam("classes", type_=String, expanding=True))
_HOLDERS = select(
    Organization.id,
    case((_IN_CLASS, Organization.kind), else_=literal("")).label("kind"),
    case((_IN_CLASS, literal(0)), else_=Organization.id).label("holder_id"),
).subquery()
_BY_HOLDER = (
    _WHOLE.add_columns(_HOLDERS.c.kind, _HOLDERS.c.holder_id)
    .join(_HOLDERS, _HOLDERS.c.id == Task.organization_id)
    .group_by(_HOLDERS.c.kind, _HOLDERS.c.holder_id)
)
#: the classes: who takes part as one of many, each for itself
_CLASSES: Select[*tuple[Any, ...]] = (
    select(Activity.id, Organization.kind, func.count().label("size"))
    .join(Participation, Participation.activity_id == Activity.id)
    .join(Organization, Organization.id == Participation.organization_id)
    .where(Activity.plan_id == _PLAN_ID, Participation.role == "member")
    .group_by(Activity.id, Organization.kind)
    .order_by(Activity.id, Organization.kind)
)
_EXECUTORS = (
    select(Organization.id, Organization.key, Organization.short_name, Organization.gloss_en)
    .where(Organization.id.in_(select(Task.organization_id).where(Task.plan_id == _PLAN_ID)))
    .order_by(Organization.position)
)
_EXECUTOR = select(Organization.id, Organization.key, Organization.short_name, Organization.gloss_en).where(
    Organization.key == bindparam("key", type_=String)
)


def executors(session: Session, plan_id: int) -> list[Executor]:
    """Who answers for at least one task of the plan, in the order of the plan."""
    return [Executor(*row) for row in session.execute(_EXECUTORS, {"plan_id": plan_id})]


def find_executor(session: Session, key: str) -> Executor:
    """The organisation of that key, whether it owes anything or not. Raises NotFoundError."""
    row = session.execute(_EXECUTOR, {"key": key}).first()
    if row is None:
        raise NotFoundError
    return Executor(*row)


def by_section(
    session: Session, plan: PlanInfo, today: date, executor: Executor | None = None
) -> list[Group]:
    """The activities in the order of the plan, a group for each section.

    With an executor: its own tasks, and the activities that it has any in.
    """
    if executor is None:
        shared = _shared(session, plan, today, _WHOLE)
    else:
        shared = _shared(session, plan, today, _OWN, organization_id=executor.id)
    groups: dict[int, Group] = {}
    for line, occurrences in shared:
        dated = [
            _dated(each, held.get(_TOGETHER), own=executor is not None)
            for each, held in occurrences
            if held or executor is None
        ]
        if dated or executor is None:
            empty = Group(line.section, line.section_title, line.section_gloss)
            groups.setdefault(line.section, empty).entries.append(_entry(line, dated))
    return list(groups.values())


def by_executor(
    session: Session, plan: PlanInfo, today: date, executor: Executor | None = None
) -> list[Group]:
    """The activities by whose tasks they are: organisations in the order of the plan, then classes.

    An activity stands in each group that has tasks in it; before it has any, with who leads it or with the
    class that it is for. With an executor: one group, its own tasks.
    """
    if executor is not None:
        sections = by_section(session, plan, today, executor)
        entries = [entry for section in sections for entry in section.entries]
        return [Group(None, executor.short_name, executor.gloss_en, entries=entries)] if entries else []
    sizes, members = _classes(session, plan.id)
    groups = {
        _Holder("", each.id): Group(None, each.short_name, each.gloss_en)
        for each in executors(session, plan.id)
    }
    for line, occurrences in _shared(session, plan, today, _BY_HOLDER, classes=list(sizes)):
        holders = sorted({holder for _, held in occurrences for holder in held})
        if not holders:
            holders = [_Holder("", line.lead_id) if line.lead_id else members.get(line.id, _TOGETHER)]
        for holder in holders:
            dated = [
                _dated(each, held.get(holder)) for each, held in occurrences if holder in held or not held
            ]
            named = Group(None, line.lead or "", line.lead_gloss or "")
            empty = Group(kind=holder.kind, size=sizes[holder.kind]) if holder.kind else named
            entry = _entry(line, dated, whole=len(holders) == 1)
            groups.setdefault(holder, empty).entries.append(entry)
    return [group for group in sorted(groups.values(), key=lambda group: group.size) if group.entries]


def _classes(session: Session, plan_id: int) -> tuple[dict[str, int], dict[int, _Holder]]:
    """How many each class counts, and the class of each activity that is for one."""
    sizes: dict[str, int] = {}
    members: dict[int, _Holder] = {}
    for row in session.execute(_CLASSES, {"plan_id": plan_id}):
        sizes[row.kind] = max(row.size, sizes.get(row.kind, 0))
        members[row.id] = _Holder(row.kind, 0)
    return sizes, members


def _shared(
    session: Session, plan: PlanInfo, today: date, statement: Select[*tuple[Any, ...]], **more: object
) -> Iterator[_Shared]:
    """The activities in the order of the plan, each with its occurrences and who has which share in them."""
    shares: dict[int, dict[_Holder, _Share]] = {}
    for row in session.execute(statement, {"plan_id": plan.id, "today": today, **more}):
        holder = _Holder(row.kind, row.holder_id) if statement is _BY_HOLDER else _TOGETHER
        shares.setdefault(row.occurrence_id, {})[holder] = _share(row)
    occurrences = occurrences_by_activity(session, plan.id, today)
    for line in activity_lines(session, plan.id):
        yield line, [(each, shares.get(each.id, {})) for each in occurrences.get(line.id, [])]


def _share(row: Any) -> _Share:
    counts = Progress(*(getattr(row, name) or 0 for name in Progress._fields))
    # COUNTS are of tasks that were not withdrawn one by one; those have left "planned" and are in `total`
    counts = counts._replace(total=counts.total - row.withdrawn, begun=counts.begun - row.withdrawn)
    return _Share(counts, row.due, row.due_last, row.extended or 0, row.state, row.phase)


def _dated(line: OccurrenceLine, share: _Share | None, own: bool = False) -> Dated:
    if share is None:
        return Dated(line, line.due_first, 0)
    of_them = line._replace(due_last=share.due_last, progress=share.progress)
    stands = (share.state, share.phase) if own else ("", "")
    return Dated(of_them, share.due or line.due_first, share.extended, *stands)


def _entry(line: ActivityLine, dated: list[Dated], whole: bool = True) -> Entry:
    return Entry(line, dated, together([each.line for each in dated]), whole)
