"""What the page of an activity shows: its row, tasks, executors, what it asks for and what it moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Boolean,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.domain.errors import NotFoundError
from app.domain.permissions import Actor, may_see_task
from app.models import (
    Activity,
    ActivityIndicator,
    FigureField,
    Indicator,
    Occurrence,
    Organization,
    Participation,
    Requirement,
    Row,
    Section,
    Task,
)


class Heading(NamedTuple):
    """The activity itself, and its row of the order, verbatim."""

    id: int
    code: str
    title: str
    short_title: str
    gloss_en: str
    workflow: str
    tasks_for: str
    state: str
    version: int
    after: list[list[str]]
    note_ru: str
    note_en: str
    coordinator_id: int | None
    coordinator: str | None
    coordinator_gloss: str | None
    section: int
    section_title: str
    section_gloss: str
    row_number: str
    row_title: str
    deadline: str
    executors: str
    #: lines of the source text
    lines: list[int]


class Cell(NamedTuple):
    """A task as a cell of the matrix. Everybody sees how far it is; not everybody may open it."""

    id: int
    occurrence_id: int
    organization_id: int
    state: str
    phase: str
    due: date | None
    due_first: date | None
    submitted_on: date | None
    accepted_at: datetime | None
    subject: str
    short_name: str
    gloss_en: str


class Participant(NamedTuple):
    """An organisation's part. `version` goes along with its answer."""

    id: int
    organization_id: int
    role: str
    by_agreement: bool
    consent: str
    #: the words of the order
    named: str
    version: int
    name: str
    short_name: str
    gloss_en: str


class Before(NamedTuple):
    """What should come before: an activity, or one occurrence of it (with a label and counts)."""

    code: str
    short_title: str
    gloss_en: str
    state: str
    label_ru: str
    label_en: str
    total: int
    accepted: int


class Asked(NamedTuple):
    """A proof (with its kinds) or a figure that the tasks ask for, or an indicator that they move."""

    #: proof | figure | indicator
    what: str
    number: int
    #: of an indicator: direct | context; of a figure: the cohort it is asked of
    key: str
    label_ru: str
    label_en: str
    required: bool
    kinds: list[str] | None


