"""The rows behind the page of one task, each read with one statement that was built once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.models import (
    Activity,
    ActivityIndicator,
    Comment,
    Evidence,
    Extension,
    FigureField,
    Indicator,
    Measurement,
    Notice,
    Occurrence,
    Organization,
    Person,
    Reminder,
    Requirement,
    Row,
    Section,
    Task,
)
from app.services.doubts import STANDS
from app.services.task_list import Endangered


class Head(NamedTuple):
    """The task itself with what stands around it. Dates of the plan's time zone."""

    id: int
    plan_id: int
    version: int
    workflow: str
    state: str
    phase: str
    due: date | None
    due_first: date | None
    submitted_at: datetime | None
    submitted_on: date | None
    submitted_by: str | None
    accepted_at: datetime | None
    return_reason: str
    explanation: str
    expected_on: date | None
    reminders: int
    subject: str
    organization_id: int
    organization_name: str
    organization_short: str
    organization_gloss: str
    activity_id: int
    code: str
    title: str
    short_title: str
    gloss_en: str
    activity_state: str
    coordinator_id: int | None
    coordinator_name: str | None
    coordinator_gloss: str | None
    #: what the operator decided where the order leaves something open
    decided_ru: str
    decided_en: str
    occurrence_id: int
    row_number: str
    row_title: str
    deadline: str
    executors: str
    section: int
    section_title: str
    section_gloss: str
    label_ru: str
    label_en: str
    note_ru: str
    note_en: str
    cohort: str
    mode: str
    window_start: date | None
    due_nominal: date | None
    due_rule: str
    as_of: date | None
    #: order | operator: who set the date
    source: str
    min_updates: int
    unseen: int
    #: notices of the task that the reader has not read
    unread: int
    #: comments, withdrawn ones as well
    comments: int


class Slot(NamedTuple):
    """Something that must or may be attached."""

    key: str
    label_ru: str
    label_en: str
    kinds: list[str]
    required: bool


class Item(NamedTuple):
    """A piece of evidence, current or replaced."""

    id: int
    slot: str
    kind: str
    version: int
    replaced_by: int | None
    name: str
    size: int
    sha256: str
    url: str
    note: str
    at: datetime
    person: str
    #: none | pending | clean | infected, and what was found
    scan: str
    signature: str


class Figure(NamedTuple):
    """A number that the task asks for."""

    key: str
    label_ru: str
    label_en: str
    hint_ru: str
    hint_en: str
    #: number | yes_no
    kind: str
    required: bool
    minimum: int
    maximum: int | None
    at_most: str


class Given(NamedTuple):
    """A number that the organisation gave, in this task or in another one of the activity."""

    task_id: int
    figure: str
    as_of: date
    number: Decimal
    #: pending | counted
    standing: str
    at: datetime
    person: str
    #: what was unusual about it (`app.domain.plausibility.Doubt.plain`), and why it is right all the same
    doubts: list[dict[str, Any]]
    explanation: str


class Asked(NamedTuple):
    """A request for a later date."""

    id: int
    version: int
    state: str
    due_before: date
    due_asked: date
    due_granted: date | None
    reason: str
    decision: str
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None
    decided_by: str | None


