"""What a calendar says, in the language of its address.

Nothing here may depend on more than an occurrence tells: its stored revision and the day.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext

from app.exports import ics
from app.services.feed_events import WINDOW, CalendarOccurrence
from app.services.feed_scopes import ACTIVITY, INDICATOR, MINE, PLAN, REVIEW, SECTION, Part, Scope
from app.web.feeds.links import Pages
from app.web.formats import in_language, lang, named, short_day
from app.web.state import vekha
from workflows import WORKFLOWS


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


def summary(occurrence: CalendarOccurrence) -> str:
    """One line: a mark for done and overdue, the title, and of several tasks how many are in."""
    words = _mark(occurrence) + title(occurrence)
    if occurrence.tasks > 1 and occurrence.wanted:
        words += f" · {occurrence.accepted}/{occurrence.wanted}"
    return words


def _mark(occurrence: CalendarOccurrence) -> str:
    if occurrence.overdue:
        days = ngettext("%(num)s day", "%(num)s days", occurrence.days_late)
        return f"⚠ {days} · "
    return "✓ " if occurrence.done else "⏸ " if occurrence.suspended else ""


def title(occurrence: CalendarOccurrence) -> str:
    """Number and title, and the date's own name where it says more than the order's deadline."""
    words = f"{occurrence.code} {named(occurrence)}"
    if occurrence.label_ru in {"", occurrence.deadline}:
        return words
    return f"{words} · {in_language(occurrence, 'label')}"


def standing(occurrence: CalendarOccurrence) -> list[str]:
    """Where it stands: the state of the one task, or how many of several are in, under review, overdue."""
    lines = []
    if not occurrence.wanted:
        state = "suspended" if occurrence.suspended else "withdrawn"
        lines.append(WORKFLOWS["activity"].state(state).label.in_language(lang()))
    elif occurrence.tasks == 1:
        lines.append(WORKFLOWS[occurrence.workflow].state(occurrence.state).label.in_language(lang()))
    else:
        counted = gettext(
            "%(accepted)s of %(total)s accepted", accepted=occurrence.accepted, total=occurrence.wanted
        )
        lines.append(str(counted))
        if occurrence.review:
            lines.append(str(gettext("under review: %(number)s", number=occurrence.review)))
        if occurrence.overdue:
            lines.append(str(gettext("overdue: %(number)s", number=occurrence.overdue)))
    if occurrence.overdue_since:
        lines.append(str(gettext("overdue since %(date)s", date=short_day(occurrence.overdue_since))))
    return lines


def category(kind: str) -> str:
    """The word for where something stands."""
    words: dict[str, str] = {
        "overdue": gettext("Overdue"),
        "review": gettext("Under review"),
        "progress": gettext("In progress"),
        "done": gettext("Done"),
        "planned": gettext("Not started"),
        "returned": gettext("Returned for rework"),
        "off": gettext("Withdrawn"),
    }
    return words[kind]


def address(occurrence: CalendarOccurrence, pages: Pages, own: bool) -> str:
    """Where a click leads: an executor to its task, the others to the activity."""
    return pages.task(occurrence.task_id) if own else pages.activity(occurrence.code)


def event(
    occurrence: CalendarOccurrence,
    pages: Pages,
    zone: ZoneInfo,
    *,
    own: bool,
    shown: str = WINDOW,
    alarms: tuple[int, ...] = (),
) -> ics.Event:
    """The occurrence as an event. Its UID is the same in every calendar that it stands in.

    `alarms`: how many days before the due date a program reminds, while something is still owed.
    """
    first, last = occurrence.days(shown)
    return ics.Event(
        uid=_uid(f"occ-{occurrence.id}"),
        first=first,
        last=last,
        cancelled=occurrence.withdrawn,
        alarms=_still_needed(alarms, occurrence),
        **_common(occurrence, pages, zone, own),
    )


def todo(
    occurrence: CalendarOccurrence,
    pages: Pages,
    zone: ZoneInfo,
    *,
    own: bool,
    alarms: tuple[int, ...] = (),
) -> ics.Todo:
    """The occurrence as a task to tick. It and the event may stand in one calendar: its UID is another.

    One's own is completed once it is handed in; where several count, once all of them are accepted.
    """
    completed = occurrence.handed_in if own else occurrence.done
    counted = occurrence.wanted or 1
    return ics.Todo(
        uid=_uid(f"occ-{occurrence.id}-todo"),
        due=occurrence.due,
        status=_status(occurrence, completed),
        percent=100 if completed else 0 if own else 100 * occurrence.accepted // counted,
        completed_at=occurrence.submitted_at if completed else None,
        alarms=_still_needed(alarms, occurrence),
        **_common(occurrence, pages, zone, own),
    )


def _common(occurrence: CalendarOccurrence, pages: Pages, zone: ZoneInfo, own: bool) -> dict[str, Any]:
    url = address(occurrence, pages, own)
    return {
        "summary": summary(occurrence),
        "sequence": occurrence.sequence,
        "revised_at": occurrence.revised(zone),
        "created_at": occurrence.created_at,
        "description": "\n".join([*_description(occurrence), url]),
        "url": url,
        "categories": (_section(occurrence), category(occurrence.kind)),
        "contact": _in_own_words(occurrence.contact, occurrence.contact_gloss),
    }


def _uid(name: str) -> str:
    return f"{name}@{vekha().config.uid_domain}"


def _status(occurrence: CalendarOccurrence, completed: bool) -> str:
    if not occurrence.wanted:
        return "CANCELLED"
    if completed:
        return "COMPLETED"
    return "IN-PROCESS" if occurrence.started else "NEEDS-ACTION"


def _still_needed(alarms: tuple[int, ...], occurrence: CalendarOccurrence) -> tuple[int, ...]:
    return () if occurrence.handed_in or not occurrence.wanted else alarms


def _description(occurrence: CalendarOccurrence) -> list[str]:
    lines = [
        gettext("Deadline in the order: %(words)s", words=occurrence.deadline),
        *_due(occurrence),
    ]
    if occurrence.tasks > 1 and occurrence.extended:
        lines.append(gettext("Extended: %(number)s", number=occurrence.extended))
    if occurrence.tasks == 1:
        executor = _in_own_words(occurrence.organization, occurrence.organization_gloss)
        lines.append(gettext("Executor: %(name)s", name=executor))
    lines.append(gettext("State: %(state)s", state="; ".join(standing(occurrence))))
    return [str(line) for line in lines]


def _due(occurrence: CalendarOccurrence) -> list[str]:
    due, first = occurrence.due, occurrence.due_first
    if due is None:
        return []
    if due != first:
        return [gettext("Due: %(due)s (first date %(first)s)", due=short_day(due), first=short_day(first))]
    return [gettext("Due: %(due)s", due=short_day(due))]


def _section(occurrence: CalendarOccurrence) -> str:
    return _in_own_words(occurrence.section_title, occurrence.section_gloss)


def _in_own_words(name: str, gloss: str) -> str:
    return gloss if lang() == "en" and gloss else name
