"""The page of subscriptions: what can be chosen, what was just made, what there is, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template
from flask_babel import gettext
from wtforms import SelectChoice

from app.domain.errors import InvalidInputError, NotFoundError, VekhaError
from app.domain.permissions import Actor, may_see_organization
from app.exports import ics, qr
from app.services import feed_events, feeds
from app.services.feed_events import DUE, CalendarOccurrence
from app.services.feed_scopes import (
    ACTIVITY,
    ORGANIZATION,
    PLAN,
    SECTION,
    Part,
    Scope,
    home_scope,
    parts,
)
from app.services.feeds import NewFeed
from app.web.errors import words_of
from app.web.feeds import links, words
from app.web.feeds.forms import FeedForm
from app.web.state import actor, plan, reading, today

#: how far the agenda looks ahead
AGENDA_DAYS = 30


@dataclass(frozen=True, slots=True)
class Made:
    """A new address, on the only page that ever shows it."""

    name: str
    https: str
    webcal: str
    code: qr.Drawing


@dataclass(frozen=True, slots=True)
class Address:
    """A line of "my addresses"."""

    id: int
    name: str
    language: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the agenda, in the words of the calendar."""

    id: int
    due: date
    days: int
    kind: str
    open: bool
    summary: str
    standing: str
    url: str


def page(form: FeedForm, made: NewFeed | None = None) -> str:
    """The page, with the address that was just made if there is one."""
    known = parts(reading(), plan().id)
    form.scope.choices = choices(known, actor())
    home = home_scope(reading(), actor())
    if form.scope.data is None:
        form.scope.data = str(home)
    fresh = _made(made, form.show.data, known) if made else None
    return render_template(
        "feeds/subscriptions.html",
        form=form,
        made=fresh,
        addresses=_addresses(known),
        agenda=_agenda(home),
        agenda_days=AGENDA_DAYS,
        agenda_of=words.part_name(home, known[home]),
    )


def choices(known: dict[Scope, Part], person: Actor) -> list[SelectChoice]:
    """The parts that the person may subscribe to, in groups; an executor only its own organisation."""
    groups = {
        PLAN: gettext("Whole plan"),
        ORGANIZATION: gettext("Organisation"),
        SECTION: gettext("Section"),
        ACTIVITY: gettext("Activity"),
    }
    return [
        SelectChoice(str(scope), words.part_name(scope, part), optgroup=label)
        for kind, label in groups.items()
        for scope, part in known.items()
        if scope.kind == kind and (kind != ORGANIZATION or may_see_organization(person, part.id))
    ]


def occurrence_event(occurrence_id: int) -> ics.Event:
    """One occurrence as the person sees it: the own task, or all of them. Raises NotFoundError."""
    home = home_scope(reading(), actor())
    for scope in dict.fromkeys((home, Scope(PLAN))):
        for occurrence in _occurrences(scope, occurrence_id):
            pages = links.Pages.of_plan(plan().code)
            return words.Writer(pages, plan().zone, own=scope.kind == ORGANIZATION).event(occurrence)
    raise NotFoundError


def mark(form: FeedForm, error: VekhaError) -> None:
    """Put the reason beside the field that it is about."""
    if isinstance(error, InvalidInputError) and "scope" in error.fields:
        reason = error.fields["scope"]
        form.scope.errors = [*form.scope.errors, gettext(reason, **error.params)]
    else:
        form.form_errors.append(words_of(error))


def _occurrences(scope: Scope, occurrence_id: int | None = None) -> list[CalendarOccurrence]:
    return feed_events.occurrences(
        reading(), plan().id, scope, today=today(), zone=plan().zone, occurrence_id=occurrence_id
    )


def _made(made: NewFeed, shown: str, known: dict[Scope, Part]) -> Made:
    address = links.absolute("feeds.calendar", token=made.token)
    if shown == DUE:
        address += f"?show={DUE}"
    webcal = links.subscribing(address)
    return Made(words.part_name(made.scope, known[made.scope]), address, webcal, qr.draw(webcal))


def _addresses(known: dict[Scope, Part]) -> list[Address]:
    found = []
    for line in feeds.feeds_of(reading(), actor().person_id, plan().id):
        if line.revoked_at is None:
            scope = Scope.parse(line.scope)
            part = known.get(scope)
            name = words.part_name(scope, part) if part else line.scope
            found.append(Address(line.id, name, line.language, line.created_at, line.used_at))
    return found


def _agenda(home: Scope) -> list[Entry]:
    pages, own = links.Pages.of_plan(plan().code), home.kind == ORGANIZATION
    return [
        Entry(
            id=each.id,
            due=each.due,
            days=(each.due - today()).days if each.due else 0,
            kind=each.kind,
            open=each.kind not in {"done", "review"},
            summary=words.title(each),
            # the badge has said the kind already
            standing="; ".join(line for line in words.standing(each) if line != words.category(each.kind)),
            url=words.address(each, pages, own),
        )
        for each in feed_events.agenda(_occurrences(home), today(), AGENDA_DAYS)
    ]
