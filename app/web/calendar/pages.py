"""The pages of the calendar: what frames them, then a month or the agenda."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext

from app.services.calendar_entries import Entry, entries, month_after, month_before, narrowed
from app.services.feed_scopes import MINE, ORGANIZATION, PLAN, SECTION, Scope
from app.services.filters import Choices, choices
from app.web.addresses import list_url
from app.web.calendar import agenda
from app.web.calendar.asked import AGENDA, MONTH, STATES, WHOLE, Asked
from app.web.calendar.lines import Wording, weekday
from app.web.calendar.month import Month, lay_out
from app.web.feeds.words import Phrases
from app.web.formats import lang, named
from app.web.remembered import until_the_plan_changes
from app.web.state import actor, plan, reading, today


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that narrows the page, with the address of the page without it."""

    label: str
    url: str


def page(asked: Asked) -> str:
    """The page; between two changes of the plan it is made once for all who may see the same."""
    known = cache(lambda: choices(reading(), plan().id))
    asked = _of_what_there_is(asked, known)
    reader = (asked, actor().sees_everything)
    body = until_the_plan_changes("calendar", reader, lambda: _body(asked, known()))
    return render_template("calendar/show.html", asked=asked, body=body)


def _body(asked: Asked, known: Choices) -> str:
    """All of it but what belongs to one session. Three statements."""
    found = narrowed(entries(reading(), plan(), asked.scope, today()), asked.section, asked.state)
    phrases = Phrases()
    make = _month if asked.view == MONTH else agenda.context
    return current_app.jinja_env.get_template(f"calendar/_{asked.view}.html").render(
        lang=lang(),
        plan=plan(),
        today=today(),
        asked=asked,
        tabs_of_page=_tabs(asked),
        sections=_sections(asked, known),
        executors=_executors(asked, known),
        states=[Option(kind, phrases.category(kind), kind == asked.state) for kind in STATES],
        own_name=_executor_name(asked.scope, known),
        chips=_chips(asked, known),
        whole=asked.url(scope=Scope(PLAN)),
        **make(asked, found),
    )


def _of_what_there_is(asked: Asked, known: Callable[[], Choices]) -> Asked:
    """Without a section or an executor that the plan has not; an address that names none costs nothing."""
    if asked.section is None and asked.scope in (asked.home, Scope(PLAN)):
        return asked
    keys = {asked.home.key, *(each.key for each in known().executors)}
    numbers = {each.number for each in known().sections}
    return replace(
        asked,
        scope=asked.scope if not asked.own or asked.scope.key in keys else asked.home,
        section=asked.section if asked.section in numbers else None,
    )


def _month(asked: Asked, found: list[Entry]) -> dict[str, Any]:
    first = asked.first_of_month()
    last = month_after(first) - timedelta(days=1)
    wording = Wording(asked.own)
    month = lay_out(first, [wording.line(entry) for entry in found], plan().calendar)
    return {
        "month": month,
        "weekdays": [(weekday(cell.date, "short"), weekday(cell.date)) for cell in month.weeks[0].cells],
        "before": month_before(first),
        "after": month_after(first),
        "outside": last < plan().period_start or first > plan().period_end,
        **_nearest(month, found),
    }


def _nearest(month: Month, found: list[Entry]) -> dict[str, date | None]:
    """Where something is due next to a month without anything."""
    if month.due:
        return {"next_due": None, "last_due": None}
    return {
        "next_due": next((entry.due for entry in found if entry.due >= month.first), None),
        "last_due": next((entry.due for entry in reversed(found) if entry.due < month.first), None),
    }


def _tabs(asked: Asked) -> list[dict[str, Any]]:
    shows_month = asked.view == MONTH
    day = asked.start if not shows_month else None
    return [
        {
            "label": gettext("Month"),
            "url": asked.url(view=MONTH, month=day.replace(day=1) if day else asked.month),
            "active": shows_month,
        },
        {
            "label": gettext("Agenda"),
            "url": asked.url(view=AGENDA, start=asked.month if shows_month else asked.start),
            "active": not shows_month,
        },
        {
            "label": gettext("Subscription"),
            "url": list_url("feeds.subscriptions", scope=_subscribed(asked)),
            "active": False,
        },
    ]


def _subscribed(asked: Asked) -> str:
    """The calendar to subscribe to that shows most of what the page shows."""
    if asked.own and asked.scope == asked.home:
        return MINE
    if asked.section is not None and not asked.own:
        return str(Scope(SECTION, str(asked.section)))
    return str(asked.scope)


def _sections(asked: Asked, known: Choices) -> list[Option]:
    return [
        Option(str(each.number), f"{each.number}. {named(each)}", each.number == asked.section)
        for each in known.sections
    ]


def _executors(asked: Asked, known: Choices) -> list[Option]:
    """Every executor for those who see everything; for the others their own, and the whole plan."""
    if asked.home.kind == ORGANIZATION:
        return [
            Option("", _executor_name(asked.home, known), asked.scope == asked.home),
            Option(WHOLE, gettext("Whole plan"), asked.scope == Scope(PLAN)),
        ]
    everybody = Option("", gettext("All executors"), not asked.own)
    if not actor().sees_everything:
        return [everybody]
    return [
        everybody,
        *(Option(each.key, named(each), each.key == asked.scope.key) for each in known.executors),
    ]


def _executor_name(scope: Scope, known: Choices) -> str:
    if scope.kind != ORGANIZATION:
        return ""
    names = (named(each) for each in known.executors if each.key == scope.key)
    return next(names, str(gettext("Your organisation")))


def _chips(asked: Asked, known: Choices) -> list[Chip]:
    """What narrows the page beyond what the person's pages show anyway."""
    found = []
    if asked.section is not None:
        name = next(named(each) for each in known.sections if each.number == asked.section)
        label = gettext("Section %(number)s. %(title)s", number=asked.section, title=name)
        found.append(Chip(label, asked.url(section=None)))
    if asked.own and asked.scope != asked.home:
        found.append(Chip(_executor_name(asked.scope, known), asked.url(scope=asked.home)))
    if asked.state:
        found.append(Chip(Phrases().category(asked.state), asked.url(state="")))
    return found
