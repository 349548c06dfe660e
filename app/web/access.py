"""Who may call a route: declared on the view, asked before it runs, refused where nothing is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Flask, current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.domain.errors import NotAllowedError
from app.web.ended import page_of_form, typed
from app.web.state import plan

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
FOR_PROGRAMS = "for programs"
#: what is open to somebody whose role needs a second factor before there is one; the role may be that of whom
#: it acts for, and then there is a way back
BEFORE_ENROLLING = frozenset({"second_factor.show", "second_factor.enrol", "deputies.act"})
#: routes of libraries that serve files anybody may have
LIBRARY_ROUTES = frozenset({"static", "bootstrap.static"})


def public(view: View) -> View:
    """Anybody may call the route; a feed or a health check asks for its own proof."""
    return _declare(view, PUBLIC)


def signed_in(view: View) -> View:
    """Any signed-in person; the service decides about the object."""
    return _declare(view, SIGNED_IN)


def for_programs(view: View) -> View:
    """Whoever proves itself with each request; who is signed in here in a browser counts for nothing.

    So a page of another site gains nothing by sending a form here, and no token of a form is asked for.
    """
    return _declare(view, FOR_PROGRAMS)


def only(*roles: str) -> Callable[[View], View]:
    """Persons with one of these roles."""
    return lambda view: _declare(view, frozenset(roles))


def rule_of(app: Flask, endpoint: str) -> str | frozenset[str] | None:
    """What was declared for an endpoint; None: nothing was."""
    if endpoint in LIBRARY_ROUTES:
        return PUBLIC
    rule: str | frozenset[str] | None = getattr(app.view_functions.get(endpoint), "access_rule", None)
    return rule


def views_for_programs(app: Flask) -> Iterator[Callable[..., Any]]:
    """The views that no browser's session opens."""
    for endpoint, view in app.view_functions.items():
        if rule_of(app, endpoint) == FOR_PROGRAMS:
            yield view


def enforce() -> Response | None:
    """Before every request: let through, send to the sign-in page, or refuse.

    Raises NotAllowedError, and NotFoundError where the address names no plan.
    """
    if request.endpoint is None:
        return None
    rule = rule_of(current_app, request.endpoint)
    if rule in {PUBLIC, FOR_PROGRAMS}:
        return None
    if not current_user.is_authenticated:
        if texts := typed():
            return make_response(render_template("auth/ended.html", typed=texts, page=page_of_form()), 401)
        here = request.full_path.rstrip("?") if request.method == "GET" else page_of_form()
        return redirect(url_for("auth.login", next=here or None))
    if current_user.must_enrol and request.endpoint not in BEFORE_ENROLLING:
        return redirect(url_for("second_factor.show"), code=303)
    if rule != SIGNED_IN and not (isinstance(rule, frozenset) and current_user.actor.role in rule):
        raise NotAllowedError
    if "plan_code" in (request.view_args or {}):
        # Below a plan that does not exist there is nothing, whatever the form names. Raises NotFoundError.
        plan()
    return None


def _declare(view: View, rule: str | frozenset[str]) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view
