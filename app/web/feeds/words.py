"""What a calendar says, in the language of its address.

Nothing here may depend on more than an occurrence tells: its stored revision and the day.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_translations, gettext

from app.exports import ics
from app.services.feed_events import WINDOW, CalendarOccurrence
from app.services.feed_scopes import ACTIVITY, INDICATOR, MINE, PLAN, REVIEW, SECTION, Part, Scope
from app.web.feeds.links import Pages
from app.web.formats import lang, named, short_days
from app.web.state import vekha
from workflows import WORKFLOWS

#: what a record raises that no calendar can hold: it is left out, and the others stay
UNWRITABLE = (ArithmeticError, LookupError, ValueError)


def part_name(scope: Scope, part: Part) -> str:
    """A part of the plan as a calendar and a list name it."""
    if scope.kind == MINE:
        return str(gettext("My tasks"))
    if scope.kind == REVIEW:
        return str(gettext("Awaiting my review"))
    name = named(part)
    if scope.kind == SECTION:
        return str(gettext("Section %(number)s. %(title)s", number=part.code, title=name))
    if scope.kind == ACTIVITY:
        return f"{part.code} {name}"
    if scope.kind == INDICATOR:
        return str(gettext("Indicator %(number)s. %(title)s", number=part.code, title=name))
    return name


def calendar_name(plan_code: str, scope: Scope, part: Part) -> str:
    """The name that a client shows beside its colour."""
    if scope.kind == PLAN:
        return part_name(scope, part)
    return str(gettext("Plan %(plan)s: %(part)s", plan=plan_code, part=part_name(scope, part)))


def title(occurrence: CalendarOccurrence) -> str:
    """Number and title, and the date's own name where it says more than the order's deadline."""
    return Phrases().title(occurrence)


def standing(occurrence: CalendarOccurrence) -> list[str]:
    """Where it stands: the state of the one task, or how many of several are in, under review, overdue."""
    return Phrases().standing(occurrence)


def category(kind: str) -> str:
    """The word for where something stands."""
    return Phrases().category(kind)


def address(occurrence: CalendarOccurrence, pages: Pages, own: bool) -> str:
    """Where a click leads: an executor to its task, the others to the activity."""
    return pages.task(occurrence.task_id) if own else pages.activity(occurrence.code)


class Phrases:
    """What there is to say of occurrences, in the language of this answer.

    Made once a calendar: which language it is costs more to find out than anything that is said in it.
    """

    def __init__(self) -> None:
        said = get_translations()
        self.ngettext, gettext = said.ngettext, said.gettext
        self._in_english = lang() == "en"
        self._states = {
            (workflow.name, state.name): state.label.in_language(lang())
            for workflow in WORKFLOWS.values()
            for state in workflow.states
        }
        self._day = short_days()
        self._deadline = gettext("Deadline in the order: %(words)s")
        self._due = gettext("Due: %(due)s")
        self._due_and_first = gettext("Due: %(due)s (first date %(first)s)")
        self._extended = gettext("Extended: %(number)s")
        self._executor = gettext("Executor: %(name)s")
        self._standing = gettext("State: %(state)s")
        self._accepted = gettext("%(accepted)s of %(total)s accepted")
        self._review = gettext("under review: %(number)s")
        self._overdue = gettext("overdue: %(number)s")
        self._overdue_since = gettext("overdue since %(date)s")
        self._categories: dict[str, str] = {
            "overdue": gettext("Overdue"),
            "review": gettext("Under review"),
            "progress": gettext("In progress"),
            "done": gettext("Done"),
            "planned": gettext("Not started"),
            "returned": gettext("Returned for rework"),
            "off": gettext("Withdrawn"),
        }

    def category(self, kind: str) -> str:
        return self._categories[kind]

    def title(self, occurrence: CalendarOccurrence) -> str:
        words = f"{occurrence.code} {self._named(occurrence.short_title, occurrence.gloss_en)}"
        if occurrence.label_ru in {"", occurrence.deadline}:
            return words
        return f"{words} · {self._named(occurrence.label_ru, occurrence.label_en)}"

    def summary(self, occurrence: CalendarOccurrence) -> str:
        """One line: a mark for done and overdue, the title, and of several tasks how many are in."""
        words = self._mark(occurrence) + self.title(occurrence)
        if occurrence.tasks > 1 and occurrence.wanted:
            words += f" · {occurrence.accepted}/{occurrence.wanted}"
        return words

    def standing(self, occurrence: CalendarOccurrence) -> list[str]:
        wanted = occurrence.wanted
        if not wanted:
            lines = [self._states["activity", "suspended" if occurrence.suspended else "withdrawn"]]
        elif occurrence.tasks == 1:
            lines = [self._states[occurrence.workflow, occurrence.state]]
        else:
            lines = [self._accepted % {"accepted": occurrence.accepted, "total": wanted}]
            if occurrence.review:
                lines.append(self._review % {"number": occurrence.review})
            if occurrence.overdue:
                lines.append(self._overdue % {"number": occurrence.overdue})
        if since := occurrence.overdue_since:
            lines.append(self._overdue_since % {"date": self._day(since)})
        return lines

    def description(self, occurrence: CalendarOccurrence) -> list[str]:
        """The order's words, the date in force with the first one, who owes it, where it stands."""
        due, first = occurrence.due, occurrence.due_first
        lines = [self._deadline % {"words": occurrence.deadline}]
        if due is not None and due != first:
            lines.append(self._due_and_first % {"due": self._day(due), "first": self._day(first)})
        elif due is not None:
            lines.append(self._due % {"due": self._day(due)})
        if occurrence.tasks == 1:
            executor = self._named(occurrence.organization, occurrence.organization_gloss)
            lines.append(self._executor % {"name": executor})
        elif occurrence.extended:
            lines.append(self._extended % {"number": occurrence.extended})
        lines.append(self._standing % {"state": "; ".join(self.standing(occurrence))})
        return lines

    def section(self, occurrence: CalendarOccurrence) -> str:
        return self._named(occurrence.section_title, occurrence.section_gloss)

    def contact(self, occurrence: CalendarOccurrence) -> str:
        return self._named(occurrence.contact, occurrence.contact_gloss)

    def _mark(self, occurrence: CalendarOccurrence) -> str:
        if late := occurrence.days_late:
            days = self.ngettext("%(num)s day", "%(num)s days", late) % {"num": late}
            return f"⚠ {days} · "
        return "✓ " if occurrence.done else "⏸ " if occurrence.suspended else ""

    def _named(self, name: str, gloss: str) -> str:
        return gloss if self._in_english and gloss else name


