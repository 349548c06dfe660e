"""Discipline of execution (исполнительская дисциплина): how much of what fell due was done in time.

Two ways to count, to choose from:
- simple: done on time ÷ planned, that is ÷ what has fallen due and is decided. Acceptance decides;
- directum: as the widgets «Исполнительская дисциплина» and «… сотрудников» of Directum RX count for an
  employee (module Shell, `GetAssignmentCompletionStatistic`, `GetEmployeeDisciplineForChart`): assignments
  completed in time ÷ (completed in time + overdue, completed or not), rounded to a whole percent; 100 when
  there are only assignments in work that are not overdue, nothing when there are none. The employee's own
  completion decides, so work under review counts by the day on which it was handed in, and work without a
  deadline is in time. Directum takes the assignments in work and those completed in the last 30 or 90
  days; here the period is asked of the due date in both ways, so that they count the same tasks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.domain.overdue import completed_late, is_overdue
from app.domain.working_days import WorkingCalendar
from workflows.definition import ACCEPTED, OFF, REVIEW

ON_TIME = "on_time"
LATE = "late"
OVERDUE = "overdue"
#: the ways to count
SIMPLE, DIRECTUM = "simple", "directum"
METHODS = (SIMPLE, DIRECTUM)
OPEN = "open"
EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What discipline needs to know of a task. Dates of the plan's time zone.

    `due` is the date to measure against: the scoring date (see `schedule.scoring_due`), or the first due
    date for the stricter reading. `submitted_on` is the date of the last submission, which in an
    accepted task is the one that was accepted.
    """

    phase: str
    due: date | None
    submitted_on: date | None
    today: date

    @property
    def category(self) -> str:
        """Where the task counts. Raises ValueError for an accepted task without a submission.

        - excluded: nothing is owed any more (withdrawn, suspended, declined), or it was accepted and
          had no deadline that could be kept or missed;
        - on_time, late: accepted, by the date of the submission that was accepted (the due date is
          inclusive). Only acceptance decides: the executor's "done" is a claim, removal from control is
          the controller's act;
        - overdue: still owed after the date. An extension granted after the lapse leaves the scoring
          date alone, so such a task counts here although the tracker shows it as not yet due;
        - open: under review, or owed and not yet due. Left out until it is decided.
        """
        if self.phase == OFF:
            return EXCLUDED
        if self.phase == ACCEPTED:
            return self._accepted()
        if self.due is not None and is_overdue(self.phase, self.due, self.today):
            return OVERDUE
        return OPEN

    def category_by(self, method: str) -> str:
        """Where the task counts in one of `METHODS`. Raises ValueError as `category`."""
        if method == DIRECTUM and self.phase in (REVIEW, ACCEPTED):
            if self.submitted_on is None:
                raise ValueError("what is under review or accepted was submitted at some time")
            return LATE if completed_late(self.submitted_on, self.due) else ON_TIME
        return self.category

    def days_late(self, method: str, calendar: WorkingCalendar) -> int:
        """Working days from the due date to the submission, or to today while it is overdue; else 0."""
        category = self.category_by(method)
        if self.due is None or category not in (LATE, OVERDUE):
            return 0
        until = self.submitted_on if category == LATE and self.submitted_on else self.today
        return calendar.working_days_between(self.due, until)

    def _accepted(self) -> str:
        if self.due is None:
            return EXCLUDED
        if self.submitted_on is None:
            raise ValueError("an accepted task was submitted at some time")
        return LATE if completed_late(self.submitted_on, self.due) else ON_TIME


@dataclass(frozen=True, slots=True)
class Discipline:
    """Counts of tasks; add two of them to pool organisations, for shares must not be averaged."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0
    excluded: int = 0

    @property
    def numerator(self) -> int:
        return self.on_time

    @property
    def denominator(self) -> int:
        """What fell due: on time, late and overdue now. Open and excluded tasks are left out."""
        return self.on_time + self.late + self.overdue

    @property
    def share(self) -> Fraction | None:
        """On time ÷ (on time + late + overdue now), from 0 to 1; None while nothing has fallen due."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def share_by(self, method: str) -> Fraction | None:
        """The share in one of `METHODS`, from 0 to 1; None: there is none."""
        if method == SIMPLE:
            return self.share
        if self.share is None:
            return Fraction(1) if self.open else None
        # A half goes to the even number, as Directum rounds.
        return Fraction(round(self.share * 100), 100)

    def __add__(self, other: Discipline) -> Discipline:
        return Discipline(
            self.on_time + other.on_time,
            self.late + other.late,
            self.overdue + other.overdue,
            self.open + other.open,
            self.excluded + other.excluded,
        )


def discipline(outcomes: Iterable[TaskOutcome]) -> Discipline:
    """The counts over the tasks; ValueError as in `TaskOutcome.category`."""
    counts = Counter(outcome.category for outcome in outcomes)
    return Discipline(counts[ON_TIME], counts[LATE], counts[OVERDUE], counts[OPEN], counts[EXCLUDED])
