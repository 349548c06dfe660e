"""What the calendar pages show: the occurrences of a scope by the day that they are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Occurrence, Task
from app.services.counters import SELECTIONS
from app.services.feed_events import CalendarOccurrence, occurrences
from app.services.feed_scopes import Scope
from app.services.plans import PlanInfo

#: an agenda ends with the month in which it has come to so many entries
ENOUGH = 20

#: where somebody has something to do comes first: what a day or a list cannot show is done
_URGENCY = ("overdue", "returned", "progress", "planned", "review", "done", "off")


class Entry(NamedTuple):
    """An occurrence on the day that it is due. Dates are of the plan's time zone."""

    occurrence: CalendarOccurrence
    due: date
    #: what the order says, where it was no working day and the policy has made another date of it
    nominal: date | None
    #: a task of it is back for rework, whatever else may be said of the occurrence
    returned: bool

    @property
    def opens(self) -> date | None:
        """The first day of its window, where that is an earlier day."""
        start = self.occurrence.window_start
        return start if start and start < self.due else None


class Day(NamedTuple):
    """A day on which something is due."""

    date: date
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is due from a day on, as far as a page goes; all of it lies between two such pages."""

    #: what is overdue, the longest first; only where the list begins with today
    overdue: list[Entry] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    #: the day that the page before this one begins with, and the page after it
    earlier: date | None = None
    later: date | None = None


def entries(session: Session, plan: PlanInfo, scope: Scope, today: date) -> list[Entry]:
    """Everything of a scope that has a due date, by that date; of a day the most urgent first.

    What was withdrawn is there however long ago that was. Three statements.
    """
    found = occurrences(session, plan.id, scope, today=today, zone=plan.zone, withdrawn_too=True)
    moved = select(Occurrence.id, Occurrence.due_nominal).where(
        Occurrence.plan_id == plan.id, Occurrence.due_nominal != Occurrence.due_first
    )
    nominal = {row.id: row.due_nominal for row in session.execute(moved)}
    back = select(Task.occurrence_id).where(Task.plan_id == plan.id, SELECTIONS["returned"])
    returned = set(session.scalars(back))
    dated = [
        Entry(each, each.due, nominal.get(each.id), _is_returned(each, returned))
        for each in found
        if each.due
    ]
    return sorted(dated, key=lambda each: (each.due, _URGENCY.index(each.occurrence.kind)))


def _is_returned(occurrence: CalendarOccurrence, returned: set[int]) -> bool:
    """Of a single task its own state counts: the others with a task there may have theirs back."""
    return occurrence.state == "returned" if occurrence.tasks == 1 else occurrence.id in returned


def narrowed(found: Iterable[Entry], section: int | None, kind: str) -> list[Entry]:
    """Those of a section, and of a kind; None and "" narrow nothing.

    What is returned is found by that even where it is shown as overdue.
    """
    return [
        each
        for each in found
        if section in (None, each.occurrence.section)
        and (kind in ("", each.occurrence.kind) or (kind == "returned" and each.returned))
    ]


def by_day(found: Iterable[Entry]) -> list[Day]:
    """The days on which something of it is due."""
    return [Day(day, list(group)) for day, group in groupby(found, key=lambda each: each.due)]


def agenda(found: Sequence[Entry], start: date, *, overdue_apart: bool) -> Agenda:
    """A page of the agenda that begins with that day and ends with a month."""
    late = [each for each in found if overdue_apart and each.occurrence.overdue and each.due < start]
    days = by_day(found)
    shown, later = _page([day for day in days if day.date >= start])
    earlier = _before([day for day in days if day.date < start])
    return Agenda(late, shown, earlier, later)


def _page(days: list[Day]) -> tuple[list[Day], date | None]:
    """Whole months from the first day on until there are enough entries, and the day after them."""
    shown: list[Day] = []
    for _, month in groupby(days, key=lambda day: day.date.replace(day=1)):
        if sum(len(day.entries) for day in shown) >= ENOUGH:
            break
        shown.extend(month)
    rest = days[len(shown) :]
    return shown, rest[0].date.replace(day=1) if rest else None


def _before(days: list[Day]) -> date | None:
    """The first of the month with which a page that ends before all else begins."""
    count = 0
    first: date | None = None
    for month, group in groupby(reversed(days), key=lambda day: day.date.replace(day=1)):
        if count >= ENOUGH:
            break
        count += sum(len(day.entries) for day in group)
        first = month
    return first


def month_after(first: date) -> date:
    """The first day of the following month."""
    return (first + timedelta(days=31)).replace(day=1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)
