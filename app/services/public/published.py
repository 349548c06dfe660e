"""What was published about a plan: words about its events, and materials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.models import Activity, Evidence, Material, Occurrence, Organization, Publication, Row, Task
from app.scanning import HARMLESS
from workflows.definition import OFF

#: the stages of an event that are told about
ANNOUNCED = "announced"
HELD = "held"

UPCOMING = "upcoming"
PAST = "past"


class Words(NamedTuple):
    """What was told at a stage of an event."""

    id: int
    stage: str
    text: str
    #: "" for none
    url: str
    published_at: datetime
    changed_at: datetime


class House(NamedTuple):
    """An organisation by its names."""

    short_name: str
    gloss_en: str


class _Where(NamedTuple):
    """Where in the plan something belongs. Names of organisations and of the plan's parts only."""

    row: str
    code: str
    short_title: str
    gloss_en: str
    label_ru: str
    label_en: str
    mode: str
    window_start: date | None
    due: date | None
    organization: str
    organization_gloss: str

    @property
    def house(self) -> House:
        """The organisation, as a page names it."""
        return House(self.organization, self.organization_gloss)


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """An event that something was told about. Dates of the plan's time zone."""

    where: _Where
    announcement: Words | None
    report: Words | None

    @property
    def id(self) -> int:
        """The number of the first that was told about it."""
        return min(words.id for words in self.told)

    @property
    def told(self) -> list[Words]:
        return [words for words in (self.announcement, self.report) if words is not None]

    def status(self, today: date) -> str:
        """Upcoming until it was told of as held, or its date is over."""
        over = self.where.due is not None and self.where.due < today
        return PAST if self.report is not None or over else UPCOMING


class PublicMaterial(NamedTuple):
    """A piece of evidence that everybody may have."""

    id: int
    title: str
    #: of a file its ending and its bytes; "" and 0 for a link
    extension: str
    media_type: str
    size: int
    sha256: str
    #: "" for a file
    url: str
    published_at: datetime
    changed_at: datetime
    where: _Where

    @property
    def is_link(self) -> bool:
        return not self.sha256

    @property
    def file_name(self) -> str:
        """What the file is called when it is taken: nothing is left of the executor's name for it."""
        return f"{self.title}.{self.extension}"


_PLAN_ID = bindparam("plan_id", type_=Integer)
_WHERE = (
    Row.number,
    Activity.code,
    Activity.short_title,
    Activity.gloss_en,
    Occurrence.label_ru,
    Occurrence.label_en,
    Occurrence.mode,
    Occurrence.window_start,
    Task.due,
    Organization.short_name.label("organization"),
    Organization.gloss_en.label("organization_gloss"),
)


def _placed(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.join(Activity, Activity.id == Task.activity_id)
        .join(Row, Row.id == Activity.row_id)
        .join(Occurrence, Occurrence.id == Task.occurrence_id)
        .join(Organization, Organization.id == Task.organization_id)
    )


_WORDS = _placed(
    select(
        Publication.task_id,
        Publication.id,
        Publication.stage,
        Publication.text,
        Publication.url,
        Publication.published_at,
        Publication.changed_at,
        *_WHERE,
    ).join(Task, Task.id == Publication.task_id)
).where(
    Publication.plan_id == _PLAN_ID,
    Publication.withdrawn_at.is_(None),
    # Nobody is invited to what was called off.
    or_(Task.phase != OFF, Publication.stage == HELD),
)
_MATERIALS = _placed(
    select(
        Material.id,
        Material.title,
        Material.extension,
        Material.media_type,
        Material.size,
        Material.sha256,
        Evidence.url,
        Material.published_at,
        Material.changed_at,
        *_WHERE,
    )
    .join(Evidence, Evidence.id == Material.evidence_id)
    .join(Task, Task.id == Material.task_id)
).where(
    Material.plan_id == _PLAN_ID,
    Material.withdrawn_at.is_(None),
    Evidence.scan.in_(HARMLESS),
)
_CHANGED = union_all(
    *(
        select(func.max(table.changed_at).label("at")).where(table.plan_id == _PLAN_ID)
        for table in (Publication, Material)
    )
)


def public_events(session: Session, plan_id: int) -> list[PublicEvent]:
    """The events of a plan that something is told about, by their dates and in the order of the plan."""
    where: dict[int, _Where] = {}
    told: dict[int, dict[str, Words]] = {}
    statement = _WORDS.order_by(Task.due, Activity.position, Organization.position, Task.id)
    for task_id, *row in session.execute(statement, {"plan_id": plan_id}):
        words = Words(*row[:6])
        where[task_id] = _Where(*row[6:])
        told.setdefault(task_id, {})[words.stage] = words
    return [
        PublicEvent(where[task_id], stages.get(ANNOUNCED), stages.get(HELD))
        for task_id, stages in told.items()
    ]


def public_materials(session: Session, plan_id: int) -> list[PublicMaterial]:
    """The public materials of a plan, in its order."""
    statement = _MATERIALS.order_by(Activity.position, Occurrence.position, Material.id)
    return [_material(row) for row in session.execute(statement, {"plan_id": plan_id})]


def find_material(session: Session, plan_id: int, material_id: int) -> PublicMaterial:
    """A public material. Raises NotFoundError, also for one that was withdrawn."""
    row = session.execute(_MATERIALS.where(Material.id == material_id), {"plan_id": plan_id}).first()
    if row is None:
        raise NotFoundError
    return _material(row)


def published_changed_at(session: Session, plan_id: int) -> datetime | None:
    """When something was published, corrected or withdrawn last; None: nothing ever was."""
    found = [at for at in session.scalars(_CHANGED, {"plan_id": plan_id}) if at is not None]
    return max(found, default=None)


def _material(row: Sequence[Any]) -> PublicMaterial:
    return PublicMaterial._make((*row[:9], _Where(*row[9:])))