_COORDINATOR = aliased(Organization, name="coordinator")
_UNSEEN = (
    select(func.count())
    .select_from(Reminder)
    .where(Reminder.task_id == Task.id, Reminder.seen_at.is_(None))
    .scalar_subquery()
)
_UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.person_id == bindparam("person"), Notice.read_at.is_(None), Notice.task_id == Task.id)
    .scalar_subquery()
)
_COMMENTS = select(func.count()).select_from(Comment).where(Comment.task_id == Task.id).scalar_subquery()
_HEAD: Select[*tuple[Any, ...]] = (
    select(
        *(Task.id, Task.plan_id, Task.version, Task.workflow, Task.state, Task.phase),
        *(Task.due, Task.due_first, Task.submitted_at, Task.submitted_on, Person.name, Task.accepted_at),
        *(Task.return_reason, Task.explanation, Task.expected_on, Task.reminders, Task.subject),
        *(Task.organization_id, Organization.name, Organization.short_name, Organization.gloss_en),
        *(Activity.id, Activity.code, Activity.title, Activity.short_title, Activity.gloss_en),
        *(Activity.state, Activity.coordinator_id, _COORDINATOR.short_name, _COORDINATOR.gloss_en),
        *(Activity.note_ru, Activity.note_en, Task.occurrence_id),
        *(Row.number, Row.title, Row.deadline, Row.executors),
        *(Section.number, Section.short_title, Section.gloss_en),
        *(Occurrence.label_ru, Occurrence.label_en, Occurrence.note_ru, Occurrence.note_en),
        *(Occurrence.cohort, Occurrence.mode, Occurrence.window_start, Occurrence.due_nominal),
        *(Occurrence.due_rule, Occurrence.as_of, Occurrence.source, Occurrence.min_updates, _UNSEEN),
        *(_UNREAD, _COMMENTS),
    )
    .join(Organization, Organization.id == Task.organization_id)
    .join(Activity, Activity.id == Task.activity_id)
    .join(Row, Row.id == Activity.row_id)
    .join(Section, Section.id == Activity.section_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .outerjoin(Person, Person.id == Task.submitted_by)
    .outerjoin(_COORDINATOR, _COORDINATOR.id == Activity.coordinator_id)
    .where(Task.id == bindparam("task"))
)
_SLOTS: Select[*tuple[Any, ...]] = (
    select(
        Requirement.key, Requirement.label_ru, Requirement.label_en, Requirement.kinds, Requirement.required
    )
    .where(Requirement.activity_id == bindparam("activity"))
    .order_by(Requirement.position)
)
_ITEMS: Select[*tuple[Any, ...]] = (
    select(
        *(Evidence.id, Evidence.slot, Evidence.kind, Evidence.version, Evidence.replaced_by, Evidence.name),
        *(Evidence.size, Evidence.sha256, Evidence.url, Evidence.note, Evidence.created_at, Person.name),
        *(Evidence.scan, Evidence.signature),
    )
    .join(Person, Person.id == Evidence.person_id)
    .where(Evidence.task_id == bindparam("task"))
    .order_by(Evidence.id)
)
_FIGURES: Select[*tuple[Any, ...]] = (
    select(
        *(FigureField.key, FigureField.label_ru, FigureField.label_en),
        *(FigureField.hint_ru, FigureField.hint_en, FigureField.kind, FigureField.required),
        *(FigureField.minimum, FigureField.maximum, FigureField.at_most),
    )
    .where(
        FigureField.activity_id == bindparam("activity"),
        FigureField.cohort.in_(("", bindparam("cohort", type_=FigureField.cohort.type))),
    )
    .order_by(FigureField.position)
)
_GIVEN: Select[*tuple[Any, ...]] = (
    select(
        *(Measurement.task_id, Measurement.figure, Measurement.as_of, Measurement.number),
        *(Measurement.standing, Measurement.created_at, Person.name),
        *(Measurement.doubts, Measurement.explanation),
    )
    .join(Task, Task.id == Measurement.task_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Person, Person.id == Measurement.person_id)
    .where(
        Measurement.plan_id == bindparam("plan"),
        Measurement.activity_id == bindparam("activity"),
        Measurement.organization_id == bindparam("organization"),
        Measurement.standing.in_(STANDS),
        Occurrence.cohort == bindparam("cohort"),
    )
    .order_by(Measurement.as_of, Measurement.id)
)
_DECIDER = aliased(Person, name="decider")
_ASKED: Select[*tuple[Any, ...]] = (
    select(
        *(Extension.id, Extension.version, Extension.state, Extension.due_before, Extension.due_asked),
        *(Extension.due_granted, Extension.reason, Extension.decision, Extension.asked_at, Person.name),
        *(Extension.decided_at, _DECIDER.name),
    )
    .join(Person, Person.id == Extension.asked_by)
    .outerjoin(_DECIDER, _DECIDER.id == Extension.decided_by)
    .where(Extension.task_id == bindparam("task"))
    .order_by(Extension.id.desc())
)
_MOVED: Select[*tuple[Any, ...]] = (
    select(Indicator.number, Indicator.short_title, Indicator.gloss_en, ActivityIndicator.strength)
    .join(ActivityIndicator, ActivityIndicator.indicator_id == Indicator.id)
    .where(ActivityIndicator.activity_id == bindparam("activity"))
    .order_by(ActivityIndicator.strength.desc(), Indicator.number)
)


def find_head(session: Session, task_id: int, person_id: int) -> Head | None:
    """The task as that person finds it, or None."""
    row = session.execute(_HEAD, {"task": task_id, "person": person_id}).first()
    return Head(*row) if row else None


def slots_of(session: Session, head: Head) -> list[Slot]:
    """What is asked for as proof, in the order of the screen."""
    return [Slot(*row) for row in session.execute(_SLOTS, {"activity": head.activity_id})]


def items_of(session: Session, head: Head) -> list[Item]:
    """All evidence, replaced or not, oldest first."""
    return [Item(*row) for row in session.execute(_ITEMS, {"task": head.id})]


def figures_of(session: Session, head: Head) -> list[Figure]:
    """The figures that the task asks for; those of another cohort are left out."""
    scope = {"activity": head.activity_id, "cohort": head.cohort}
    return [Figure(*row) for row in session.execute(_FIGURES, scope)]


def given_by(session: Session, head: Head) -> list[Given]:
    """The organisation's standing figures in the activity (and cohort), by the date they are as of."""
    scope = {
        "plan": head.plan_id,
        "activity": head.activity_id,
        "organization": head.organization_id,
        "cohort": head.cohort,
    }
    return [Given(*row) for row in session.execute(_GIVEN, scope)]


def extensions_of(session: Session, head: Head) -> list[Asked]:
    """The requests for a later date, newest first."""
    return [Asked(*row) for row in session.execute(_ASKED, {"task": head.id})]


def indicators_of(session: Session, head: Head) -> list[Endangered]:
    """The indicators that the activity moves, direct ones first."""
    return [Endangered(*row) for row in session.execute(_MOVED, {"activity": head.activity_id})]