_COORDINATOR = aliased(Organization)
_HEADING: Select[*tuple[Any, ...]] = (
    select(
        Activity.id,
        Activity.code,
        Activity.title,
        Activity.short_title,
        Activity.gloss_en,
        Activity.workflow,
        Activity.tasks_for,
        Activity.state,
        Activity.version,
        Activity.after,
        Activity.note_ru,
        Activity.note_en,
        Activity.coordinator_id,
        _COORDINATOR.short_name,
        _COORDINATOR.gloss_en,
        Section.number,
        Section.short_title,
        Section.gloss_en,
        Row.number,
        Row.title,
        Row.deadline,
        Row.executors,
        Row.lines,
    )
    .join(Row, Row.id == Activity.row_id)
    .join(Section, Section.id == Activity.section_id)
    .outerjoin(_COORDINATOR, _COORDINATOR.id == Activity.coordinator_id)
    .where(
        Activity.plan_id == bindparam("plan_id", type_=Integer),
        Activity.code == bindparam("code", type_=String),
    )
)
_THIS = bindparam("activity_id", type_=Integer)
_CELLS: Select[*tuple[Any, ...]] = (
    select(
        *(getattr(Task, name) for name in Cell._fields[:-2]), Organization.short_name, Organization.gloss_en
    )
    .join(Organization, Organization.id == Task.organization_id)
    .where(Task.activity_id == _THIS)
    .order_by(Organization.position, Task.id)
)
_PARTICIPANTS: Select[*tuple[Any, ...]] = (
    select(
        *(getattr(Participation, name) for name in Participant._fields[:-3]),
        Organization.name,
        Organization.short_name,
        Organization.gloss_en,
    )
    .join(Organization, Organization.id == Participation.organization_id)
    .where(Participation.activity_id == _THIS)
    .order_by(Participation.position)
)
_BEFORE: Select[*tuple[Any, ...]] = (
    select(
        Activity.code,
        Activity.short_title,
        Activity.gloss_en,
        Activity.state,
        Occurrence.key,
        Occurrence.label_ru,
        Occurrence.label_en,
        func.count(Task.id).label("total"),
        func.coalesce(func.sum(cast(Task.state == "accepted", Integer)), 0).label("accepted"),
    )
    .outerjoin(Occurrence, Occurrence.activity_id == Activity.id)
    .outerjoin(Task, (Task.occurrence_id == Occurrence.id) & (Task.state != "withdrawn"))
    .group_by(Activity.id, Occurrence.id)
    .order_by(Activity.position, Occurrence.position)
)
_ASKED = union_all(
    select(
        literal("proof").label("what"),
        Requirement.position.label("number"),
        Requirement.key.label("key"),
        Requirement.label_ru,
        Requirement.label_en,
        Requirement.required,
        Requirement.kinds,
    ).where(Requirement.activity_id == _THIS),
    select(
        literal("figure"),
        FigureField.position,
        FigureField.cohort,
        FigureField.label_ru,
        FigureField.label_en,
        FigureField.required,
        cast(null(), JSON),
    ).where(FigureField.activity_id == _THIS),
    select(
        literal("indicator"),
        Indicator.number,
        ActivityIndicator.strength,
        Indicator.short_title,
        Indicator.gloss_en,
        literal(True, Boolean),
        cast(null(), JSON),
    )
    .join(ActivityIndicator, ActivityIndicator.indicator_id == Indicator.id)
    .where(ActivityIndicator.activity_id == _THIS),
).order_by("what", "number")


def find_heading(session: Session, plan_id: int, code: str) -> Heading:
    """The activity of that code. Raises NotFoundError."""
    row = session.execute(_HEADING, {"plan_id": plan_id, "code": code}).first()
    if row is None:
        raise NotFoundError
    return Heading(*row)


def cells_of(session: Session, activity_id: int) -> list[Cell]:
    """The tasks of an activity, in the order of their organisations."""
    return [Cell(*row) for row in session.execute(_CELLS, {"activity_id": activity_id})]


def participants_of(session: Session, activity_id: int) -> list[Participant]:
    """The executors of an activity, in the order in which the order names them."""
    return [Participant(*row) for row in session.execute(_PARTICIPANTS, {"activity_id": activity_id})]


def asked_of(session: Session, activity_id: int) -> list[Asked]:
    """Proofs and figures that the tasks of an activity ask for, and the indicators that they move."""
    return [Asked(*row) for row in session.execute(_ASKED, {"activity_id": activity_id})]


def own_only(actor: Actor, coordinator_id: int | None) -> int | None:
    """The one organisation whose tasks the actor may open in an activity; None: everybody's."""
    nobody = 0
    if may_see_task(actor, nobody, coordinator_id):
        return None
    return actor.organization_id or nobody


def before_of(session: Session, plan_id: int, after: Sequence[Sequence[str]]) -> list[Before]:
    """What the links of `after` name; a link to an occurrence counts the tasks of that one alone."""
    if not after:
        return []
    codes = {code for code, _ in after}
    rows = session.execute(_BEFORE.where(Activity.plan_id == plan_id, Activity.code.in_(codes))).all()
    found = []
    for code, key in after:
        named = [row for row in rows if row.code == code and key in ("", row.key)]
        if not named:
            continue
        first, total = named[0], sum(row.total for row in named)
        accepted = sum(int(row.accepted) for row in named)
        labels = (first.label_ru, first.label_en) if key else ("", "")
        found.append(
            Before(
                code, first.short_title, first.gloss_en, first.state, labels[0], labels[1], total, accepted
            )
        )
    return found
