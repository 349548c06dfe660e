"""What an organisation reports: the indicators that its tasks collect for, and its figures that count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from app.models import Activity, FigureField, Measurement, Occurrence, Task
from app.services.indicator_sources import Definition, Source, read_definitions
from app.services.indicators import IndicatorLine
from app.services.plans import PlanInfo
from app.services.task_list import TaskLine
from workflows.definition import ACCEPTED, OFF


class CardOwner(NamedTuple):
    """The organisation of a card."""

    id: int
    key: str
    name: str
    short_name: str
    gloss_en: str


class CardFigure(NamedTuple):
    """A figure that it gives to an indicator: the newest, or the sum where each report adds to it."""

    label_ru: str
    label_en: str
    #: None while none was accepted
    number: Decimal | None
    #: the day that it speaks for
    as_of: date | None


@dataclass(frozen=True, slots=True)
class CardIndicator:
    """An indicator that the organisation reports to."""

    line: IndicatorLine
    figures: Sequence[CardFigure]
    #: its tasks that collect for the indicator, and those of them that are accepted
    expected: int
    accepted: int


_ORGANIZATION_ID = bindparam("organization_id", type_=Integer)
_PLAN_ID = bindparam("plan_id", type_=Integer)
_GIVEN = (
    select(
        Measurement.activity_id,
        Occurrence.cohort,
        Measurement.figure,
        Measurement.number,
        Measurement.as_of,
    )
    .join(Task, Task.id == Measurement.task_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        Measurement.plan_id == _PLAN_ID,
        Measurement.organization_id == _ORGANIZATION_ID,
        Measurement.standing == "counted",
    )
    .order_by(Measurement.as_of, Measurement.id)
)
_FIELDS = (
    select(
        FigureField.activity_id,
        FigureField.cohort,
        FigureField.key,
        FigureField.label_ru,
        FigureField.label_en,
    )
    .join(Activity, Activity.id == FigureField.activity_id)
    .where(Activity.plan_id == _PLAN_ID)
)


def indicators_reported(
    session: Session,
    plan: PlanInfo,
    owner: CardOwner,
    tasks: Sequence[TaskLine],
    lines: Sequence[IndicatorLine],
) -> list[CardIndicator]:
    """Those that its tasks collect figures for, with the figures of its that count."""
    scope = {"plan_id": plan.id, "organization_id": owner.id}
    given = list(session.execute(_GIVEN, scope))
    labels = {tuple(row[:3]): (row.label_ru, row.label_en) for row in session.execute(_FIELDS, scope)}
    by_number = {line.number: line for line in lines}
    found = []
    for definition in read_definitions(session, plan.id):
        collecting = [line for line in tasks if line.phase != OFF and _collects(definition, line)]
        if collecting:
            figures = _figures(definition, owner, given, labels)
            accepted = sum(line.phase == ACCEPTED for line in collecting)
            found.append(CardIndicator(by_number[definition.number], figures, len(collecting), accepted))
    return found


def _collects(definition: Definition, line: TaskLine) -> bool:
    return any(
        source.takes(line.activity_id, line.cohort, line.organization_key) for source in definition.sources
    )


def _figures(
    definition: Definition,
    owner: CardOwner,
    given: Iterable[Any],
    labels: dict[tuple[Any, ...], tuple[str, str]],
) -> list[CardFigure]:
    found = []
    for source in definition.sources:
        if source.organizations and owner.key not in source.organizations:
            continue
        for key in source.keys:
            numbers = [
                row for row in given if row.figure == key and _belongs(row.activity_id, row.cohort, source)
            ]
            names = _label(source, key, labels)
            if names is None:
                continue
            if numbers:
                whole = sum((row.number for row in numbers), Decimal())
                number = numbers[-1].number if source.running_total else whole
                found.append(CardFigure(*names, number, numbers[-1].as_of))
            else:
                found.append(CardFigure(*names, None, None))
    return found


def _belongs(activity_id: int, cohort: str, source: Source) -> bool:
    return activity_id == source.activity_id and source.cohort in ("", cohort)


def _label(
    source: Source, key: str, labels: dict[tuple[Any, ...], tuple[str, str]]
) -> tuple[str, str] | None:
    cohort = source.cohort
    return labels.get((source.activity_id, cohort, key)) or labels.get((source.activity_id, "", key))
