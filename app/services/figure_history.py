"""What was changed in the figures that tasks were given: the old number, the new one, why, by whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.figures import DECLINED
from app.models import Measurement, Person
from app.services.indicator_figures import COLLECTING_IDS


class Number(NamedTuple):
    """A number that was given in a task; the fields are those of `Measurement`."""

    task_id: int
    figure: str
    number: Decimal
    as_of: date
    standing: str
    created_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    reason: str
    decision: str
    doubts: list[dict[str, Any]]
    explanation: str
    #: who gave it
    person: str


class Correction(NamedTuple):
    """A number and the one of the same task that took its place, asks to take it, or was declined."""

    old: Number
    new: Number


_NUMBERS = (
    select(*(getattr(Measurement, name) for name in Number._fields if name != "person"), Person.name)
    .join(Person, Person.id == Measurement.person_id)
    .order_by(Measurement.id)
)
_OF_TASK = _NUMBERS.where(Measurement.task_id == bindparam("task_id"))
_OF_INDICATOR = _NUMBERS.where(Measurement.task_id.in_(COLLECTING_IDS))


def corrections_in(session: Session, task_id: int) -> list[Correction]:
    """What was changed in the figures of one task, the newest first. One statement."""
    return corrections(_read(session.execute(_OF_TASK, {"task_id": task_id})))


def corrections_for(session: Session, indicator_id: int) -> list[Correction]:
    """What was changed in the tasks that collect for an indicator, the newest first. One statement."""
    return corrections(_read(session.execute(_OF_INDICATOR, {"indicator_id": indicator_id})))


def corrections(given: Iterable[Number]) -> list[Correction]:
    """What was changed in numbers that were given, oldest first; the newest change stands first.

    A declined number changed nothing: what comes after it is held against the one that it left standing.
    """
    standing: dict[tuple[int, str], Number] = {}
    found = []
    for number in given:
        old = standing.get((number.task_id, number.figure))
        if old is not None and old.number != number.number:
            found.append(Correction(old, number))
        if number.standing != DECLINED:
            standing[number.task_id, number.figure] = number
    return found[::-1]


def _read(rows: Iterable[Any]) -> list[Number]:
    return [Number(*row) for row in rows]
