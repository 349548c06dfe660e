"""The dates of a plan as a calendar that needs no secret address: what stands on the public page, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from flask_babel import gettext

from app.domain.publicity import DONE, OVERDUE, SUSPENDED, WITHDRAWN
from app.exports import ics
from app.services.feed_events import WINDOW, CalendarOccurrence, occurrences
from app.services.feed_scopes import PLAN, Scope
from app.services.public.rows import PublicDate, PublicRow
from app.services.public.snapshot import Snapshot
from app.web.feeds import links
from app.web.feeds.answer import CONTENT_TYPE
from app.web.feeds.words import Phrases
from app.web.formats import short_day
from app.web.public import words
from app.web.public.answer import Kind
from app.web.state import reading, vekha

_MARKS = {DONE: "✓ ", SUSPENDED: "⏸ "}


def calendar() -> Kind:
    """The calendar."""
    return Kind("calendar", CONTENT_TYPE, _calendar, file_name="calendar.ics")


def _calendar(shown: Snapshot) -> bytes:
    found = occurrences(reading(), shown.plan.id, Scope(PLAN), today=shown.today, zone=shown.plan.zone)
    dated = {each.id: each for each in found}
    events = _events(shown, dated)
    return ics.calendar_bytes(ics.Calendar(words.plan_name(shown)), map(ics.event_bytes, events))


def _events(shown: Snapshot, dated: dict[int, CalendarOccurrence]) -> Iterator[ics.Event]:
    phrases, domain = Phrases(), vekha().config.uid_domain
    page = links.absolute("public.show", plan_code=shown.plan.code)
    for row in shown.rows:
        for date in row.dates:
            occurrence = dated.get(date.id)
            if occurrence is None or occurrence.due is None:
                continue
            first, last = occurrence.days(WINDOW)
            late = date.state == OVERDUE
            yield ics.Event(
                uid=f"public-{shown.plan.code}-{date.id}@{domain}",
                summary=_MARKS.get(date.state, "") + phrases.title(occurrence),
                sequence=2 * occurrence.revision + late,
                revised_at=_revised(shown, occurrence, late=late),
                created_at=occurrence.created_at,
                description=_description(row, date),
                url=f"{page}#row-{row.number}",
                categories=(phrases.section(occurrence), str(words.STATES[date.state][1])),
                first=first,
                last=last,
                cancelled=date.state == WITHDRAWN,
            )


def _revised(shown: Snapshot, occurrence: CalendarOccurrence, *, late: bool) -> datetime:
    """When it came to say what it says: a stored change, or the midnight after its date."""
    if not late or occurrence.overdue_due is None:
        return occurrence.revised_at
    midnight = datetime.combine(occurrence.overdue_due + timedelta(days=1), time(), shown.plan.zone)
    return max(occurrence.revised_at, midnight)


def _description(row: PublicRow, date: PublicDate) -> str:
    return "\n".join(
        (
            gettext("Deadline in the order: %(words)s", words=row.deadline),
            gettext("Due: %(due)s", due=short_day(date.due)),
            gettext("State: %(state)s", state=words.STATES[date.state][1]),
        )
    )
