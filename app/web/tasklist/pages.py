"""The list of tasks as the template shows it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from app.domain.permissions import may_control, may_see_task
from app.services import bulk
from app.services.filters import choices
from app.services.task_list import TaskLine, task_counts, task_lines
from app.web import kinds
from app.web.addresses import list_url
from app.web.narrowing import arguments, narrowed
from app.web.state import actor, plan, reading, today
from workflows import WORKFLOWS

#: tasks on a page
PAGE = 100

#: names of `counters.SELECTIONS` in words, in the order of their tabs
SELECTION_NAMES = {
    "all": _l("All"),
    "overdue": _l("Overdue"),
    "soon": _l("Due in 14 days"),
    "review": _l("Under review"),
    "working": _l("In progress"),
    "returned": _l("Returned for rework"),
    "planned": _l("Not started"),
    "accepted": _l("Done"),
    "off": _l("Withdrawn"),
}
#: what the controller can do to the marked tasks of a selection; of most they are owed
_OWED = (bulk.REMIND, bulk.EXTEND, bulk.WITHDRAW)
_OFFERED = {"all": bulk.ACTS, "review": (bulk.ACCEPT, bulk.RETURN, bulk.WITHDRAW), "accepted": (), "off": ()}
#: selections that are not read by due date
_ORDER_OF = {"all": "plan", "review": "submitted", "accepted": "accepted", "off": "plan"}


def list_page() -> str:
    """The tasks that the address names, a hundred to a page; tabs lead to the other selections."""
    narrowing = narrowed()
    selection = request.args.get("show", "all")
    selection = selection if selection in SELECTION_NAMES else "all"
    counts = task_counts(reading(), plan(), today(), narrowing, tuple(SELECTION_NAMES))
    pages = max(1, -(-counts[selection] // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    lines = task_lines(
        reading(),
        plan(),
        today(),
        selection,
        narrowed=narrowing,
        order=_ORDER_OF.get(selection, "due"),
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )
    named = arguments(narrowing)
    return render_template(
        "tasklist/show.html",
        lines=lines,
        open_to_me={line.id for line in lines if _may_open(line)},
        selection=selection,
        names=SELECTION_NAMES,
        counts=counts,
        tabs_of_page=[_tab(name, selection, counts[name], named) for name in SELECTION_NAMES],
        page=page,
        pages=pages,
        page_arguments={**named, "show": selection},
        choices=choices(reading(), plan().id),
        narrowed=narrowing,
        workflows=WORKFLOWS,
        offered=_OFFERED.get(selection, _OWED) if may_control(actor()) else (),
        here=list_url(arguments=named, show=selection if selection != "all" else None),
        kind_of=_kind,
    )


def _may_open(line: TaskLine) -> bool:
    return may_see_task(actor(), line.organization_id, line.coordinator_id)


def _kind(line: TaskLine) -> str:
    return kinds.of_task(line.phase, line.state, line.lateness(today(), plan()) is not None)


def _tab(name: str, chosen: str, count: int, named: dict[str, object]) -> dict[str, Any]:
    url = list_url(arguments=named, show=None if name == "all" else name)
    return {"label": SELECTION_NAMES[name], "url": url, "active": name == chosen, "count": count}
