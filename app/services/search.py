"""What a question finds: plans, activities, tasks, executors, what was written and attached, indicators.

Everybody may read the plan: its activities, indicators and executors. Tasks, evidence and comments are
found, and counted, for those alone who may open them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.domain.permissions import Actor
from app.models import (
    Activity,
    Comment,
    Evidence,
    Indicator,
    Occurrence,
    Organization,
    Person,
    Plan,
    SearchText,
    Task,
)
from app.services import search_index as index
from app.services.task_list import LINES, TaskLine
from app.services.visibility import open_to
from workflows.definition import ACCEPTED, OWING, REVIEW


class PlanFound(NamedTuple):
    """A plan, by its order or its title."""

    code: str
    order_number: str
    short_title: str
    gloss_en: str
    title: str


class ActivityFound(NamedTuple):
    """An activity; `title` is the order's own."""

    plan_code: str
    plan_title: str
    code: str
    short_title: str
    gloss_en: str
    title: str
    state: str


class ExecutorFound(NamedTuple):
    """An organisation."""

    key: str
    short_name: str
    gloss_en: str
    name: str
    aliases: list[str]


class EvidenceFound(NamedTuple):
    """A file, link or note, and the task that it proves."""

    id: int
    kind: str
    name: str
    url: str
    note: str
    size: int
    version: int
    replaced_by: int | None
    created_at: datetime
    task_id: int
    code: str
    short_title: str
    gloss_en: str
    short_name: str
    organization_gloss: str
    label_ru: str
    label_en: str


class CommentFound(NamedTuple):
    """What somebody wrote beside a task."""

    id: int
    text: str
    person: str
    created_at: datetime
    task_id: int
    code: str
    short_title: str
    gloss_en: str
    short_name: str
    organization_gloss: str
    label_ru: str
    label_en: str


class IndicatorFound(NamedTuple):
    """An indicator; `title` is the order's own."""

    plan_code: str
    plan_title: str
    number: int
    short_title: str
    gloss_en: str
    title: str


Found = PlanFound | ActivityFound | TaskLine | ExecutorFound | EvidenceFound | CommentFound | IndicatorFound


@dataclass(frozen=True, slots=True)
class _Group:
    """One kind of thing that is found."""

    key: InstrumentedAttribute[int]
    lines: Select[*tuple[Any, ...]]
    order: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
    make: Callable[[Any], Found]
    #: what a line must have: its words, and that the reader may see it
    condition: Callable[[Sequence[str], Actor], ColumnElement[bool]]
    #: the rows behind the lines, without what only names them: counted, chosen, put in order
    rows: Select[*tuple[Any, ...]]
    #: the plan that a line belongs to
    plan_id: InstrumentedAttribute[int] | None


def _all_in(kind: str, key: InstrumentedAttribute[int]) -> Callable[..., ColumnElement[bool]]:
    return lambda asked, _reader: and_(*(key.in_(index.holding(kind, phrase)) for phrase in asked))


def _tasks(asked: Sequence[str], reader: Actor) -> ColumnElement[bool]:
    seen = open_to(reader)
    return and_(seen, index.task_answers(asked, seen))


#: the words of what belongs to a task, joined so that they are read once for all phrases
_OWN = aliased(SearchText)


def _on_tasks(asked: Sequence[str], reader: Actor) -> ColumnElement[bool]:
    """Something of its own must be asked for; the rest may be what its task is called."""
    seen = open_to(reader)
    own = [_OWN.text.contains(phrase) for phrase in asked]
    both = (or_(mine, index.task_holds(phrase, seen)) for mine, phrase in zip(own, asked, strict=True))
    return and_(seen, or_(*own), *both)


#: what a task is called, for what belongs to it
_OF_TASK = (
    Task.id,
    Activity.code,
    Activity.short_title,
    Activity.gloss_en,
    Organization.short_name,
    Organization.gloss_en,
    Occurrence.label_ru,
    Occurrence.label_en,
)


def _with_task(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.add_columns(*_OF_TASK)
        .join(Activity, Activity.id == Task.activity_id)
        .join(Organization, Organization.id == Task.organization_id)
        .join(Occurrence, Occurrence.id == Task.occurrence_id)
    )


#: what is owed comes before what waits, and that before what is done
_URGENCY = case({OWING: 0, REVIEW: 1, ACCEPTED: 2}, value=Task.phase, else_=3)

