"""Entries of the calendar in the reader's words, and what the production calendar says of their days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask_babel import gettext, ngettext

from app.domain.working_days import WorkingCalendar
from app.services.calendar_entries import Entry
from app.services.feed_events import CalendarOccurrence
from app.web.addresses import activity_url, task_url
from app.web.feeds.words import Phrases
from app.web.formats import lang, short_day
from workflows import WORKFLOWS

SATURDAY = 5
#: a date as the production calendar's English names have it
_AMERICAN = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a page shows it: a link with where it stands."""

    id: int
    code: str
    name: str
    #: what tells it from other dates of the same activity; "" where nothing does
    label: str
    kind: str
    #: the state in words
    state: str
    #: how many of its tasks are accepted; (0, 0) where it is one task
    counted: tuple[int, int]
    url: str
    due: date
    opens: date | None
    #: the date that it had before, and why it has another; "" for one that stands as it was
    before: str

    @property
    def begins(self) -> date:
        """The first day of its window, or the due date itself."""
        return self.opens or self.due


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day in the production calendar."""

    is_off: bool
    #: a weekend on which people work
    is_moved: bool
    #: name of the holiday, or that a weekend is worked; "" for an ordinary day
    note: str


class Wording:
    """Entries in the language of this answer; made once a page. `own`: of one organisation's tasks."""

    def __init__(self, own: bool) -> None:
        self._own = own
        self._phrases = Phrases()
        self._english = lang() == "en"

    def line(self, entry: Entry) -> Line:
        """The entry; an organisation's own leads to its task, the others to the activity."""
        it = entry.occurrence
        told = it.label_ru not in {"", it.deadline}
        return Line(
            id=it.id,
            code=it.code,
            name=self.named(it.short_title, it.gloss_en),
            label=self.named(it.label_ru, it.label_en) if told else "",
            kind=it.kind,
            state=self.state(it),
            counted=(it.accepted, it.wanted) if it.tasks > 1 else (0, 0),
            url=task_url(it.task_id) if self._own else activity_url(it.code),
            due=entry.due,
            opens=entry.opens,
            before=_before(entry),
        )

    def state(self, occurrence: CalendarOccurrence) -> str:
        """Where it stands, in a word or two."""
        if occurrence.suspended:
            return WORKFLOWS["activity"].state("suspended").label.in_language(lang())
        return self._phrases.category(occurrence.kind)

    def standing(self, occurrence: CalendarOccurrence) -> list[str]:
        """What calendars say of it beyond its state and since when it is overdue."""
        told = self._phrases.standing(occurrence)
        if occurrence.overdue_since:
            told.pop()
        return [each for each in told if each != self.state(occurrence)]

    def executor(self, occurrence: CalendarOccurrence) -> str:
        """Who answers for the only task, or how many for theirs; "" where it is one's own."""
        if self._own:
            return ""
        if occurrence.tasks > 1:
            return str(ngettext("%(num)s executor", "%(num)s executors", occurrence.wanted))
        return self.named(occurrence.organization, occurrence.organization_gloss)

    def named(self, name: str, gloss: str) -> str:
        """The name, or what it is called in English."""
        return gloss if self._english and gloss else name


def _before(entry: Entry) -> str:
    it = entry.occurrence
    found = ""
    if it.due_first and it.due_first != entry.due:
        found = gettext("extended, the first date was %(date)s", date=short_day(it.due_first))
    elif it.extended:
        found = ngettext("extended for %(num)s executor", "extended for %(num)s executors", it.extended)
    elif entry.nominal:
        found = gettext("shifted from %(date)s to a working day", date=short_day(entry.nominal))
    return str(found)


def day_mark(day: date, calendar: WorkingCalendar) -> DayMark:
    """What the production calendar says of a day."""
    works, weekend = calendar.is_working(day), day.weekday() >= SATURDAY
    if works and weekend:
        note = gettext("Working Saturday") if day.weekday() == SATURDAY else gettext("Working Sunday")
        return DayMark(False, True, str(note))
    if works:
        return DayMark(False, False, "")
    name = calendar.name(day, lang())
    if name:
        return DayMark(True, False, _AMERICAN.sub(_day_in_name, name))
    return DayMark(True, False, "" if weekend else str(gettext("Day off")))


def _day_in_name(found: re.Match[str]) -> str:
    month, day, year = map(int, found.groups())
    return short_day(date(year, month, day))


def weekday(day: date, width: str = "wide") -> str:
    """среда, ср"""
    return _named(day, {"wide": "EEEE", "short": "EEEEEE"}[width])


def day_of_week(day: date) -> str:
    """среда, 15 июня"""
    return _named(day, "EEEE, d MMMM")


def _named(day: date, pattern: str) -> str:
    text: str = format_date(day, pattern, locale=lang())
    return text
