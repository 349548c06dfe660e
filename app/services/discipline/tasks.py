"""What discipline needs to know of every task of a plan, and of the people to whom they count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.permissions import EXECUTOR_ROLE
from app.models import Activity, Extension, Occurrence, Organization, Person, Section, Task


class MeasuredTask(NamedTuple):
    """A task as discipline measures it. Dates of the plan's time zone."""

    id: int
    workflow: str
    state: str
    phase: str
    due: date | None
    due_first: date | None
    #: what discipline is measured against
    due_scored: date | None
    submitted_on: date | None
    submitted_by: int | None
    returns: int
    organization_id: int
    organization_key: str
    short_name: str
    organization_gloss: str
    section: int
    section_title: str
    section_gloss: str
    code: str
    short_title: str
    gloss_en: str
    coordinator_id: int | None
    label_ru: str
    label_en: str
    #: how often a later date was granted
    extensions: int


class Executive(NamedTuple):
    """A person to whom tasks count."""

    id: int
    name: str
    organization_id: int | None
    organization: str
    organization_gloss: str
    #: whether the account is an executor's and open
    acting: bool


_granted = (
    select(Extension.task_id, func.count().label("granted"))
    .where(Extension.plan_id == bindparam("plan_id", type_=Integer), Extension.state == "granted")
    .group_by(Extension.task_id)
    .subquery()
)
_TASKS = (
    select(
        *(Task.id, Task.workflow, Task.state, Task.phase, Task.due, Task.due_first, Task.due_scored),
        *(Task.submitted_on, Task.submitted_by, Task.returns, Task.organization_id),
        *(Organization.key, Organization.short_name, Organization.gloss_en),
        *(Section.number, Section.short_title, Section.gloss_en),
        *(Activity.code, Activity.short_title, Activity.gloss_en, Activity.coordinator_id),
        *(Occurrence.label_ru, Occurrence.label_en, func.coalesce(_granted.c.granted, 0)),
    )
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Section, Section.id == Activity.section_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .outerjoin(_granted, _granted.c.task_id == Task.id)
    .where(Task.plan_id == bindparam("plan_id", type_=Integer))
    .order_by(Organization.position, Activity.position, Occurrence.position, Task.id)
)
_PEOPLE = (
    select(
        *(Person.id, Person.name, Person.organization_id, Organization.short_name, Organization.gloss_en),
        Person.active & (Person.role == EXECUTOR_ROLE),
    )
    .join(Organization, Organization.id == Person.organization_id)
    .order_by(Person.id)
)


class People:
    """Those who act for an organisation, or have."""

    def __init__(self, people: Iterable[Executive]) -> None:
        self._by_id: dict[int, Executive] = {}
        self._acting: dict[int | None, list[Executive]] = {}
        for person in people:
            self._by_id[person.id] = person
            if person.acting:
                self._acting.setdefault(person.organization_id, []).append(person)

    def submitter(self, person_id: int | None) -> list[Executive]:
        """The person that handed a task in; nobody while it was not."""
        person = self._by_id.get(person_id) if person_id is not None else None
        return [person] if person else []

    def acting_for(self, organization_id: int) -> list[Executive]:
        """Those who can hand in what the organisation owes."""
        return self._acting.get(organization_id, [])


def measured_tasks(session: Session, plan_id: int) -> list[MeasuredTask]:
    """Every task of the plan, by executor and then in the plan's order."""
    rows: Iterable[Any] = session.execute(_TASKS, {"plan_id": plan_id})
    return [MeasuredTask(*row) for row in rows]


def people_of(session: Session) -> People:
    """The people of all organisations."""
    rows: Iterable[Any] = session.execute(_PEOPLE)
    return People(Executive(*row) for row in rows)
