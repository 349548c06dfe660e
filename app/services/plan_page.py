"""The plan as the order prints it: its heading, sections and rows, each with what is executed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from app.models import Activity, Participation, Plan, Row, Section
from app.services.plans import PlanInfo
from app.services.progress import (
    ActivityLine,
    OccurrenceLine,
    Progress,
    activity_lines,
    occurrences_by_activity,
    together,
)


class Order(NamedTuple):
    """The act that approves the plan."""

    number: str
    #: as the stamp of approval has it; "" when both agree
    number_stamp: str
    note_ru: str
    note_en: str
    date: date
    issuer: str
    control_clause: str


class Part(NamedTuple):
    """An organisation's own part in an activity."""

    role: str
    #: "" for those that the order obliges
    consent: str


@dataclass(frozen=True, slots=True)
class PlannedActivity:
    """An activity with its dates and how far it has come."""

    line: ActivityLine
    occurrences: list[OccurrenceLine]
    progress: Progress
    #: of the organisation that looks; None when it takes no part
    part: Part | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of the order, verbatim."""

    number: str
    title: str
    deadline: str
    executors: str
    activities: list[PlannedActivity]


@dataclass(frozen=True, slots=True)
class PlanSection:
    """A section of the order, verbatim, with its rows."""

    number: int
    title: str
    short_title: str
    gloss_en: str
    rows: list[PlanRow]


_ORDER = select(
    Plan.order_number,
    Plan.order_number_stamp,
    Plan.order_note_ru,
    Plan.order_note_en,
    Plan.order_date,
    Plan.issuer,
    Plan.control_clause,
)
_ROWS = (
    select(
        Section.number.label("section"),
        Section.title.label("section_title"),
        Section.short_title,
        Section.gloss_en,
        Row.id,
        Row.number,
        Row.title,
        Row.deadline,
        Row.executors,
    )
    .join(Section, Section.id == Row.section_id)
    .where(Row.plan_id == bindparam("plan_id", type_=Integer))
    .order_by(Section.number, Row.position)
)
_PARTS = (
    select(Participation.activity_id, Participation.role, Participation.consent)
    .join(Activity, Activity.id == Participation.activity_id)
    .where(
        Activity.plan_id == bindparam("plan_id", type_=Integer),
        Participation.organization_id == bindparam("organization_id", type_=Integer),
    )
)


def order_of(session: Session, plan_id: int) -> Order:
    """The heading of the plan."""
    return Order(*session.execute(_ORDER.where(Plan.id == plan_id)).one())


def plan_sections(
    session: Session, plan: PlanInfo, today: date, organization_id: int | None = None
) -> list[PlanSection]:
    """Sections, rows and activities in the order of the plan, marked with one organisation's parts.

    Four statements, whatever the number of tasks.
    """
    activities: dict[int, list[PlannedActivity]] = {}
    for planned in planned_activities(session, plan, today, organization_id):
        activities.setdefault(planned.line.row_id, []).append(planned)
    sections: dict[int, PlanSection] = {}
    for row in session.execute(_ROWS, {"plan_id": plan.id}):
        section = sections.get(row.section)
        if section is None:
            section = sections[row.section] = PlanSection(
                row.section, row.section_title, row.short_title, row.gloss_en, []
            )
        section.rows.append(
            PlanRow(row.number, row.title, row.deadline, row.executors, activities.get(row.id, []))
        )
    return list(sections.values())


def planned_activities(
    session: Session, plan: PlanInfo, today: date, organization_id: int | None = None
) -> list[PlannedActivity]:
    """Every activity of the plan with its dates and progress, in the order of the plan."""
    parts = _parts(session, plan.id, organization_id) if organization_id is not None else {}
    occurrences = occurrences_by_activity(session, plan.id, today)
    return [
        PlannedActivity(line, dated, together(dated), parts.get(line.id))
        for line in activity_lines(session, plan.id)
        for dated in (occurrences.get(line.id, []),)
    ]


def _parts(session: Session, plan_id: int, organization_id: int) -> dict[int, Part]:
    rows = session.execute(_PARTS, {"plan_id": plan_id, "organization_id": organization_id})
    return {row.activity_id: Part(row.role, row.consent) for row in rows}
