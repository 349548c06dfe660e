"""What the page of one indicator is made of, as it stands in the tables. Each function is one statement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models import (
    Activity,
    FigureField,
    Indicator,
    IndicatorSource,
    Occurrence,
    Organization,
    Task,
)
from app.services.indicator_figures import COLLECTING_IDS


class Wording(NamedTuple):
    """What an indicator's parts are called, and what the order leaves open about it."""

    numerator_ru: str
    numerator_en: str
    denominator_ru: str
    denominator_en: str
    baseline_ru: str
    baseline_en: str
    #: names of the fields that the operator decided
    inferred: list[str]


class Collecting(NamedTuple):
    """A task that collects figures of the indicator."""

    id: int
    activity_id: int
    code: str
    short_title: str
    gloss_en: str
    coordinator_id: int | None
    occurrence_id: int
    cohort: str
    organization_id: int
    organization: str
    state: str
    phase: str
    due: date | None
    subject: str
    #: of the occurrence
    label_ru: str
    label_en: str
    reminders: int
    reminded_at: datetime | None


class Reporter(NamedTuple):
    """An organisation that has a task which collects for the indicator."""

    id: int
    key: str
    short_name: str
    gloss_en: str


class FigureName(NamedTuple):
    """What a figure is called in the form that asks for it."""

    activity_id: int
    key: str
    label_ru: str
    label_en: str


_OF_INDICATOR = IndicatorSource.indicator_id == bindparam("indicator_id")
_WORDING = select(*(getattr(Indicator, name) for name in Wording._fields)).where(
    Indicator.id == bindparam("indicator_id")
)
_COLLECTING = (
    select(
        Task.id,
        Task.activity_id,
        Activity.code,
        Activity.short_title,
        Activity.gloss_en,
        Activity.coordinator_id,
        Task.occurrence_id,
        Occurrence.cohort,
        Task.organization_id,
        Organization.key,
        Task.state,
        Task.phase,
        Task.due,
        Task.subject,
        Occurrence.label_ru,
        Occurrence.label_en,
        Task.reminders,
        Task.reminded_at,
    )
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .join(Organization, Organization.id == Task.organization_id)
    .where(Task.id.in_(COLLECTING_IDS))
    .order_by(Activity.position, Occurrence.position, Organization.position)
)
_REPORTERS = (
    select(*(getattr(Organization, name) for name in Reporter._fields))
    .where(Organization.id.in_(select(Task.organization_id).where(Task.id.in_(COLLECTING_IDS))))
    .order_by(Organization.position)
)
_NAMES = select(*(getattr(FigureField, name) for name in FigureName._fields)).where(
    FigureField.activity_id.in_(select(IndicatorSource.activity_id).where(_OF_INDICATOR))
)


def read_wording(session: Session, indicator_id: int) -> Wording:
    """What its parts are called."""
    return Wording(*session.execute(_WORDING, {"indicator_id": indicator_id}).one())


def read_collecting(session: Session, indicator_id: int) -> list[Collecting]:
    """The tasks that collect its figures, in the order of the plan; those that are off among them."""
    rows: Iterable[Any] = session.execute(_COLLECTING, {"indicator_id": indicator_id})
    return [Collecting(*row) for row in rows]


def read_reporters(session: Session, indicator_id: int) -> list[Reporter]:
    """The organisations that have those tasks."""
    return [Reporter(*row) for row in session.execute(_REPORTERS, {"indicator_id": indicator_id})]


def read_figure_names(session: Session, indicator_id: int) -> list[FigureName]:
    """What its figures are called where they are entered."""
    return [FigureName(*row) for row in session.execute(_NAMES, {"indicator_id": indicator_id})]
