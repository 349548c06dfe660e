"""Figures of many tasks at once: what an organisation's own open tasks ask for, given all or not at all.

Each member of a collective answers for itself, so nobody fills in the figures of another organisation, its
coordinator included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowedError, VekhaError
from app.domain.permissions import EXECUTOR_ROLE, Actor
from app.models import Activity, FigureField, Measurement, Occurrence, Task
from app.services import tasks
from app.services.activities import CLOSED
from app.services.doubts import STANDS
from app.services.evidence import Submission
from app.storage import EvidenceStore
from workflows.definition import OWING


class Asked(NamedTuple):
    """A figure that a task asks for."""

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


@dataclass(frozen=True, slots=True)
class Line:
    """An open task, with the numbers that it has been given."""

    task_id: int
    version: int
    #: of a request: who asked for what
    subject: str
    due: date | None
    label_ru: str
    label_en: str
    given: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The open tasks of one activity (and cohort) that ask for the same figures."""

    code: str
    cohort: str
    short_title: str
    gloss_en: str
    asked: tuple[Asked, ...]
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is given for one task."""

    task_id: int
    version: int
    figures: Mapping[str, Decimal]
    explained: Mapping[str, str]


class SheetRefusedError(VekhaError):
    """Nothing was taken; the reasons by task."""

    message = "Nothing was taken yet."

    def __init__(self, refused: Mapping[int, VekhaError]) -> None:
        super().__init__()
        self.refused = dict(refused)


_OPEN = (
    select(
        *(Task.id, Task.version, Task.subject, Task.due, Task.activity_id),
        *(Activity.code, Activity.short_title, Activity.gloss_en),
        *(Occurrence.cohort, Occurrence.label_ru, Occurrence.label_en),
    )
    .join(Activity, Activity.id == Task.activity_id)
    .join(Occurrence, Occurrence.id == Task.occurrence_id)
    .where(
        Task.plan_id == bindparam("plan_id"),
        Task.organization_id == bindparam("organization_id"),
        Task.phase == OWING,
        Activity.state.not_in(CLOSED),
        or_(
            Occurrence.window_start.is_(None),
            Occurrence.window_start <= bindparam("today", type_=Date),
        ),
        select(FigureField.id)
        .where(FigureField.activity_id == Task.activity_id, FigureField.cohort.in_(("", Occurrence.cohort)))
        .exists(),
    )
    .order_by(Activity.position, Occurrence.position, Task.id)
)
_ASKED = (
    select(
        FigureField.activity_id, FigureField.cohort, *(getattr(FigureField, name) for name in Asked._fields)
    )
    .where(FigureField.activity_id.in_(bindparam("activities", expanding=True)))
    .order_by(FigureField.position)
)
_GIVEN = (
    select(Measurement.task_id, Measurement.figure, Measurement.number)
    .where(Measurement.task_id.in_(bindparam("tasks", expanding=True)), Measurement.standing.in_(STANDS))
    .order_by(Measurement.id)
)


def sheets(session: Session, actor: Actor, plan_id: int, today: date) -> list[Sheet]:
    """What the actor's own organisation may fill in now, in the order of the plan. Three statements.

    Tasks whose time has not come are left out. Raises NotAllowedError for whoever executes nothing.
    """
    if actor.role != EXECUTOR_ROLE or actor.organization_id is None:
        raise NotAllowedError
    scope = {"plan_id": plan_id, "organization_id": actor.organization_id, "today": today}
    rows: Sequence[Any] = session.execute(_OPEN, scope).all()
    asked: Iterable[Any] = session.execute(_ASKED, {"activities": [row.activity_id for row in rows]})
    fields = [(activity_id, cohort, Asked(*more)) for activity_id, cohort, *more in asked]
    found: dict[tuple[str, str], Sheet] = {}
    lines: dict[int, Line] = {}
    for row in rows:
        sheet = found.get((row.code, row.cohort))
        if sheet is None:
            own = tuple(
                each
                for activity_id, cohort, each in fields
                if activity_id == row.activity_id and cohort in ("", row.cohort)
            )
            sheet = Sheet(row.code, row.cohort, row.short_title, row.gloss_en, own, [])
            found[row.code, row.cohort] = sheet
        lines[row.id] = Line(row.id, row.version, row.subject, row.due, row.label_ru, row.label_en)
        sheet.lines.append(lines[row.id])
    given: Iterable[Any] = session.execute(_GIVEN, {"tasks": list(lines)})
    for task_id, figure, number in given:
        lines[task_id].given[figure] = number
    return list(found.values())


def give(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    entries: Iterable[Entry],
    *,
    now: datetime,
    note: str = "",
) -> int:
    """Give the figures of every entry, as interim ones; how many tasks got some.

    All or nothing: raises SheetRefusedError with what each task's own page would have said. Entries follow
    each other in time, so that a month is held against the one before it in the same sheet.
    """
    refused: dict[int, VekhaError] = {}
    done = 0
    for entry in entries:
        try:
            with session.begin_nested():
                tasks.attach(
                    *(session, store, actor, entry.task_id),
                    now=now,
                    version=entry.version,
                    submission=Submission(figures=entry.figures, explained=entry.explained),
                    note=note,
                )
            done += 1
        except VekhaError as error:
            refused[entry.task_id] = error
    if refused:
        raise SheetRefusedError(refused)
    return done


def look_over(
    session: Session, store: EvidenceStore, actor: Actor, entries: Iterable[Entry], *, now: datetime
) -> dict[int, VekhaError]:
    """What `give` would refuse or ask about, by task; nothing is taken."""
    trial = session.begin_nested()
    try:
        give(session, store, actor, entries, now=now)
    except SheetRefusedError as error:
        return error.refused
    finally:
        trial.rollback()
    return {}
