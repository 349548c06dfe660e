"""Lateness, reminders and discipline in plain words, for tests that walk a year day by day.

It imports nothing of the product, so that it cannot repeat its mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

#: of the production calendar of 2022 and the first week of 2023: days off from Monday to Friday, and the
#: Saturday that was worked
HOLIDAYS = {
    *(date(2022, 1, day) for day in range(3, 8)),
    *(date(2022, 2, 23), date(2022, 3, 7), date(2022, 3, 8), date(2022, 5, 2), date(2022, 5, 3)),
    *(date(2022, 5, 9), date(2022, 5, 10), date(2022, 6, 13), date(2022, 11, 4)),
    *(date(2023, 1, day) for day in range(2, 7)),
}
WORKED = {date(2022, 3, 5)}
BEFORE, AFTER = (14, 7, 1), (1, 3, 7)


def is_worked(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in HOLIDAYS)


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


@cache
def working_days(after: date, until: date) -> int:
    """Working days after the one and up to the other."""
    return sum(is_worked(day) for day in days_from(after + timedelta(days=1), until))


@cache
def working_days_before(due: date, count: int) -> date:
    """The day from which so many working days are left, the due date among them."""
    day = due
    while count:
        day -= timedelta(days=1)
        count -= is_worked(day)
    return day


@dataclass
class Number:
    """A figure that was handed in."""

    key: str
    as_of: date
    value: Decimal
    #: waits, counts, or was replaced
    standing: str = "waits"
    #: whether it ever counted
    counted: bool = False


@dataclass
class PlainTask:
    """A task as the model remembers it. People and organisations by their ids."""

    id: int
    activity: str
    section: int
    cohort: str
    organization: int
    organization_key: str
    coordinator: int | None
    due: date | None
    nominal: date | None
    #: the day that the table of its date speaks for
    speaks_for: date | None
    state: str = "planned"
    closed: bool = False
    submitted_on: date | None = None
    submitted_by: int | None = None
    returns: int = 0
    extensions: int = 0
    numbers: list[Number] = field(default_factory=list)
    #: the later date that was asked for and not decided, with the id of the asking
    waiting: tuple[int, date] | None = None
    #: steps of the ladder that were climbed, each with the due date that it was climbed for
    climbed: set[tuple[date, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.first = self.scored = self.due

    @property
    def owed(self) -> bool:
        return not self.closed and self.state not in ("submitted", "accepted", "withdrawn")

    @property
    def counts(self) -> bool:
        """Whether anything is expected of it at all."""
        return not self.closed and self.state != "withdrawn"

    def late(self, today: date) -> bool:
        return self.owed and self.due is not None and self.due < today

    def hand_in(self, today: date, person: int, numbers: dict[str, Decimal]) -> None:
        self.give(today, numbers)
        self.state, self.submitted_on, self.submitted_by = "submitted", today, person

    def give(self, today: date, numbers: dict[str, Decimal]) -> None:
        """What is handed in late speaks for its own month all the same."""
        day = self.speaks_for or min(today, self.nominal or today)
        for old in self.numbers:
            if old.key in numbers and old.standing == "waits":
                old.standing = "replaced"
        self.numbers += (Number(key, day, value) for key, value in numbers.items())

    def confirm(self) -> None:
        waiting = [number for number in self.numbers if number.standing == "waits"]
        for old in self.numbers:
            if old.standing == "counts" and old.key in {number.key for number in waiting}:
                old.standing = "replaced"
        for number in waiting:
            number.standing, number.counted = "counts", True

    def extend(self, to: date, granted_on: date) -> None:
        """Granted after the date has passed, it heals nothing."""
        self.extensions += 1
        if self.scored is not None and granted_on <= self.scored:
            self.scored = to
        self.due = to


@dataclass(frozen=True)
class People:
    """Who hears: the accounts of each organisation, and the controllers."""

    of: dict[int, list[int]]
    controllers: list[int]


def climb(tasks: Iterable[PlainTask], people: People, today: date) -> set[tuple[int, int, str, int, int]]:
    """Climb the ladder; the notices as (person, task, family, step, days late).

    A step that was never announced because nobody looked on its day is climbed in silence when a later one
    has been reached too.
    """
    told = set()
    for task in tasks:
        if not task.owed or task.due is None:
            continue
        due = task.due
        steps = [("before", days, working_days_before(due, days)) for days in BEFORE]
        steps += [("due", 0, due)]
        steps += [("after", days, due + timedelta(days=days)) for days in AFTER]
        reached = [(family, days) for family, days, day in steps if day <= today]
        if not reached or (due, f"{reached[-1]}") in task.climbed:
            continue
        task.climbed |= {(due, f"{step}") for step in reached}
        family, days = reached[-1]
        hears = list(people.of.get(task.organization, []))
        if family == "after" and days >= 3:
            hears += people.of.get(task.coordinator or 0, [])
        if family == "after" and days >= 7:
            hears += people.controllers
        told |= {(person, task.id, family, days, (today - due).days) for person in hears}
    return told


@dataclass
class Counts:
    """What a line of discipline tells."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0
    excluded: int = 0
    days: int = 0
    extensions: int = 0
    returns: int = 0

    @property
    def average(self) -> Fraction | None:
        broken = self.late + self.overdue
        return Fraction(self.days, broken) if broken else None

    def share(self, directum: bool) -> Fraction | None:
        whole = self.on_time + self.late + self.overdue
        if directum and not whole:
            return Fraction(1) if self.open else None
        share = Fraction(self.on_time, whole) if whole else None
        return Fraction(round(share * 100), 100) if directum and share is not None else share


def discipline(
    tasks: Iterable[PlainTask],
    today: date,
    *,
    directum: bool,
    first: bool,
    keys: Callable[[PlainTask], Iterable[str]],
) -> dict[str, Counts]:
    """By key of the line; a task may stand in several."""
    lines: dict[str, Counts] = {}
    for task in tasks:
        due = task.first if first else task.scored
        for key in keys(task):
            line = lines.setdefault(key, Counts())
            line.extensions += task.extensions
            line.returns += task.returns
            _count(line, task, due, today, directum)
    return lines


def _count(line: Counts, task: PlainTask, due: date | None, today: date, directum: bool) -> None:
    if not task.counts:
        line.excluded += 1
    elif task.owed:
        if due is not None and due < today:
            line.overdue += 1
            line.days += working_days(due, today)
        else:
            line.open += 1
    elif task.state == "submitted" and not directum:
        line.open += 1
    elif due is None and not directum:
        line.excluded += 1
    else:
        assert task.submitted_on is not None
        if due is not None and task.submitted_on > due:
            line.late += 1
            line.days += working_days(due, task.submitted_on)
        else:
            line.on_time += 1
