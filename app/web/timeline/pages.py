"""The year drawn: months, windows and days as percentages of the plan's period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from flask_babel import format_date, gettext

from app.services import timeline
from app.services.plan_page import PlannedActivity
from app.services.plans import PlanInfo
from app.services.progress import OccurrenceLine
from app.services.timeline import Group
from app.web import kinds
from app.web.formats import lang, named
from app.web.state import plan, reading, today
from app.web.terms import brief, rules
from workflows import WORKFLOWS

#: from so many dates on, an activity is drawn as a thread with a dot for each
_THREAD = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a bar. Places and widths are percent of the period."""

    #: bar | day | dot | thread | ghost
    shape: str
    kind: str
    x: float
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Month:
    """A column of the year."""

    label: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """An activity over the year, with its dates and state in words."""

    planned: PlannedActivity
    kind: str
    #: name of the state as the activity's own machine has it
    state: str
    dates: str
    #: why dates were moved
    rules: list[str]
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class TimelineGroup:
    """A heading with its activities."""

    label: str
    number: int | None
    rows: list[TimelineRow]


class Year:
    """The plan's period as a scale from 0 to 100."""

    def __init__(self, info: PlanInfo) -> None:
        self._start = info.period_start
        self._end = info.period_end
        self._days = (info.period_end - info.period_start).days + 1

    def at(self, day: date) -> float:
        """Where a day begins; days outside the period lie at its edge."""
        return round(min(max((day - self._start).days, 0), self._days) * 100 / self._days, 2)

    def middle(self, day: date) -> float:
        """The middle of a day."""
        return round((self.at(day) + self.at(day + timedelta(days=1))) / 2, 2)

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self._start <= day <= self._end

    def width(self, first: date, last: date) -> float:
        """From the beginning of one day to the end of another."""
        return round(self.at(last + timedelta(days=1)) - self.at(first), 2)

    def months(self) -> list[Month]:
        """The columns."""
        found = []
        first = self._start.replace(day=1)
        while first <= self._end:
            following = (first + timedelta(days=32)).replace(day=1)
            last = following - timedelta(days=1)
            found.append(Month(format_date(first, "LLL"), self.at(first), self.width(first, last)))
            first = following
        return found


def body(by_lead: bool) -> str:
    """The whole table; the same for everybody."""
    year = Year(plan())
    read = timeline.by_lead if by_lead else timeline.by_section
    return current_app.jinja_env.get_template("timeline/_body.html").render(
        lang=lang(),
        today=today(),
        groups=_groups(read(reading(), plan(), today()), year, plan()),
        by_lead=by_lead,
        months=year.months(),
        today_at=year.middle(today()) if year.holds(today()) else None,
    )


def _groups(groups: Sequence[Group], year: Year, info: PlanInfo) -> list[TimelineGroup]:
    """The groups in the reader's language, with what to draw."""
    nobody = gettext("Each organisation for itself")
    return [
        TimelineGroup(
            named(group) or str(nobody), group.number, [_row(each, year, info) for each in group.activities]
        )
        for group in groups
    ]


def _row(planned: PlannedActivity, year: Year, info: PlanInfo) -> TimelineRow:
    state = planned.line.state
    kind = kinds.of_activity(state, planned.progress)
    label = WORKFLOWS["activity"].state(state).label.in_language(lang())
    words = [rule for line in planned.occurrences for rule in rules(line)]
    return TimelineRow(planned, kind, label, brief(planned.occurrences), words, _marks(planned, year, info))


def _marks(planned: PlannedActivity, year: Year, info: PlanInfo) -> list[Mark]:
    state, lines = planned.line.state, planned.occurrences
    if planned.line.workflow == "request":
        whole = Mark("thread", "off", 0.0, 100.0)
        return [whole, *(_dot(line, state, year) for line in lines if line.due)]
    if len(lines) >= _THREAD:
        starts = [line.window_start or line.due or info.period_start for line in lines]
        ends = [line.due or info.period_end for line in lines]
        thread = Mark("thread", "off", year.at(min(starts)), year.width(min(starts), max(ends)))
        return [thread, *(_dot(line, state, year) for line in lines)]
    return [mark for line in lines for mark in _window(line, state, year)]


def _window(line: OccurrenceLine, state: str, year: Year) -> list[Mark]:
    kind = kinds.of_occurrence(state, line.progress)
    if line.due_first is None:
        return []
    start = line.window_start or line.due_first
    marks = []
    if line.extended and line.due_last:
        after = line.due_first + timedelta(days=1)
        marks.append(Mark("ghost", kind, year.at(after), year.width(after, line.due_last)))
    if line.mode == "on" or start == line.due_first:
        marks.append(Mark("day", kind, year.middle(line.due_first)))
    else:
        marks.append(Mark("bar", kind, year.at(start), year.width(start, line.due_first)))
    return marks


def _dot(line: OccurrenceLine, state: str, year: Year) -> Mark:
    day = line.due or line.window_start
    return Mark("dot", kinds.of_occurrence(state, line.progress), year.middle(day) if day else 0.0)
