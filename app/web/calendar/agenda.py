"""The agenda: what is overdue, then day by day what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import ngettext

from app.services.calendar_entries import Day, Entry, agenda, by_day
from app.web.calendar.asked import Asked
from app.web.calendar.lines import DayMark, Line, Wording, day_mark, day_of_week
from app.web.state import plan, today


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """An entry, with all that a line has room for."""

    line: Line
    #: who answers for the only task, or how many for theirs; "" where it is one's own
    executor: str
    #: its state in words; of what is overdue, for how many days
    state: str
    #: where it stands beyond that
    standing: str
    #: its file for a calendar program
    file: str


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """A day on which something is due."""

    date: date
    words: str
    mark: DayMark
    #: calendar days from today on; None where nothing is wanted of that day any more
    left: int | None
    lines: list[AgendaLine]


def context(asked: Asked, found: Sequence[Entry]) -> dict[str, Any]:
    """What the template of the agenda knows."""
    start = asked.first_day()
    shown = agenda(found, start, overdue_apart=start == today())
    wording = Wording(asked.own)
    days = _days(shown.days, wording)
    return {
        "overdue": _days(by_day(shown.overdue), wording),
        "overdue_number": len(shown.overdue),
        "months": [(m, list(group)) for m, group in groupby(days, key=lambda day: day.date.replace(day=1))],
        "start": start,
        "earlier": shown.earlier,
        "later": shown.later,
        "outside": not plan().period_start <= start <= plan().period_end,
    }


def _days(days: Iterable[Day], wording: Wording) -> list[AgendaDay]:
    return [
        AgendaDay(
            day.date,
            day_of_week(day.date),
            day_mark(day.date, plan().calendar),
            (day.date - today()).days if any(_is_wanted(entry) for entry in day.entries) else None,
            [_line(entry, wording) for entry in day.entries],
        )
        for day in days
    ]


def _is_wanted(entry: Entry) -> bool:
    return entry.occurrence.wanted > 0 and not entry.occurrence.done


def _line(entry: Entry, wording: Wording) -> AgendaLine:
    it, line = entry.occurrence, wording.line(entry)
    late = it.days_late
    return AgendaLine(
        line=line,
        executor=wording.executor(it),
        state=str(ngettext("%(num)s day late", "%(num)s days late", late)) if late else line.state,
        standing="; ".join(wording.standing(it)),
        file=url_for("feeds.occurrence", occurrence_id=it.id),
    )
