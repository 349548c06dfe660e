"""Figures: the numbers that a task asks for. A newer one adds a row; the controller lets them count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError
from app.domain.permissions import Actor
from app.models import FigureField, Measurement, Occurrence, Task


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
) -> list[Measurement]:
    """Add the figures of a task as pending. Raises InvalidInputError naming `figure.<key>`.

    They are as of the occurrence's own date, else as of today; but what is handed in late still speaks for
    its month, so never as of a day after the nominal due date.
    """
    if not figures:
        return []
    fields = figure_fields(session, task.activity_id, occurrence.cohort)
    check(fields, figures, given(session, task.id))
    session.execute(
        update(Measurement)
        .where(
            Measurement.task_id == task.id,
            Measurement.figure.in_(figures),
            Measurement.standing == "pending",
        )
        .values(standing="replaced")
    )
    rows = [
        Measurement(
            plan_id=task.plan_id,
            activity_id=task.activity_id,
            task_id=task.id,
            organization_id=task.organization_id,
            figure=key,
            as_of=occurrence.as_of or min(today, occurrence.due_nominal or today),
            number=number,
            created_at=now,
            person_id=actor.person_id,
            standing="pending",
        )
        for key, number in figures.items()
    ]
    session.add_all(rows)
    session.flush()
    return rows


def confirm(session: Session, task_id: int, now: datetime) -> int:
    """Let the pending figures of a task count; how many there were."""
    pending = list(
        session.scalars(
            select(Measurement).where(Measurement.task_id == task_id, Measurement.standing == "pending")
        )
    )
    if not pending:
        return 0
    session.execute(
        update(Measurement)
        .where(
            Measurement.task_id == task_id,
            Measurement.figure.in_([row.figure for row in pending]),
            Measurement.standing == "counted",
        )
        .values(standing="replaced")
    )
    for row in pending:
        row.standing, row.confirmed_at = "counted", now
    session.flush()
    return len(pending)


def given(session: Session, task_id: int) -> dict[str, Decimal]:
    """The newest number of each figure of a task, pending or counted."""
    rows = session.execute(
        select(Measurement.figure, Measurement.number)
        .where(Measurement.task_id == task_id, Measurement.standing != "replaced")
        .order_by(Measurement.id)
    )
    return {figure: number for figure, number in rows}  # noqa: C416 - rows are Row objects


def check(
    fields: Sequence[FigureField], figures: Mapping[str, Decimal], given: Mapping[str, Decimal]
) -> None:
    """Refuse unknown figures, fractions, numbers out of bounds, and parts larger than their whole.

    `given` are the figures that the task has already: a new part is held against an older whole, and an
    older part against a new whole. Raises InvalidInputError naming `figure.<key>`.
    """
    whole = {**given, **figures}
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
