"""Discipline by organisation, section or person in a period, down to the tasks that each figure counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain.discipline import (
    EXCLUDED,
    LATE,
    METHODS,
    ON_TIME,
    OPEN,
    OVERDUE,
    SIMPLE,
    Discipline,
    TaskOutcome,
)
from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.services.discipline.tasks import MeasuredTask, measured_tasks, people_of
from app.services.plans import PlanInfo

ORGANIZATION, SECTION, PERSON = "organization", "section", "person"
#: what discipline is told by
BASES = (ORGANIZATION, SECTION, PERSON)
IN_FORCE, FIRST = "in_force", "first"
#: the dates that it is measured against
READINGS = (IN_FORCE, FIRST)
#: where a task can count, in the order of the pages
CATEGORIES = (OVERDUE, LATE, ON_TIME, OPEN, EXCLUDED)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of discipline. The period is of due dates, both days in it; None: without a bound."""

    by: str = ORGANIZATION
    method: str = SIMPLE
    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.by not in BASES or self.method not in METHODS:
            raise ValueError(f"discipline is not told by {self.by} or counted by {self.method}")

    def takes(self, due: date | None) -> bool:
        """Whether a task with that date is asked about; one without a date while no period is named."""
        if due is None:
            return self.start is None and self.end is None
        return (self.start is None or self.start <= due) and (self.end is None or due <= self.end)


class Subject(NamedTuple):
    """Whose discipline it is. `key` names it in addresses."""

    key: str
    short_name: str
    gloss_en: str = ""
    #: of a person: the organisation; of an organisation without accounts: that it has none
    of: str = ""
    of_gloss: str = ""


class Counted(NamedTuple):
    """A task and where it counts; working days that it is or was late."""

    task: MeasuredTask
    due: date | None
    category: str
    days: int


@dataclass(frozen=True, slots=True)
class Measure:
    """The discipline of one subject against one of the readings."""

    counted: Sequence[Counted]
    counts: Discipline
    #: from 0 to 1; None: there is none
    share: Fraction | None
    #: average working days late over what was late or is overdue; None: nothing is
    lateness: Fraction | None

    def tasks(self, category: str) -> list[Counted]:
        """Those that count there."""
        return [one for one in self.counted if one.category == category]


@dataclass(frozen=True, slots=True)
class DisciplineLine:
    """A subject with its measures. Extensions (granted) and returns are of the tasks of `in_force`."""

    subject: Subject
    in_force: Measure
    first: Measure
    extensions: int
    returns: int

    def measure(self, reading: str) -> Measure:
        """The measure of one of `READINGS`."""
        return self.first if reading == FIRST else self.in_force


@dataclass(slots=True)
class _Group:
    subject: Subject
    tasks: list[MeasuredTask] = field(default_factory=list)


ALL = Subject("", "")


def measure_discipline(
    session: Session, plan: PlanInfo, today: date, question: Question, actor: Actor
) -> tuple[list[DisciplineLine], DisciplineLine]:
    """The lines that the question asks for, the worst first (sections in their order), and all together.

    People are told of to whoever sees everything; anybody else reads of its own organisation's. Two
    statements at most.
    """
    tasks, groups = _groups(session, plan, question, actor)
    lines = [_line(group.subject, group.tasks, plan, today, question) for group in groups]
    if question.by != SECTION:
        lines.sort(key=_worst_first)
    return lines, _line(ALL, tasks, plan, today, question)


def find_discipline(
    session: Session, plan: PlanInfo, today: date, question: Question, actor: Actor, key: str
) -> DisciplineLine:
    """The line of one subject; "" is all together. Raises NotFoundError, also for what may not be seen."""
    tasks, groups = _groups(session, plan, question, actor)
    if key == ALL.key:
        return _line(ALL, tasks, plan, today, question)
    for group in groups:
        if group.subject.key == key:
            return _line(group.subject, group.tasks, plan, today, question)
    raise NotFoundError


def _groups(
    session: Session, plan: PlanInfo, question: Question, actor: Actor
) -> tuple[list[MeasuredTask], Iterable[_Group]]:
    tasks = measured_tasks(session, plan.id)
    if question.by == PERSON:
        if not actor.sees_everything:
            tasks = [task for task in tasks if task.organization_id == actor.organization_id]
        return tasks, _by_person(session, tasks)
    groups: dict[str, _Group] = {}
    for task in tasks:
        subject = _section(task) if question.by == SECTION else _organization(task)
        groups.setdefault(subject.key, _Group(subject)).tasks.append(task)
    if question.by == SECTION:
        return tasks, sorted(groups.values(), key=lambda group: int(group.subject.key))
    return tasks, groups.values()


def _by_person(session: Session, tasks: Iterable[MeasuredTask]) -> Iterable[_Group]:
    """A task is of whoever handed it in last, else of every account that acts for its executor."""
    people = people_of(session)
    groups: dict[str, _Group] = {}
    for task in tasks:
        mine = people.submitter(task.submitted_by) or people.acting_for(task.organization_id)
        subjects = [
            Subject(str(person.id), person.name, "", person.organization, person.organization_gloss)
            for person in mine
        ] or [Subject(f"-{task.organization_key}", task.short_name, task.organization_gloss)]
        for subject in subjects:
            groups.setdefault(subject.key, _Group(subject)).tasks.append(task)
    return groups.values()


def _organization(task: MeasuredTask) -> Subject:
    return Subject(task.organization_key, task.short_name, task.organization_gloss)


def _section(task: MeasuredTask) -> Subject:
    return Subject(str(task.section), task.section_title, task.section_gloss)


def _line(
    subject: Subject, tasks: Iterable[MeasuredTask], plan: PlanInfo, today: date, question: Question
) -> DisciplineLine:
    of = list(tasks)
    in_force = _measure(of, IN_FORCE, plan, today, question)
    first = _measure(of, FIRST, plan, today, question)
    return DisciplineLine(
        subject,
        in_force,
        first,
        sum(one.task.extensions for one in in_force.counted),
        sum(one.task.returns for one in in_force.counted),
    )


def _measure(
    tasks: Iterable[MeasuredTask], reading: str, plan: PlanInfo, today: date, question: Question
) -> Measure:
    counted = []
    for task in tasks:
        due = task.due_first if reading == FIRST else task.due_scored
        if question.takes(due):
            outcome = TaskOutcome(task.phase, due, task.submitted_on, today)
            category = outcome.category_by(question.method)
            days = outcome.days_late(question.method, plan.calendar)
            counted.append(Counted(task, due, category, days))
    number = Counter(one.category for one in counted)
    counts = Discipline(number[ON_TIME], number[LATE], number[OVERDUE], number[OPEN], number[EXCLUDED])
    broken = counts.late + counts.overdue
    days = sum(one.days for one in counted)
    return Measure(
        counted, counts, counts.share_by(question.method), Fraction(days, broken) if broken else None
    )


def _worst_first(line: DisciplineLine) -> tuple[float, int, int]:
    share, counts = line.in_force.share, line.in_force.counts
    return (2 if share is None else float(share), -counts.overdue, -counts.denominator)
