"""`/plans/<code>/filters`: lists are kept under a name, renamed, put first and deleted."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain.errors import InvalidInputError, NotFoundError
from app.services import saved_filters
from app.web import access
from app.web.addresses import list_url
from app.web.filters.kept import ENDPOINTS
from app.web.narrowing import arguments, narrowed
from app.web.overdue import pages as overdue
from app.web.state import actor, changing, now, plan, reading
from app.web.tasklist import pages as tasklist

blueprint = Blueprint("filters", __name__)

_PAGES: dict[str, Callable[..., str]] = {"tasks": tasklist.list_page, "overdue": overdue.show_page}
PLACE_NAMES = {"tasks": _l("Tasks"), "overdue": _l("Overdue")}
#: arguments of a list that do not narrow it and are kept all the same
_KEPT = ("show", "order")


@blueprint.get("/plans/<plan_code>/filters")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return _page()


@blueprint.post("/plans/<plan_code>/filters")
@access.signed_in
def save(plan_code: str) -> ResponseReturnValue:
    """Keep the list that the address tells of."""
    place, plan_id = request.args.get("place", ""), plan().id
    if place not in ENDPOINTS:
        raise NotFoundError
    wanted = {**arguments(narrowed()), **{name: request.args.get(name, "") for name in _KEPT}}
    kept = {name: str(value) for name, value in wanted.items() if value}
    name = request.form.get("name", "")
    try:
        with changing() as session:
            saved_filters.save(session, actor(), plan_id, place, name, kept, now=now())
    except InvalidInputError as error:
        return _PAGES[place](filter_problem=_problem(error)), 422
    flash(gettext("The list is kept."), "success")
    return redirect(list_url(ENDPOINTS[place], kept), code=303)


@blueprint.post("/plans/<plan_code>/filters/<int(max=2147483647):filter_id>")
@access.signed_in
def change(plan_code: str, filter_id: int) -> ResponseReturnValue:
    """Rename, put first or delete, as the button says."""
    act, name = request.form.get("act", ""), request.form.get("name", "")
    try:
        with changing() as session:
            if act == "remove":
                saved_filters.remove(session, actor(), filter_id)
            elif act == "first":
                saved_filters.put_first(session, actor(), filter_id)
            else:
                saved_filters.rename(session, actor(), filter_id, name)
    except InvalidInputError as error:
        return _page(filter_id, name, _problem(error)), 422
    flash(gettext("Deleted.") if act == "remove" else gettext("Saved."), "success")
    return redirect(url_for("filters.show"), code=303)


def _problem(error: InvalidInputError) -> str:
    (reason,) = error.fields.values()
    return str(gettext(reason, **error.params))


def _page(wrong: int = 0, name: str = "", problem: str = "") -> str:
    """Every list that the person has kept; `wrong` is the one whose new name is not taken, and why."""
    places = [
        (place, PLACE_NAMES[place], saved_filters.saved_lines(reading(), actor(), plan().id, place))
        for place in saved_filters.PLACES
    ]
    return render_template(
        "filters/show.html",
        places=places,
        endpoints=ENDPOINTS,
        wrong=wrong,
        name=name,
        problem=problem,
        longest=saved_filters.LONGEST_NAME,
    )
