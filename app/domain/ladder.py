"""The ladder of reminders: which steps a task has climbed by a day, and who hears of each.

Before the due date the steps count working days of the production calendar, for that is the time left to
work in; after it they count calendar days, as lateness itself is told. Dates of the plan's time zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, NamedTuple

from app.domain.errors import InvalidInputError
from app.domain.working_days import WorkingCalendar
from workflows.definition import CONTROLLER, COORDINATOR, EXECUTOR, OWING

BEFORE = "before"
DUE = "due"
AFTER = "after"
#: kinds of steps, and of the notices that they make
FAMILIES = (BEFORE, DUE, AFTER)

#: who heads an organisation; where nobody is known to, all its people are told from the beginning
HEAD = "head"
#: who is told besides at each step after the due date
_CIRCLES = ((EXECUTOR,), (HEAD, COORDINATOR), (CONTROLLER,))
#: so many steps, and so many days away, are more than anybody would read
_STEPS, _DAYS = 10, 365


class Step(NamedTuple):
    """A step of the ladder: a family, and days before or after (0 on the due date)."""

    family: str
    days: int

    @property
    def name(self) -> str:
        """before:14 | due | after:3"""
        return DUE if self.family == DUE else f"{self.family}:{self.days}"


class Ladder(NamedTuple):
    """What a plan reminds of: working days before the due date, that day itself, calendar days after it."""

    before: tuple[int, ...] = (14, 7, 1)
    due: bool = True
    after: tuple[int, ...] = (1, 3, 7)

    @property
    def steps(self) -> list[Step]:
        """The steps, in the order of time."""
        return [
            *(Step(BEFORE, days) for days in self.before),
            *([Step(DUE, 0)] if self.due else []),
            *(Step(AFTER, days) for days in self.after),
        ]

    def as_record(self) -> dict[str, Any]:
        """As a plan keeps it; the reverse of `ladder_of`."""
        return {"before": list(self.before), "due": self.due, "after": list(self.after)}


def ladder_of(record: Mapping[str, Any]) -> Ladder:
    """The ladder that a plan keeps."""
    return Ladder(tuple(record["before"]), bool(record["due"]), tuple(record["after"]))


def checked_ladder(before: Sequence[int], due: bool, after: Sequence[int]) -> Ladder:
    """A ladder that somebody entered, each day once and in order. Raises InvalidInputError."""
    problems = {
        name: "Please give at most 10 numbers of days from 1 to 365."
        for name, days in ((BEFORE, before), (AFTER, after))
        if len(days) > _STEPS or not all(1 <= each <= _DAYS for each in days)
    }
    if problems:
        raise InvalidInputError(problems)
    return Ladder(tuple(sorted(set(before), reverse=True)), due, tuple(sorted(set(after))))


def reached(
    ladder: Ladder, phase: str, due: date | None, today: date, calendar: WorkingCalendar
) -> list[Step]:
    """The steps that a task has climbed by today, the latest last; none unless it is owed by a date."""
    if phase != OWING or due is None:
        return []
    return [step for step in ladder.steps if _day_of(step, due, calendar) <= today]


def horizon(ladder: Ladder, today: date, calendar: WorkingCalendar) -> date:
    """No task that is due later has reached any step today."""
    return calendar.add_working_days(today, max(ladder.before, default=0))


def told(ladder: Ladder, step: Step) -> frozenset[str]:
    """Who hears of a step: up to the due date and at the first step after it the executor alone, at the
    second its head and the coordinator too, from the third on the controller as well."""
    if step.family != AFTER:
        return frozenset({EXECUTOR})
    return frozenset(chain(*_CIRCLES[: ladder.after.index(step.days) + 1]))


def _day_of(step: Step, due: date, calendar: WorkingCalendar) -> date:
    if step.family == BEFORE:
        return calendar.add_working_days(due, -step.days)
    return due + timedelta(days=step.days)