class Writer:
    """Occurrences as components, in the language of this answer. Made once a calendar.

    `own`: it speaks of one organisation's tasks. `alarms`: how many days before the due date a program
    reminds, while something is still owed.
    """

    def __init__(
        self,
        pages: Pages,
        zone: ZoneInfo,
        *,
        own: bool,
        shown: str = WINDOW,
        alarms: tuple[int, ...] = (),
    ) -> None:
        self._phrases = Phrases()
        self._pages = pages
        self._zone = zone
        self._own = own
        self._shown = shown
        self._alarms = alarms
        self._domain = vekha().config.uid_domain

    def event(self, occurrence: CalendarOccurrence) -> ics.Event:
        """The occurrence as an event. Its UID is the same in every calendar that it stands in."""
        first, last = occurrence.days(self._shown)
        return ics.Event(
            uid=f"occ-{occurrence.id}@{self._domain}",
            first=first,
            last=last,
            cancelled=occurrence.withdrawn,
            **self._common(occurrence),
        )

    def todo(self, occurrence: CalendarOccurrence) -> ics.Todo:
        """The occurrence as a task to tick. It may stand beside the event: its UID is another.

        One's own is completed once it is handed in; where several count, once all of them are accepted.
        """
        own = self._own
        completed = occurrence.handed_in if own else occurrence.done
        if not occurrence.wanted:
            status = "CANCELLED"
        elif completed:
            status = "COMPLETED"
        else:
            status = "IN-PROCESS" if occurrence.started else "NEEDS-ACTION"
        accepted = 0 if own else 100 * occurrence.accepted // (occurrence.wanted or 1)
        return ics.Todo(
            uid=f"occ-{occurrence.id}-todo@{self._domain}",
            due=occurrence.due,
            status=status,
            percent=100 if completed else accepted,
            completed_at=occurrence.submitted_at if completed else None,
            **self._common(occurrence),
        )

    def _common(self, occurrence: CalendarOccurrence) -> dict[str, Any]:
        phrases = self._phrases
        url = address(occurrence, self._pages, self._own)
        owed = occurrence.wanted and not occurrence.handed_in
        return {
            "summary": phrases.summary(occurrence),
            "sequence": occurrence.sequence,
            "revised_at": occurrence.revised(self._zone),
            "created_at": occurrence.created_at,
            "description": "\n".join([*phrases.description(occurrence), url]),
            "url": url,
            "categories": (phrases.section(occurrence), phrases.category(occurrence.kind)),
            "contact": phrases.contact(occurrence),
            "alarms": self._alarms if owed else (),
        }