#: name of a group → how it is found; in the order of the page
_GROUPS: dict[str, _Group] = {
    "plans": _Group(
        Plan.id,
        select(Plan.code, Plan.order_number, Plan.short_title, Plan.gloss_en, Plan.title),
        (Plan.id,),
        PlanFound._make,
        _all_in(index.PLAN, Plan.id),
        select(Plan.id),
        Plan.id,
    ),
    "activities": _Group(
        Activity.id,
        select(
            Plan.code,
            Plan.short_title,
            Activity.code,
            Activity.short_title,
            Activity.gloss_en,
            Activity.title,
            Activity.state,
        ).join(Plan, Plan.id == Activity.plan_id),
        (Activity.plan_id, Activity.position),
        ActivityFound._make,
        _all_in(index.ACTIVITY, Activity.id),
        select(Activity.id),
        Activity.plan_id,
    ),
    "tasks": _Group(
        Task.id,
        LINES,
        (_URGENCY, Task.due, Task.activity_id, Task.organization_id, Task.id),
        TaskLine._make,
        _tasks,
        select(Task.id),
        Task.plan_id,
    ),
    "executors": _Group(
        Organization.id,
        select(
            Organization.key,
            Organization.short_name,
            Organization.gloss_en,
            Organization.name,
            Organization.aliases,
        ),
        (Organization.position, Organization.id),
        ExecutorFound._make,
        _all_in(index.ORGANIZATION, Organization.id),
        select(Organization.id),
        None,
    ),
    "evidence": _Group(
        Evidence.id,
        _with_task(
            select(
                Evidence.id,
                Evidence.kind,
                Evidence.name,
                Evidence.url,
                Evidence.note,
                Evidence.size,
                Evidence.version,
                Evidence.replaced_by,
                Evidence.created_at,
            ).join(Task, Task.id == Evidence.task_id)
        ),
        (Evidence.created_at.desc(), Evidence.id.desc()),
        EvidenceFound._make,
        _on_tasks,
        select(Evidence.id)
        .join(Task, Task.id == Evidence.task_id)
        .join(_OWN, (_OWN.kind == index.EVIDENCE) & (_OWN.subject_id == Evidence.id)),
        Task.plan_id,
    ),
    "comments": _Group(
        Comment.id,
        _with_task(
            select(Comment.id, Comment.text, Person.name, Comment.created_at)
            .join(Task, Task.id == Comment.task_id)
            .join(Person, Person.id == Comment.person_id)
        ),
        (Comment.id.desc(),),
        CommentFound._make,
        _on_tasks,
        select(Comment.id)
        .join(Task, Task.id == Comment.task_id)
        .join(_OWN, (_OWN.kind == index.COMMENT) & (_OWN.subject_id == Comment.id)),
        Task.plan_id,
    ),
    "indicators": _Group(
        Indicator.id,
        select(
            Plan.code,
            Plan.short_title,
            Indicator.number,
            Indicator.short_title,
            Indicator.gloss_en,
            Indicator.title,
        ).join(Plan, Plan.id == Indicator.plan_id),
        (Indicator.plan_id, Indicator.number),
        IndicatorFound._make,
        _all_in(index.INDICATOR, Indicator.id),
        select(Indicator.id),
        Indicator.plan_id,
    ),
}
GROUPS = tuple(_GROUPS)


def found_counts(session: Session, reader: Actor, asked: Sequence[str]) -> dict[str, int]:
    """How much of each group holds all of the phrases (`domain.search.phrases`); one statement."""
    if not asked:
        return dict.fromkeys(GROUPS, 0)
    counts = [
        group.rows.with_only_columns(func.count(), maintain_column_froms=True)
        .where(group.condition(asked, reader))
        .scalar_subquery()
        for group in _GROUPS.values()
    ]
    return dict(zip(GROUPS, session.execute(select(*counts)).one(), strict=True))


def found_lines(
    session: Session,
    reader: Actor,
    asked: Sequence[str],
    group: str,
    *,
    home: int | None = None,
    limit: int,
    offset: int = 0,
) -> list[Found]:
    """What holds all of the phrases, of one of `GROUPS`; what belongs to the plan `home` comes first."""
    if not asked:
        return []
    wanted = _GROUPS[group]
    at_home = [] if wanted.plan_id is None else [case((wanted.plan_id == home, 0), else_=1)]
    order = (*at_home, *wanted.order)
    # Chosen by their own columns first: naming tens of thousands to show a few takes longest.
    rows = wanted.rows.where(wanted.condition(asked, reader)).order_by(*order).limit(limit).offset(offset)
    chosen = session.scalars(rows).all()
    lines = session.execute(wanted.lines.where(wanted.key.in_(chosen)).order_by(*order))
    return [wanted.make(row) for row in lines]
