"""Overdue: never a state, always computed from phase, due date and today. Dates of the plan's time zone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple, overload

from app.domain.working_days import WorkingCalendar
from workflows.definition import OWING

OVERDUE = "overdue"
TODAY = "today"
WEEK = "week"
LATER = "later"
NO_DATE = "none"
#: The groups of a list of tasks, the most urgent first.
DUE_GROUPS = (OVERDUE, TODAY, WEEK, LATER, NO_DATE)


@overload
def is_overdue(phase: str, due: date, today: date) -> bool: ...
@overload
def is_overdue(phase: Any, due: Any, today: Any) -> Any: ...
def is_overdue(phase: Any, due: Any, today: Any) -> Any:
    """THE rule: overdue is what is still owed after its due date. The due date itself is in time.

    Operators alone, so that plain values give a bool and columns give a condition of SQL; a NULL due
    date is then NULL, which no WHERE lets through (`lateness` takes None for plain values).

    Two edges follow from asking for the phase and not for the date of submission:
    - submitted and still under review: not the executor's overdue, the next word is the controller's;
    - returned after the due date: overdue, for the executor owes again and the date has passed.
    """
    return (phase == OWING) & (due < today)


class Lateness(NamedTuple):
    """How late something is, in calendar days and in working days; both count the days after the due date."""

    days: int
    working_days: int


def lateness(phase: str, due: date | None, today: date, calendar: WorkingCalendar) -> Lateness | None:
    """How late a task is today; None when it is not overdue or has no deadline."""
    if due is None or not is_overdue(phase, due, today):
        return None
    return Lateness((today - due).days, calendar.working_days_between(due, today))


def due_group(phase: str, due: date | None, today: date) -> str:
    """The group of My tasks: overdue, today, week, later, or none when nothing is owed by a date.

    The week is the calendar week that people plan in: after today, up to and including this Sunday.
    On a Sunday it is therefore empty.
    """
    if phase != OWING or due is None:
        return NO_DATE
    if is_overdue(phase, due, today):
        return OVERDUE
    if due == today:
        return TODAY
    sunday = today + timedelta(days=6 - today.weekday())
    return WEEK if due <= sunday else LATER


def completed_late(submitted_on: date, due: date | None) -> bool:
    """Whether work handed in on that day was late; never without a deadline."""
    return due is not None and submitted_on > due
