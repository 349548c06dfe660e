"""The year drawn: months, windows and days as percentages of the plan's period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date

from app.services.plans import PlanInfo
from app.services.timeline import Dated, Entry
from app.web.timeline import words

#: from so many dates on, an activity is drawn as a thread with a dot for each
_THREAD = 3
#: pixels between the middles of dots that stand over one day
_LANE = 11.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a row. Places and widths are percent of the period, heights pixels from the middle.

    A window reaches to its end, the date in force; a day, a dot and the ghost of one stand in the middle of
    theirs. A tail reaches from the date that is in force for everybody to the latest extension; a path from
    the first date to the one in force. A ghost is the first date of what was extended.
    """

    #: window | end | day | dot | open | thread | tail | path | ghost-end | ghost-day | ghost-dot
    shape: str
    kind: str
    x: float
    width: float = 0.0
    y: float = 0.0
    #: what it shows, in the reader's language; "" for what only joins others
    words: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A column of the year. `letter` is for screens without room for the name."""

    label: str
    letter: str
    x: float
    width: float


class Year:
    """The plan's period as a scale from 0 to 100."""

    def __init__(self, info: PlanInfo) -> None:
        self.start = info.period_start
        self.end = info.period_end
        self._days = (info.period_end - info.period_start).days + 1

    def at(self, day: date) -> float:
        """Where a day begins; days outside the period lie at its edge."""
        return round(min(max((day - self.start).days, 0), self._days) * 100 / self._days, 2)

    def after(self, day: date) -> float:
        """Where a day ends."""
        return self.at(day + timedelta(days=1))

    def middle(self, day: date) -> float:
        """The middle of a day."""
        return round((self.at(day) + self.after(day)) / 2, 2)

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.start <= day <= self.end

    def months(self) -> list[Month]:
        """The columns."""
        found = []
        first = self.start.replace(day=1)
        while first <= self.end:
            following = (first + timedelta(days=32)).replace(day=1)
            x, end = self.at(first), self.at(following)
            label, letter = format_date(first, "LLL"), format_date(first, "LLLLL")
            found.append(Month(label, letter, x, round(end - x, 2)))
            first = following
        return found


def marks(entry: Entry, year: Year) -> list[Mark]:
    """What a row shows, from the back to the front."""
    if entry.line.workflow != "request" and len(entry.dated) < _THREAD:
        found = [mark for dated in entry.dated for mark in _single(entry, dated, year)]
    else:
        found = [_thread(entry, year), *_dots(entry, year)]
    return sorted(found, key=lambda mark: _DEPTH[mark.shape.partition("-")[0]])


#: what lies behind what
_DEPTH = {"thread": 0, "path": 1, "tail": 1, "window": 2, "ghost": 3, "end": 4, "day": 4, "dot": 4, "open": 4}


def _single(entry: Entry, dated: Dated, year: Year) -> Iterator[Mark]:
    """A window with its end, or one day."""
    start, due = dated.line.window_start, dated.due
    if due is None:
        yield from _point(entry, dated, year, "dot", 0.0)
    elif dated.line.mode == "on" or start is None or start >= due:
        yield from _point(entry, dated, year, "day", 0.0)
    else:
        kind = words.kind_of_date(entry, dated)
        x, end = year.at(start), year.after(due)
        yield Mark("window", kind, x, round(end - x, 2), words=words.mark(entry, dated, kind))
        yield Mark("end", kind, end)
        if dated.extended and dated.line.due_first:
            yield from _tail(dated, kind, end, year.after(dated.line.due_last or due), 0.0)
            yield _ghost("end", dated, kind, year.after(dated.line.due_first), 0.0)


def _thread(entry: Entry, year: Year) -> Mark:
    """The line that the dots are on: from the first window to the last date, or all the time."""
    if entry.line.workflow == "request":
        return Mark("thread", "off", 0.0, 100.0)
    starts = [dated.line.window_start or dated.due or year.start for dated in entry.dated]
    ends = [dated.line.due_last or dated.due or year.end for dated in entry.dated]
    x = year.at(min(starts))
    return Mark("thread", "off", x, round(year.after(max(ends)) - x, 2))


def _dots(entry: Entry, year: Year) -> Iterator[Mark]:
    """A dot for each date; dots of one day stand over one another, the first on top."""
    together = Counter(dated.due for dated in entry.dated)
    placed: Counter[date | None] = Counter()
    for dated in entry.dated:
        lane = placed[dated.due] - (together[dated.due] - 1) / 2
        placed[dated.due] += 1
        yield from _point(entry, dated, year, "dot", lane * _LANE if dated.due else 0.0)


def _point(entry: Entry, dated: Dated, year: Year, shape: str, y: float) -> Iterator[Mark]:
    """A day or a dot at its date in force; what has no date stands open where it was asked for."""
    line, kind = dated.line, words.kind_of_date(entry, dated)
    saying = words.mark(entry, dated, kind)
    if dated.due is None:
        yield Mark("open", kind, year.middle(line.window_start or year.start), y=y, words=saying)
        return
    x = year.middle(dated.due)
    if dated.extended and line.due_first:
        first = year.middle(line.due_first)
        if first != x:
            yield Mark("path", kind, first, round(x - first, 2), y)
        yield from _tail(dated, kind, x, year.middle(line.due_last or dated.due), y)
        yield _ghost(shape, dated, kind, first, y)
    yield Mark(shape, kind, x, y=y, words=saying)


def _tail(dated: Dated, kind: str, x: float, end: float, y: float) -> Iterator[Mark]:
    if end > x:
        yield Mark("tail", kind, x, round(end - x, 2), y, words.extension(dated, alone=True))


def _ghost(shape: str, dated: Dated, kind: str, x: float, y: float) -> Mark:
    return Mark(f"ghost-{shape}", kind, x, y=y, words=words.first_date(dated))
