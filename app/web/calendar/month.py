"""A month as weeks from Monday: what is due on each day, and the windows as bars over their days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain.working_days import WorkingCalendar
from app.services.calendar_entries import month_after
from app.web.calendar.lines import DayMark, Line, day_mark, day_of_week

#: of a day with more entries the first so many are shown, the others are folded
FEW = 3
#: bars over each other
LANES = 4
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """The part of a window that lies in a week; it stands in the cell of its first day."""

    line: Line
    #: days
    span: int
    opens: bool
    closes: bool


@dataclass(slots=True)
class Cell:
    """A day of the month, or of the weeks that it begins and ends in."""

    date: date
    #: weekday and day, as they are read out
    words: str
    mark: DayMark
    outside: bool
    lines: list[Line] = field(default_factory=list)
    #: a bar that begins here, or None, for each lane that the week has
    bars: list[Bar | None] = field(default_factory=list)

    @property
    def opens(self) -> bool:
        """Whether a window begins here."""
        return any(bar and bar.opens for bar in self.bars)

    @property
    def few(self) -> list[Line]:
        """What the day shows."""
        return self.lines if len(self.lines) <= FEW + 1 else self.lines[:FEW]

    @property
    def more(self) -> list[Line]:
        """What it folds; never a single entry."""
        return self.lines[len(self.few) :]


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday."""

    cells: list[Cell]

    @property
    def is_noted(self) -> bool:
        """Whether one of its days has a name of its own."""
        return any(cell.mark.note for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks, and the windows that have no bar: those that run all month, and the fifth at once.

    What was withdrawn or suspended runs no more: it stands on its due day alone.
    """

    first: date
    weeks: list[Week]
    beside: list[Line]
    #: of the month itself
    due: int

    @property
    def is_moved(self) -> bool:
        """Whether people work on one of its weekends."""
        return any(cell.mark.is_moved and not cell.outside for week in self.weeks for cell in week.cells)


def lay_out(first: date, shown: Sequence[Line], calendar: WorkingCalendar) -> Month:
    """The month that begins with `first`."""
    last = month_after(first) - timedelta(days=1)
    monday = first - timedelta(days=first.weekday())
    days = (last - monday).days // _WEEK * _WEEK + _WEEK
    cells = {
        day: Cell(day, day_of_week(day), day_mark(day, calendar), not first <= day <= last)
        for day in (monday + timedelta(days=number) for number in range(days))
    }
    for line in shown:
        if line.due in cells:
            cells[line.due].lines.append(line)
    weeks = [Week(list(cells.values())[start : start + _WEEK]) for start in range(0, days, _WEEK)]
    closing = calendar.add_working_days(last + timedelta(days=1), -1)
    running = [line for line in shown if line.opens and line.kind != "off"]
    windows = [line for line in running if line.begins <= last and line.due >= first]
    lanes = _lanes([line for line in windows if not _takes_all(line, first, closing)])
    for week in weeks:
        _draw(week, lanes)
    drawn = {line.id for lane in lanes for line in lane}
    beside = [line for line in windows if line.id not in drawn]
    return Month(first, weeks, beside, sum(len(cell.lines) for cell in cells.values() if not cell.outside))


def _takes_all(line: Line, first: date, closing: date) -> bool:
    """Whether a window takes the whole month: a bar from edge to edge would say nothing."""
    return line.begins <= first and line.due >= closing


def _lanes(windows: Iterable[Line]) -> list[list[Line]]:
    """The windows on as many lanes as they need, none over another; those beyond the last are left out."""
    lanes: list[list[Line]] = [[] for _ in range(LANES)]
    for line in sorted(windows, key=lambda each: (each.begins, -each.due.toordinal())):
        for lane in lanes:
            if not lane or lane[-1].due < line.begins:
                lane.append(line)
                break
    return lanes


def _draw(week: Week, lanes: list[list[Line]]) -> None:
    """Put the bars of a week into the cells that they begin in, the same number of lanes into each."""
    monday, sunday = week.cells[0].date, week.cells[-1].date
    here = [[line for line in lane if line.due >= monday and line.begins <= sunday] for lane in lanes]
    used = max((number for number, lane in enumerate(here, 1) if lane), default=0)
    for lane in here[:used]:
        bars = dict(_bar(line, monday, sunday) for line in lane)
        for cell in week.cells:
            cell.bars.append(bars.get(cell.date))


def _bar(line: Line, monday: date, sunday: date) -> tuple[date, Bar]:
    start, end = max(line.begins, monday), min(line.due, sunday)
    return start, Bar(line, (end - start).days + 1, line.begins >= monday, line.due <= sunday)
