"""Terms in words: when something is due, and by what rule the date came about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from flask_babel import gettext, ngettext

from app.services.progress import OccurrenceLine
from app.web.formats import day, day_month, short_day


class Dated(Protocol):
    """Whatever has a window and a date in force."""

    @property
    def mode(self) -> str: ...
    @property
    def window_start(self) -> date | None: ...
    @property
    def due(self) -> date | None: ...


def term(line: OccurrenceLine) -> str:
    """The window of an occurrence, its due date as it is in force."""
    if line.due is None:
        return str(gettext("no deadline"))
    if line.mode == "on":
        return day(line.due)
    if line.mode == "by" or line.window_start is None:
        return str(gettext("by %(date)s, inclusive", date=day(line.due)))
    if line.mode == "throughout":
        return str(gettext("all year, by %(date)s", date=day(line.due)))
    return str(gettext("%(start)s to %(end)s", start=short_day(line.window_start), end=short_day(line.due)))


def brief(lines: Sequence[Dated]) -> str:
    """All the dates of an activity in a few words."""
    dates = [line.due for line in lines if line.due]
    if not dates:
        return str(gettext("on request, no deadline"))
    if len(dates) == 2 and all(line.mode == "on" for line in lines):
        return ", ".join(day_month(date) for date in dates)
    if len(dates) > 1:
        number = str(ngettext("%(num)s date", "%(num)s dates", len(dates)))
        span = f"{day_month(min(dates))} – {day_month(max(dates))}"
        return f"{number}, {span}"
    first = lines[0]
    if first.mode == "on" or first.window_start is None:
        return day_month(dates[0])
    if first.mode == "by":
        return str(gettext("by %(date)s", date=day_month(dates[0])))
    return f"{day_month(first.window_start)} – {day_month(dates[0])}"


def rules(line: OccurrenceLine) -> list[str]:
    """Why the date in force is another than the nominal one; empty when it is as written."""
    found = []
    if line.due_nominal and line.due_first and line.due_rule != "as_written":
        dates = {"nominal": day(line.due_nominal), "due": day(line.due_first)}
        if line.due_rule == "moved_to_preceding":
            found.append(
                gettext("%(nominal)s is not a working day: moved to the one before it, %(due)s", **dates)
            )
        else:
            found.append(
                gettext("%(nominal)s is not a working day: moved to the one after it, %(due)s", **dates)
            )
    if line.extended and line.progress.total == 1:
        found.append(
            gettext("extended from %(first)s to %(due)s", first=day(line.due_first), due=day(line.due_last))
        )
    elif line.extended:
        found.append(gettext("extended for some executors, up to %(due)s", due=day(line.due_last)))
    return [str(words) for words in found]
