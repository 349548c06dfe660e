"""The journal of a plan for those who check: narrowed, by pages, each entry with its place in the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.canonical import canonical
from app.domain.schedule import day_end_utc
from app.models import Activity, JournalEntry, Organization, Person, Task
from app.services.filters import ActivityChoice, ExecutorChoice
from app.services.history import ENTRIES, Entry, entry_of
from app.services.journal import content_of
from app.services.plans import PlanInfo


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which entries are wanted. Days are of the plan's zone; what is None or "" narrows nothing."""

    start: date | None = None
    end: date | None = None
    person_id: int | None = None
    #: key: what its people did, and what was done to its tasks
    organization: str = ""
    #: code
    activity: str = ""
    #: subject and action: task.submit
    act: str = ""


class Recorded(NamedTuple):
    """An entry with what the chain holds of it."""

    entry: Entry
    hash: str
    previous_hash: str
    #: what the hash is over, as canonical JSON
    content: str


class PersonChoice(NamedTuple):
    """Somebody who did something."""

    id: int
    name: str


class JournalChoices(NamedTuple):
    """What the journal of a plan can be narrowed to."""

    people: list[PersonChoice]
    organizations: list[ExecutorChoice]
    activities: list[ActivityChoice]
    #: subject and action of everything that has happened
    acts: list[tuple[str, str]]
    #: what entries are about, by (subject, id): a PersonChoice, an ExecutorChoice or an ActivityChoice
    about: dict[tuple[str, int], PersonChoice | ExecutorChoice | ActivityChoice]


_PEOPLE = select(Person.id, Person.name).order_by(Person.name, Person.id)
_ORGANIZATIONS = select(
    Organization.id, Organization.key, Organization.short_name, Organization.gloss_en
).order_by(Organization.position)
_ACTIVITIES = select(Activity.id, Activity.code, Activity.short_title, Activity.gloss_en).order_by(
    Activity.position
)
_ACTS = select(JournalEntry.subject, JournalEntry.action).distinct()


def journal_choices(session: Session, plan_id: int) -> JournalChoices:
    """Four statements."""
    active = Person.id.in_(select(JournalEntry.person_id).where(*_of(plan_id)))
    people: dict[int, PersonChoice] = {}
    actors = []
    for person_id, name, has_acted in session.execute(_PEOPLE.add_columns(active)):
        people[person_id] = choice = PersonChoice(person_id, name)
        if has_acted:
            actors.append(choice)
    houses = {row[0]: ExecutorChoice(*row[1:]) for row in session.execute(_ORGANIZATIONS)}
    activities = {
        row[0]: ActivityChoice(*row[1:])
        for row in session.execute(_ACTIVITIES.where(Activity.plan_id == plan_id))
    }
    told = (("person", people), ("organization", houses), ("activity", activities))
    return JournalChoices(
        actors,
        list(houses.values()),
        list(activities.values()),
        [(row.subject, row.action) for row in session.execute(_ACTS.where(*_of(plan_id)))],
        {(subject, key): choice for subject, choices in told for key, choice in choices.items()},
    )


_RECORDED: Select[*tuple[Any, ...]] = ENTRIES.add_columns(func.count().over().label("of"), JournalEntry)


def recorded(
    session: Session, plan: PlanInfo, narrowing: Narrowing, *, limit: int | None = None, offset: int = 0
) -> tuple[list[Recorded], int]:
    """The entries that are wanted, newest first, and how many there are in all; one statement."""
    statement = _RECORDED.where(*_of(plan.id), *_conditions(plan, narrowing))
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    rows = session.execute(statement).all()
    found = [
        Recorded(entry_of(*columns), entry.hash, entry.previous_hash, canonical(content_of(entry)))
        for *columns, _of_all, entry in rows
    ]
    return found, rows[0].of if rows else 0


def json_lines(session: Session, plan_id: int) -> Iterator[str]:
    """The whole journal, oldest first: of each entry what its hash is over, and the hash."""
    entries = session.scalars(
        select(JournalEntry)
        .where(*_of(plan_id))
        .order_by(JournalEntry.position)
        .execution_options(yield_per=500)
    )
    for entry in entries:
        yield canonical({**content_of(entry), "hash": entry.hash})


def _of(plan_id: int) -> tuple[ColumnElement[bool]]:
    return (JournalEntry.plan_id == plan_id,)


def _conditions(plan: PlanInfo, wanted: Narrowing) -> Iterator[ColumnElement[bool]]:
    if wanted.start is not None:
        yield JournalEntry.at >= day_end_utc(wanted.start - timedelta(days=1), plan.zone)
    if wanted.end is not None:
        yield JournalEntry.at < day_end_utc(wanted.end, plan.zone)
    if wanted.person_id is not None:
        yield JournalEntry.person_id == wanted.person_id
    if wanted.organization:
        house = select(Organization.id).where(Organization.key == wanted.organization).scalar_subquery()
        yield or_(Person.organization_id == house, Task.organization_id == house)
    if wanted.activity:
        code = Activity.code == wanted.activity
        yield JournalEntry.activity_id.in_(select(Activity.id).where(Activity.plan_id == plan.id, code))
    if wanted.act:
        subject, _, action = wanted.act.partition(".")
        yield JournalEntry.subject == subject
        yield JournalEntry.action == action
