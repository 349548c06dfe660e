"""Addresses that a list repeats by the hundred: asked of Flask once a request, then only filled in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, urlencode

from flask import Flask, g, url_for
from werkzeug.routing import Map, UnicodeConverter

from app.domain.errors import NotFoundError
from app.web.asked_day import kept_day
from app.web.state import plan

#: pages that show the state of any day (see `app.web.asked_day`)
_TOLD_OF_ANY_DAY = frozenset(
    {
        *("dashboard.show", "discipline.show", "discipline.tasks"),
        *("indicators.table", "overdue.show", "tasklist.show"),
    }
)


class Name(UnicodeConverter):
    """A part of an address: a code, a key, a token. What no name can hold leads nowhere.

    A database refuses some of it (NUL) with an error of its own.
    """

    def __init__(self, map: Map) -> None:
        super().__init__(map)
        self.regex = r"[^/\x00-\x1f\x7f]{1,200}"


def register(app: Flask) -> None:
    """Give them to the templates; before the first route that names something."""
    app.url_map.converters["default"] = Name
    for function in (task_url, activity_url, evidence_url, list_url, public_url):
        app.add_template_global(function)


def task_url(task_id: int) -> str:
    """The page of a task."""
    return f"{_base('tasks.mine')}/{task_id}"


def activity_url(code: str) -> str:
    """The page of an activity of the plan at hand."""
    if "activity_address" not in g:
        g.activity_address = url_for("plan.activity", activity="-")[:-1]
    return f"{g.activity_address}{quote(code)}"


def public_url() -> str:
    """The public page of the plan at hand, or of the installation's own; "" while it has none."""
    with suppress(NotFoundError):
        if plan().is_public:
            return url_for("public.show", plan_code=plan().code)
    return ""


def evidence_url(evidence_id: int) -> str:
    """The file of a piece of evidence."""
    if "evidence_address" not in g:
        g.evidence_address = url_for("evidence.download", evidence_id=0)[:-1]
    return f"{g.evidence_address}{evidence_id}"


def list_url(
    endpoint: str = "tasklist.show", arguments: Mapping[str, object] | None = None, **more: object
) -> str:
    """A list of the plan at hand with what narrows it; empty values are left out.

    A page that shows a day before today leads to the lists of that day.
    """
    wanted = {name: value for name, value in {**(arguments or {}), **more}.items() if value not in (None, "")}
    if endpoint in _TOLD_OF_ANY_DAY:
        wanted |= kept_day()
    return f"{_base(endpoint)}?{urlencode(wanted)}" if wanted else _base(endpoint)


def _base(endpoint: str) -> str:
    bases: dict[str, str] = g.setdefault("list_addresses", {})
    if endpoint not in bases:
        bases[endpoint] = url_for(endpoint)
    return bases[endpoint]
