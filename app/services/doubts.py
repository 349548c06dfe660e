"""Doubts: what is unusual about figures that are being given, against what the organisation gave before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.errors import DoubtfulFiguresError
from app.domain.figures import COUNTED, PENDING, PERCENT_KINDS
from app.domain.plausibility import Before, Doubt, Expected, doubts
from app.domain.texts import kept_lines
from app.models import FigureField, Indicator, IndicatorSource, Measurement, Occurrence, Task

#: a number of one of these is what a task says now
STANDS = (PENDING, COUNTED)


class Given(NamedTuple):
    """A number that a task has been given, and the day that it speaks for."""

    number: Decimal
    as_of: date
    standing: str


class Explained(NamedTuple):
    """What was unusual about a figure, and why it is right all the same."""

    doubts: tuple[Doubt, ...]
    why: str


_BEFORE = (
    select(Measurement.figure, Measurement.number, Measurement.as_of)
    .join(Task, Task.id == Measurement.task_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        Measurement.activity_id == bindparam("activity_id"),
        Measurement.organization_id == bindparam("organization_id"),
        Measurement.standing.in_(STANDS),
        Occurrence.cohort == bindparam("cohort", type_=Occurrence.cohort.type),
    )
    .order_by(Measurement.as_of, Measurement.id)
)
_WHOLES = (
    select(IndicatorSource.numerator, IndicatorSource.denominator, IndicatorSource.constant)
    .join(Indicator, Indicator.id == IndicatorSource.indicator_id)
    .where(
        IndicatorSource.activity_id == bindparam("activity_id"),
        IndicatorSource.cohort.in_(("", bindparam("cohort", type_=IndicatorSource.cohort.type))),
        Indicator.kind.in_(PERCENT_KINDS),
    )
)


def ask(
    session: Session,
    task: Task,
    cohort: str,
    fields: Sequence[FigureField],
    figures: Mapping[str, Decimal],
    given: Mapping[str, Given],
    as_of: Mapping[str, date],
    explained: Mapping[str, str],
    *,
    corrects: bool = False,
) -> dict[str, Explained]:
    """What is unusual about figures, with the explanations. Raises DoubtfulFiguresError where one is missing.

    Each is held against the organisation's newest figure of an earlier day; a correction that has none,
    against the number that it corrects. `given` is what the task says already: said again, it is not asked
    about again.
    """
    earlier = _before(session, task, cohort, as_of)
    whole = {**{key: each.number for key, each in given.items()}, **figures}
    odd: dict[str, tuple[Doubt, ...]] = {}
    for expected in _expected(session, task, cohort, fields):
        key = expected.key
        said = given.get(key)
        if key not in figures or (said is not None and said.number == figures[key]):
            continue
        before = earlier.get(key)
        if before is None and said is not None and corrects:
            # That a correction changes something is no news; a jump is.
            before, expected = Before(said.number, said.as_of), replace(expected, steady=False)
        if found := doubts(expected, whole, before):
            odd[key] = found
    why = {key: kept_lines(f"why.{key}", explained[key]) for key in odd if key in explained}
    if any(not why.get(key) for key in odd):
        raise DoubtfulFiguresError(odd, frozenset(key for key, text in why.items() if not text))
    return {key: Explained(found, why[key]) for key, found in odd.items()}


def _before(session: Session, task: Task, cohort: str, as_of: Mapping[str, date]) -> dict[str, Before]:
    scope = {"activity_id": task.activity_id, "organization_id": task.organization_id, "cohort": cohort}
    rows: Any = session.execute(_BEFORE, scope)
    return {
        figure: Before(number, day) for figure, number, day in rows if figure in as_of and day < as_of[figure]
    }


def _expected(session: Session, task: Task, cohort: str, fields: Sequence[FigureField]) -> list[Expected]:
    scope = {"activity_id": task.activity_id, "cohort": cohort}
    wholes = {part: key or constant for part, key, constant in session.execute(_WHOLES, scope)}
    return [
        Expected(
            field.key,
            jump=field.jump,
            steady=field.steady,
            # A part that may not exceed its whole has been refused already.
            whole=None if field.at_most else wholes.get(field.key),
        )
        for field in fields
        if field.kind != "yes_no"
    ]
