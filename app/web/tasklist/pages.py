"""The list of tasks as the template shows it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain.permissions import may_control, may_see_task
from app.services import bulk
from app.services.filters import ListChoices, list_choices
from app.services.task_filter import Filter
from app.services.task_list import TaskLine, each_task_line, indicators_by_activity, task_counts, task_lines
from app.web import kinds
from app.web.addresses import list_url
from app.web.asked_day import asked_day, kept_day
from app.web.filters.kept import saved_filters
from app.web.list_files import list_file, task_cells, task_columns
from app.web.narrowing import arguments, conditions, filter_names, fitting, narrowed
from app.web.state import actor, plan, reading_as_of
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


class Asked(NamedTuple):
    """The list that the address names."""

    narrowed: Filter
    #: what the plan does not have (any more), in words
    lost: list[str]
    choices: ListChoices
    selection: str
    order: str
    #: today, or a day before
    day: date


def asked() -> Asked:
    """What the address of this request asks for; what it cannot ask for is left out."""
    day = asked_day()
    choices = list_choices(reading_as_of(day), plan().id)
    narrowing, lost = fitting(narrowed(), choices)
    selection = request.args.get("show", "all")
    selection = selection if selection in SELECTION_NAMES else "all"
    return Asked(narrowing, lost, choices, selection, _ORDER_OF.get(selection, "due"), day)


def list_page(filter_problem: str = "") -> str:
    """The tasks that the address names, a hundred to a page; tabs lead to the other selections."""
    wanted = asked()
    selection, narrowing, day = wanted.selection, wanted.narrowed, wanted.day
    session = reading_as_of(day)
    counts = task_counts(session, plan(), day, narrowing, tuple(SELECTION_NAMES), actor())
    pages = max(1, -(-counts[selection] // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    lines = task_lines(
        session,
        plan(),
        day,
        selection,
        narrowed=narrowing,
        reader=actor(),
        order=wanted.order,
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )
    named = arguments(narrowing)
    shown = {"show": selection if selection != "all" else None}
    kept = {**shown, **kept_day()}
    offered = _OFFERED.get(selection, _OWED) if may_control(actor()) and not kept_day() else ()
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
        page_arguments={**named, "show": selection, **kept_day()},
        choices=wanted.choices,
        narrowed=narrowing,
        filter_names=filter_names(),
        kept=kept,
        conditions=conditions(narrowing, wanted.choices, "tasklist.show", kept),
        lost=wanted.lost,
        all_url=list_url(arguments=kept),
        saved=saved_filters("tasks", {**named, **shown}, filter_problem),
        workflows=WORKFLOWS,
        offered=offered,
        here=list_url(arguments=named, show=selection if selection != "all" else None),
        kind_of=partial(_kind, day),
    )


def list_download(form: str) -> ResponseReturnValue:
    """The tasks that the address names, all pages of them, as a file."""
    wanted = asked()
    session = reading_as_of(wanted.day)
    endangered = indicators_by_activity(session, plan().id)
    lines = each_task_line(
        session, plan(), wanted.day, wanted.selection, wanted.narrowed, actor(), wanted.order
    )
    return list_file(
        form,
        _title(wanted.selection),
        task_columns(),
        (task_cells(line, endangered.get(line.activity_id, ())) for line in lines),
        conditions(wanted.narrowed, wanted.choices, "tasklist.show", {}),
    )


def _title(selection: str) -> str:
    """What a file of the list is called."""
    tasks = str(gettext("Tasks"))
    return tasks if selection == "all" else f"{tasks}, {str(SELECTION_NAMES[selection]).lower()}"


def _may_open(line: TaskLine) -> bool:
    return may_see_task(actor(), line.organization_id, line.coordinator_id)


def _kind(day: date, line: TaskLine) -> str:
    return kinds.of_task(line.phase, line.state, line.lateness(day, plan()) is not None)


def _tab(name: str, chosen: str, count: int, named: dict[str, object]) -> dict[str, Any]:
    url = list_url(arguments=named, show=None if name == "all" else name)
    return {"label": SELECTION_NAMES[name], "url": url, "active": name == chosen, "count": count}
