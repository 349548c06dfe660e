"""The page of subscriptions: what can be chosen, what was just made, what there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from flask import render_template, request
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from app.domain.errors import InvalidInputError, NotFoundError, VekhaError
from app.domain.permissions import Actor
from app.exports import ics, qr
from app.services import feed_events, feeds
from app.services.feed_events import DUE
from app.services.feed_scopes import (
    ACTIVITY,
    INDICATOR,
    MINE,
    ORGANIZATION,
    PLAN,
    REVIEW,
    SECTION,
    Part,
    Scope,
    home_scope,
    offered,
    parts,
)
from app.services.feeds import NewFeed
from app.web.addresses import list_url
from app.web.errors import words_of
from app.web.feeds import links, words
from app.web.feeds.forms import FeedForm
from app.web.feeds.options import BOTH, TODOS, Options
from app.web.once import fresh_nonce
from app.web.state import actor, plan, reading, today


@dataclass(frozen=True, slots=True)
class Made:
    """A new address, on the only page that ever shows it."""

    name: str
    #: what the address carries, in words
    options: list[str]
    address: str
    webcal: str
    code: qr.Drawing


@dataclass(frozen=True, slots=True)
class Address:
    """A line of "my addresses"."""

    id: int
    name: str
    #: what the address was made with, in words
    options: list[str]
    language: str
    created_at: datetime
    used_at: datetime | None


def page(form: FeedForm, made: NewFeed | None = None) -> str:
    """The page, with the address that was just made if there is one."""
    known = parts(reading(), plan().id)
    form.scope.choices = choices(known, actor())
    if form.scope.data is None:
        form.scope.data = _suggested(form)
    return render_template(
        "feeds/subscriptions.html",
        form=form,
        made=_made(made, known) if made else None,
        nonce=fresh_nonce(),
        addresses=_addresses(known),
        tabs_of_page=_tabs(),
    )


def choices(known: dict[Scope, Part], person: Actor) -> list[SelectChoice]:
    """The calendars that are offered to the person, in groups."""
    for_me, everything = gettext("For me"), gettext("Whole plan")
    groups = {
        MINE: for_me,
        REVIEW: for_me,
        PLAN: everything,
        ORGANIZATION: gettext("Organisation"),
        SECTION: gettext("Section"),
        INDICATOR: gettext("Indicator"),
        ACTIVITY: gettext("Activity"),
    }
    return [
        SelectChoice(str(scope), words.part_name(scope, part), optgroup=label)
        for kind, label in groups.items()
        for scope, part in known.items()
        if scope.kind == kind and offered(person, scope, part)
    ]


def occurrence_event(occurrence_id: int) -> ics.Event:
    """One occurrence as the person sees it: the own task, or all of them. Raises NotFoundError."""
    home = home_scope(reading(), actor())
    for scope in dict.fromkeys((home, Scope(PLAN))):
        found = feed_events.occurrences(
            reading(),
            plan().id,
            scope,
            today=today(),
            zone=plan().zone,
            occurrence_id=occurrence_id,
            withdrawn_too=True,
        )
        for occurrence in found:
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


def _suggested(form: FeedForm) -> str:
    """What the address names (`?scope=`), else what concerns the person most."""
    offered_to_person = [choice.value for choice in form.scope.choices]
    asked = request.args.get("scope", "")
    wanted = (asked, MINE, str(home_scope(reading(), actor())), *offered_to_person)
    return next((scope for scope in wanted if scope in offered_to_person), "")


def _tabs() -> list[dict[str, object]]:
    return [
        {"label": gettext("Month"), "url": list_url("calendar.show"), "active": False},
        {"label": gettext("Agenda"), "url": list_url("calendar.show", view="agenda"), "active": False},
        {"label": gettext("Subscription"), "url": list_url("feeds.subscriptions"), "active": True},
    ]


def _made(made: NewFeed, known: dict[Scope, Part]) -> Made:
    address = links.absolute("feeds.calendar", token=made.token)
    if made.options:
        address += f"?{made.options}"
    webcal = links.subscribing(address)
    name = words.part_name(made.scope, known[made.scope])
    return Made(name, _in_words(made.options), address, webcal, qr.draw(webcal))


def _in_words(query: str) -> list[str]:
    options = Options.parse(MultiDict(parse_qsl(query)))
    said = []
    if options.components != TODOS:
        said.append(
            gettext("events on the due day alone")
            if options.show == DUE
            else gettext("events over every day of the term")
        )
    if options.components in (TODOS, BOTH):
        said.append(gettext("tasks"))
    days = ", ".join(
        ngettext("%(num)s day before", "%(num)s days before", number) if number else gettext("on the day")
        for number in options.alarms
    )
    said.append(gettext("reminders: %(days)s", days=days) if days else gettext("no reminders"))
    return [str(each) for each in said]


def _addresses(known: dict[Scope, Part]) -> list[Address]:
    found = []
    for line in feeds.feeds_of(reading(), actor().person_id, plan().id):
        if line.revoked_at is None:
            scope = Scope.parse(line.scope)
            part = known.get(scope)
            name = words.part_name(scope, part) if part else line.scope
            options = _in_words(line.options)
            found.append(Address(line.id, name, options, line.language, line.created_at, line.used_at))
    return found
