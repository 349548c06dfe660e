"""Acts on many tasks at once: foreseen, so that a person sees what will happen to each, then performed.

What is foreseen is what is done: the acts themselves run in the database and are undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, VekhaError
from app.domain.permissions import Actor
from app.models import Activity, Notice, Person, Task
from app.services import extensions, reminders, tasks
from app.services.digests import NEVER
from app.storage import EvidenceStore

ACCEPT = "accept"
RETURN = "return"
REMIND = "remind"
EXTEND = "extend"
WITHDRAW = "withdraw"
ACTS = (ACCEPT, RETURN, REMIND, EXTEND, WITHDRAW)
#: what needs words: a reason or a basis
WITH_REASON = frozenset({RETURN, EXTEND, WITHDRAW})

#: tasks of one act: whoever changes the plan waits no longer than for these
MOST = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act on many tasks. `chosen` holds pairs of id and version, as the list showed them."""

    act: str
    chosen: tuple[tuple[int, int], ...]
    note: str = ""
    #: the later date, of an extension
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one task: refused with an error, or where it stands then and who is told."""

    task_id: int
    version: int
    error: VekhaError | None = None
    state: str = ""
    due_before: date | None = None
    due: date | None = None
    #: people who get a notice, and how many of them read it in a letter too
    people: int = 0
    letters: int = 0


class Moved(NamedTuple):
    """An activity that the act moves along, and where to."""

    code: str
    short_title: str
    gloss_en: str
    state: str


@dataclass(frozen=True, slots=True)
class Result:
    """What an act does, or did: to each task in the order of the choice, and to their activities."""

    outcomes: list[Outcome]
    activities: list[Moved]

    @property
    def done(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error is None]

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error is not None]


_STATES: Select[*tuple[Any, ...]] = (
    select(Activity.id, Activity.code, Activity.short_title, Activity.gloss_en, Activity.state)
    .where(Activity.id.in_(select(Task.activity_id).where(Task.id.in_(bindparam("tasks", expanding=True)))))
    .order_by(Activity.position)
)
_TOLD: Select[*tuple[Any, ...]] = (
    select(
        Notice.task_id,
        func.count(),
        func.count().filter(Person.email != "", Person.digest != NEVER),
    )
    .join(Person, Person.id == Notice.person_id)
    .where(Notice.id > bindparam("after"), Notice.task_id.in_(bindparam("tasks", expanding=True)))
    .group_by(Notice.task_id)
)


def foresee(session: Session, store: EvidenceStore, actor: Actor, wanted: Wanted, *, now: datetime) -> Result:
    """What `perform` would do now; nothing stays of it. Raises InvalidInputError as `perform` does."""
    trial = session.begin_nested()
    try:
        return perform(session, store, actor, wanted, now=now)
    finally:
        trial.rollback()


def perform(session: Session, store: EvidenceStore, actor: Actor, wanted: Wanted, *, now: datetime) -> Result:
    """Do it to each task that it can be done to; the others stay as they are and are reported.

    Raises InvalidInputError when the act itself is incomplete: nothing chosen, no reason, no date.
    """
    _check(wanted)
    act = _VERBS[wanted.act]
    ids = [task_id for task_id, _ in wanted.chosen]
    before = {row.id: row.state for row in session.execute(_STATES, {"tasks": ids})}
    last_notice = session.scalar(select(func.max(Notice.id))) or 0
    outcomes = []
    for task_id, version in dict(wanted.chosen).items():
        try:
            with session.begin_nested():
                outcomes.append(act(session, store, actor, task_id, version, wanted, now))
        except VekhaError as error:
            outcomes.append(Outcome(task_id, version, error))
    session.flush()
    told = {row[0]: row[1:] for row in session.execute(_TOLD, {"after": last_notice, "tasks": ids})}
    after = session.execute(_STATES, {"tasks": ids})
    return Result(
        [_with_told(outcome, told) for outcome in outcomes],
        [Moved(*row[1:]) for row in after if row.state != before[row.id]],
    )


def _check(wanted: Wanted) -> None:
    problems: dict[str, str] = {}
    if wanted.act not in ACTS:
        problems["act"] = "There is no such choice."
    if not wanted.chosen:
        problems["task"] = "Please choose at least one task in the list."
    elif len(wanted.chosen) > MOST:
        problems["task"] = "Please choose at most %(number)s tasks at once."
    if wanted.act in WITH_REASON and not wanted.note:
        problems["note"] = "Please give the reason."
    if wanted.act == EXTEND and wanted.due is None:
        problems["due"] = "Please enter the new date."
    if problems:
        raise InvalidInputError(problems, number=MOST)


Verb = Callable[[Session, EvidenceStore, Actor, int, int, Wanted, datetime], Outcome]


def _fire(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    task_id: int,
    version: int,
    wanted: Wanted,
    now: datetime,
) -> Outcome:
    task = tasks.fire(
        *(session, store, actor, task_id, wanted.act), now=now, version=version, note=wanted.note
    )
    return Outcome(task_id, version, state=task.state)


def _remind(
    session: Session,
    _: EvidenceStore,
    actor: Actor,
    task_id: int,
    version: int,
    wanted: Wanted,
    now: datetime,
) -> Outcome:
    # Of whatever has changed meanwhile: what is still owed is worth a reminder.
    reminders.remind(session, actor, [task_id], now=now, note=wanted.note)
    return Outcome(task_id, version)


def _extend(
    session: Session,
    _: EvidenceStore,
    actor: Actor,
    task_id: int,
    version: int,
    wanted: Wanted,
    now: datetime,
) -> Outcome:
    extension = extensions.set_later(
        session, actor, task_id, due=wanted.due, reason=wanted.note, now=now, version=version
    )
    return Outcome(task_id, version, due_before=extension.due_before, due=extension.due_granted)


_VERBS: Mapping[str, Verb] = {
    ACCEPT: _fire,
    RETURN: _fire,
    WITHDRAW: _fire,
    REMIND: _remind,
    EXTEND: _extend,
}


def _with_told(outcome: Outcome, told: Mapping[int, Iterable[int]]) -> Outcome:
    if outcome.error is not None or outcome.task_id not in told:
        return outcome
    people, letters = told[outcome.task_id]
    return Outcome(
        *(outcome.task_id, outcome.version, None, outcome.state, outcome.due_before, outcome.due),
        *(people, letters),
    )
