"""Figures: the numbers that a task asks for. A newer one adds a row; the controller lets them count."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError
from app.domain.figures import COUNTED, DECLINED, PENDING, REPLACED
from app.domain.permissions import Actor
from app.models import FigureField, Measurement, Occurrence, Task
from app.services import doubts
from app.services.doubts import STANDS, Explained, Given


class Change(NamedTuple):
    """A number that was taken, and the one that the task said before; None: it had said nothing."""

    row: Measurement
    before: Decimal | None


def figure_fields(session: Session, activity_id: int, cohort: str) -> list[FigureField]:
    """The figures that a task asks for; those of another cohort are left out."""
    return list(
        session.scalars(
            select(FigureField)
            .where(FigureField.activity_id == activity_id, FigureField.cohort.in_(("", cohort)))
            .order_by(FigureField.position)
        )
    )


def record(
    session: Session,
    actor: Actor,
    task: Task,
    occurrence: Occurrence,
    figures: Mapping[str, Decimal],
    now: datetime,
    today: date,
    *,
    explained: Mapping[str, str] = MappingProxyType({}),
    reason: str = "",
) -> list[Change]:
    """Add the figures of a task as pending. Raises InvalidInputError naming `figure.<key>` or `note`, and
    DoubtfulFiguresError for what is unusual and not `explained`.

    They are as of the occurrence's own date, else as of today; but what is handed in late still speaks for
    its month, so never as of a day after the nominal due date. A number that counts for that very day is
    not changed without a reason; a task that was sent back has one.
    """
    if not figures:
        return []
    fields = figure_fields(session, task.activity_id, occurrence.cohort)
    before = given(session, task.id)
    check(fields, figures, before)
    as_of = occurrence.as_of or min(today, occurrence.due_nominal or today)
    reason = reason or task.return_reason
    if not reason and any(_corrects(before.get(key), number, as_of) for key, number in figures.items()):
        raise InvalidInputError({"note": "This figure counts already. Please say why it changes."})
    days = dict.fromkeys(figures, as_of)
    odd = doubts.ask(session, task, occurrence.cohort, fields, figures, before, days, explained)
    return add(session, actor, task, figures, now, as_of=days, reason=reason, odd=odd)


def add(
    session: Session,
    actor: Actor,
    task: Task,
    figures: Mapping[str, Decimal],
    now: datetime,
    *,
    as_of: Mapping[str, date],
    reason: str,
    odd: Mapping[str, Explained],
    standing: str = PENDING,
) -> list[Change]:
    """Add rows for figures that have been checked; what waited before them is replaced.

    `as_of` is the day that each speaks for. Those that count at once take the place of what counted.
    """
    before = given(session, task.id)
    counts = standing == COUNTED
    _end(session, task.id, figures, STANDS if counts else (PENDING,), REPLACED, now)
    changes = []
    for key, number in figures.items():
        old = before[key].number if key in before else None
        row = Measurement(
            plan_id=task.plan_id,
            activity_id=task.activity_id,
            task_id=task.id,
            organization_id=task.organization_id,
            figure=key,
            as_of=as_of[key],
            number=number,
            created_at=now,
            person_id=actor.person_id,
            standing=standing,
            confirmed_at=now if counts else None,
            reason=reason if old not in (None, number) else "",
            doubts=[doubt.plain() for doubt in odd[key].doubts] if key in odd else [],
            explanation=odd[key].why if key in odd else "",
        )
        changes.append(Change(row, old))
    session.add_all(change.row for change in changes)
    session.flush()
    return changes


def confirm(session: Session, task_id: int, now: datetime) -> int:
    """Let the pending figures of a task count; how many there were."""
    pending = _pending(session, task_id)
    if pending:
        _end(session, task_id, [row.figure for row in pending], (COUNTED,), REPLACED, now)
        for row in pending:
            row.standing, row.confirmed_at = COUNTED, now
        session.flush()
    return len(pending)


def decline(session: Session, task_id: int, decision: str, now: datetime) -> list[Measurement]:
    """Let the pending figures of a task count for nothing; what counted before them goes on counting."""
    pending = _pending(session, task_id)
    for row in pending:
        row.standing, row.ended_at, row.decision = DECLINED, now, decision
    session.flush()
    return pending


def given(session: Session, task_id: int) -> dict[str, Given]:
    """The newest number of each figure of a task, pending or counted."""
    rows = session.execute(
        select(Measurement.figure, Measurement.number, Measurement.as_of, Measurement.standing)
        .where(Measurement.task_id == task_id, Measurement.standing.in_(STANDS))
        .order_by(Measurement.id)
    )
    return {row.figure: Given(*row[1:]) for row in rows}


def journaled(changes: Sequence[Change]) -> dict[str, Any]:
    """The numbers as the journal keeps them: those given, and those that they take the place of."""
    if not changes:
        return {}
    before = {row.figure: _plain(old) for row, old in changes if old is not None and old != row.number}
    found: dict[str, Any] = {"figures": {row.figure: _plain(row.number) for row, _ in changes}}
    odd = {
        row.figure: {"doubts": row.doubts, "explanation": row.explanation} for row, _ in changes if row.doubts
    }
    return found | ({"before": before} if before else {}) | ({"unusual": odd} if odd else {})


def check(fields: Sequence[FigureField], figures: Mapping[str, Decimal], given: Mapping[str, Given]) -> None:
    """Refuse unknown figures, fractions, numbers out of bounds, and parts larger than their whole.

    `given` are the figures that the task has already: a new part is held against an older whole, and an
    older part against a new whole. Raises InvalidInputError naming `figure.<key>`.
    """
    whole = {**{key: each.number for key, each in given.items()}, **figures}
    known = {field.key: field for field in fields}
    problems: dict[str, str] = {}
    for key, number in figures.items():
        field_ = known.get(key)
        if field_ is None:
            problems[f"figure.{key}"] = "This task does not ask for this figure."
        elif number != number.to_integral_value():
            problems[f"figure.{key}"] = "Please enter a whole number."
        elif number < field_.minimum or (field_.maximum is not None and number > field_.maximum):
            problems[f"figure.{key}"] = "This number is out of bounds."
    for field_ in fields:
        if not {field_.key, field_.at_most} & figures.keys() or f"figure.{field_.key}" in problems:
            continue
        if field_.at_most in whole and field_.key in whole and whole[field_.key] > whole[field_.at_most]:
            problems[f"figure.{field_.key}"] = "A part cannot be larger than the whole."
    if problems:
        raise InvalidInputError(problems)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _corrects(before: Given | None, number: Decimal, as_of: date) -> bool:
    """Whether the number takes the place of one that counts for the same day and says something else."""
    return (
        before is not None
        and before.standing == COUNTED
        and before.as_of == as_of
        and before.number != number
    )


def _pending(session: Session, task_id: int) -> list[Measurement]:
    rows = select(Measurement).where(Measurement.task_id == task_id, Measurement.standing == PENDING)
    return list(session.scalars(rows.order_by(Measurement.id)))


def _end(
    session: Session,
    task_id: int,
    figures: Collection[str],
    standings: Collection[str],
    standing: str,
    now: datetime,
) -> None:
    session.execute(
        update(Measurement)
        .where(
            Measurement.task_id == task_id,
            Measurement.figure.in_(figures),
            Measurement.standing.in_(standings),
        )
        .values(standing=standing, ended_at=now)
    )
