"""What a calendar says, in the language of its address. Nothing here may depend on the clock."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext

from app.exports import ics
from app.services.feed_events import WINDOW, CalendarOccurrence
from app.services.feed_scopes import ACTIVITY, PLAN, SECTION, Part, Scope
from app.web.feeds.links import Pages
from app.web.formats import in_language, lang, named, short_day
from app.web.state import vekha
from workflows import WORKFLOWS


def part_name(scope: Scope, part: Part) -> str:
    """A part of the plan as a calendar and a list name it."""
    name = named(part)
    if scope.kind == SECTION:
        return str(gettext("Section %(number)s. %(title)s", number=part.code, title=name))
    if scope.kind == ACTIVITY:
        return f"{part.code} {name}"
    return name


def calendar_name(plan_code: str, scope: Scope, part: Part) -> str:
    """The name that a client shows beside its colour."""
    if scope.kind == PLAN:
        return part_name(scope, part)
    return str(gettext("Plan %(plan)s: %(part)s", plan=plan_code, part=part_name(scope, part)))


def summary(occurrence: CalendarOccurrence) -> str:
    """One line: a mark for done and overdue, the title, and of several tasks how many are in."""
    mark = "⚠ " if occurrence.overdue else "✓ " if occurrence.done else "⏸ " if occurrence.suspended else ""
    words = mark + title(occurrence)
    if occurrence.tasks > 1 and occurrence.wanted:
        words += f" · {occurrence.accepted}/{occurrence.wanted}"
    return words


def title(occurrence: CalendarOccurrence) -> str:
    """Number and title, and the date's own name where it says more than the order's deadline."""
    words = f"{occurrence.code} {named(occurrence)}"
    if occurrence.label_ru in {"", occurrence.deadline}:
        return words
    return f"{words} · {in_language(occurrence, 'label')}"


def standing(occurrence: CalendarOccurrence) -> list[str]:
    """Where it stands: the state of the one task, or how many of several are in, under review, overdue.

    Lateness is told by the day that it began: a number of days would change without any revision.
    """
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
    occurrence: CalendarOccurrence, pages: Pages, zone: ZoneInfo, *, own: bool, shown: str = WINDOW
) -> ics.Event:
    """The occurrence as an event. Its UID is the same in every calendar that it stands in."""
    url = address(occurrence, pages, own)
    first, last = occurrence.days(shown)
    return ics.Event(
        uid=f"occ-{occurrence.id}@{vekha().config.uid_domain}",
        first=first,
        last=last,
        summary=summary(occurrence),
        sequence=occurrence.sequence,
        revised_at=occurrence.revised(zone),
        created_at=occurrence.created_at,
        description="\n".join([*_description(occurrence), url]),
        url=url,
        categories=(_section(occurrence), category(occurrence.kind)),
        contact=_in_own_words(occurrence.contact, occurrence.contact_gloss),
        cancelled=occurrence.withdrawn,
    )


def _description(occurrence: CalendarOccurrence) -> list[str]:
    lines = [
        gettext("Deadline in the order: %(words)s", words=occurrence.deadline),
        _due(occurrence.due, occurrence.due_first, occurrence.tasks),
    ]
    if occurrence.tasks > 1 and occurrence.extended:
        lines.append(gettext("Extended: %(number)s", number=occurrence.extended))
    if occurrence.tasks == 1:
        executor = _in_own_words(occurrence.organization, occurrence.organization_gloss)
        lines.append(gettext("Executor: %(name)s", name=executor))
    lines.append(gettext("State: %(state)s", state="; ".join(standing(occurrence))))
    return [str(line) for line in lines]


def _due(due: date, first: date, tasks: int) -> str:
    if tasks == 1 and due != first:
        words = gettext("Due: %(due)s (first date %(first)s)", due=short_day(due), first=short_day(first))
    else:
        words = gettext("Due: %(due)s", due=short_day(due))
    return str(words)


def _section(occurrence: CalendarOccurrence) -> str:
    return _in_own_words(occurrence.section_title, occurrence.section_gloss)


def _in_own_words(name: str, gloss: str) -> str:
    return gloss if lang() == "en" and gloss else name
