"""What every template knows: language, theme, the plan, where one can go."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, current_app, g, get_template_attribute, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app import __version__
from app.domain.errors import NotFoundError
from app.domain.permissions import (
    ADMINISTRATOR_ROLE,
    AUDITOR_ROLE,
    CONTROLLER_ROLE,
    EXECUTOR_ROLE,
    Actor,
)
from app.services.counters import Badges, badges
from app.services.plans import PlanInfo, find_plan
from app.web import formats, remembered
from app.web.asked_day import shown_past, todays_url
from app.web.browsers import browser
from app.web.public.place import asked_language, is_public
from app.web.roles import ROLE_NAMES
from app.web.state import now, plan, reading, vekha

LANGUAGES = ("ru", "en")
THEMES = ("auto", "light", "dark")
#: whether keys of one letter do something (WCAG 2.1.4)
KEYS = ("on", "off")

_ALL = frozenset({EXECUTOR_ROLE, CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE})
_EXECUTING = frozenset({EXECUTOR_ROLE})
_WATCHING = _ALL - _EXECUTING


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry of the navigation."""

    endpoint: str
    label: Any
    icon: str
    roles: frozenset[str]
    #: name of the count beside it
    badge: str = ""
    #: other endpoints of the same place, or its whole blueprint
    within: tuple[str, ...] = ()


_PLACES = (
    _Place("dashboard.show", _l("Dashboard"), "house", _ALL, within=("discipline",)),
    _Place("tasks.mine", _l("My tasks"), "list-check", _EXECUTING, "overdue", ("tasks.show",)),
    _Place("review.queue", _l("Review"), "eye", frozenset({CONTROLLER_ROLE}), "review"),
    _Place("plan.show", _l("Plan"), "file-earmark-text", _ALL, within=("plan.activity",)),
    _Place("overdue.show", _l("Overdue"), "exclamation-circle-fill", _WATCHING, "overdue"),
    _Place("timeline.show", _l("Timeline"), "bar-chart-steps", _ALL),
    _Place("indicators.table", _l("Indicators"), "graph-up", _ALL, within=("indicators.show",)),
    _Place("reports.show", _l("Reports"), "file-earmark", _WATCHING),
    _Place("journal.show", _l("Journal"), "journal-text", frozenset({AUDITOR_ROLE})),
    _Place("calendar.show", _l("Calendar"), "calendar3", _ALL, within=("feeds",)),
    _Place("admin.people", _l("Administration"), "gear", frozenset({ADMINISTRATOR_ROLE}), within=("admin",)),
)


def register(app: Flask) -> None:
    """Give the templates their words and filters."""
    formats.register(app)
    app.context_processor(_everywhere)
    app.add_template_global(role_name)
    app.add_template_filter(browser)
    app.url_defaults(_name_plan)


def language() -> str:
    """Chosen by the person, else by the cookie, else by the browser, else Russian.

    At a public address nobody is known: the address itself chooses, else the browser.
    """
    if is_public():
        chosen = asked_language()
    else:
        person = _reader()
        chosen = (person.language if person else "") or request.cookies.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, default="ru") or "ru"


def theme() -> str:
    """Chosen by the person, else by the cookie, else as the machine has it."""
    person = _reader()
    chosen = person.theme if person and person.theme != "auto" else request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def _reader() -> Actor | None:
    """Whose language and theme the page has: who is signed in, or was until the database failed."""
    person: Actor | None = g.get("preferences") or getattr(current_user, "actor", None)
    return person


def _name_plan(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses below /plans/ stay within the plan of the page, unless they name another."""
    if "plan_code" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "plan_code"):
        here = request.view_args or {}
        values["plan_code"] = here.get("plan_code") or vekha().config.plan


def _everywhere() -> dict[str, Any]:
    person: Actor | None = getattr(current_user, "actor", None)
    common: dict[str, Any] = {
        "lang": formats.lang(),
        "theme": theme(),
        "keys": "off" if request.cookies.get("keys") == "off" else "on",
        "version": __version__,
        "demo": vekha().config.demo,
        "demo_today": _demo_today(),
        "person": person,
        "navigation": "",
    }
    if person is not None:
        common |= {"user_name": person.name, "user_note": role_name(person.role)}
        common["stands_in"] = current_user.stands_in
        if shown := _shown_plan():
            common |= {
                "plan": shown,
                "plan_name": formats.named(shown),
                "today": shown_past() or shown.today(now()),
                "shown_past": shown_past(),
                "todays_url": todays_url,
                "navigation": _navigation(person, shown),
            }
    return common


def _shown_plan() -> PlanInfo | None:
    """The plan of the page; where there is no such plan the installation's own, if it has one by now."""
    with suppress(NotFoundError):
        return plan()
    with suppress(NotFoundError):
        return find_plan(reading(), vekha().config.plan)
    return None


def role_name(role: str) -> str:
    """The role in the reader's language."""
    return str(ROLE_NAMES[role])


def _demo_today() -> date | None:
    config = vekha().config
    return config.clock.now().date() if config.clock.today else None


def _plan_argument(endpoint: str, shown: PlanInfo) -> dict[str, Any]:
    expects = current_app.url_map.is_endpoint_expecting(endpoint, "plan_code")
    return {"plan_code": shown.code} if expects else {}


def _navigation(person: Actor, shown: PlanInfo) -> str:
    """The main menu, made once for a place, a role and an organisation until the plan changes."""
    scope = person.organization_id if person.role == EXECUTOR_ROLE else None
    here = (request.endpoint, request.blueprint)

    def make() -> str:
        draw = get_template_attribute("_macros/navigation.html", "navigation")
        return str(draw(_places(person.role, shown, scope)))

    return remembered.until_this_plan_changes("navigation", (person.role, scope, here), shown, make)


def _places(role: str, shown: PlanInfo, scope: int | None) -> list[dict[str, Any]]:
    counts: Badges = badges(reading(), shown.id, shown.today(now()), scope)
    return [
        {
            "url": url_for(place.endpoint, **_plan_argument(place.endpoint, shown)),
            "label": place.label,
            "icon": place.icon,
            "active": not {request.endpoint, request.blueprint}.isdisjoint((place.endpoint, *place.within)),
            "count": getattr(counts, place.badge) if place.badge else None,
        }
        for place in _PLACES
        if role in place.roles
    ]
