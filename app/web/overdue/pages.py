"""The page of the tracker, also after a reminder that could not be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.domain.permissions import may_control, may_remind
from app.domain.texts import LONGEST_TEXT, several_lines
from app.exports.tables import DAY, Column
from app.services.bulk import EXTEND, REMIND, WITHDRAW
from app.services.endangered import at_stake, gravest_first
from app.services.filters import ListChoices, NumberedChoice, list_choices
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.overdue import ORDERS, OverdueItem, overdue_items
from app.services.task_filter import Filter
from app.web.addresses import list_url
from app.web.asked_day import asked_day, kept_day, shown_past
from app.web.fields import too_long
from app.web.filters.kept import saved_filters
from app.web.indicators import words
from app.web.list_files import list_file, task_cells, task_columns
from app.web.narrowing import arguments, conditions, filter_names, fitting, narrowed
from app.web.notices.panel import my_notices
from app.web.numbers import whole
from app.web.state import actor, plan, reading_as_of


@dataclass(frozen=True, slots=True)
class Request:
    """What the form asks for: whom to remind, and with what words."""

    tasks: tuple[int, ...] = ()
    note: str = ""

    @classmethod
    def of_form(cls, form: MultiDict[str, str]) -> Request:
        """Those of the button that was pressed (`one`), else all that are marked (`task`, "id:version")."""
        named = form.get("one", "").split() or form.getlist("task")
        tasks = (whole(text.partition(":")[0]) for text in named)
        note = several_lines(form.get("note.remind", form.get("note", "")))
        return cls(tuple(task for task in tasks if task is not None), note)

    @property
    def problem(self) -> str:
        """What keeps it from being sent; "" when nothing does."""
        if not self.tasks:
            return str(gettext("Please choose whom to remind."))
        if len(self.note) > LONGEST_TEXT:
            return too_long(LONGEST_TEXT)
        return ""


_NOTHING = Request()
#: the order by what is endangered, beside those of `ORDERS`
GRAVEST = "gravest"


class Asked(NamedTuple):
    """The tracker that the address names."""

    narrowed: Filter
    #: what the plan does not have (any more), in words
    lost: list[str]
    choices: ListChoices
    order: str
    #: how the indicators stand, by which what is late is ranked
    lines: list[IndicatorLine]
    #: today, or a day before
    day: date


def asked() -> Asked:
    """What the address of this request asks for; what it cannot ask for is left out."""
    day = asked_day()
    lines = indicator_lines(reading_as_of(day), plan(), day)
    numbered = [NumberedChoice(line.number, line.short_title, line.gloss_en) for line in lines]
    choices = list_choices(reading_as_of(day), plan().id, numbered)
    narrowing, lost = fitting(narrowed(), choices)
    order = request.args.get("order", "latest")
    return Asked(narrowing, lost, choices, order if order in (*ORDERS, GRAVEST) else "latest", lines, day)


def _listed(wanted: Asked) -> list[OverdueItem]:
    """The tasks in the order that is asked for, of each the gravest of what it endangers first."""
    order = wanted.order if wanted.order in ORDERS else "latest"
    session = reading_as_of(wanted.day)
    items = overdue_items(session, plan(), wanted.day, wanted.narrowed, visible_to=actor(), order=order)
    gravest = gravest_first(items, wanted.lines)
    ranked = {item.line.id: item for item in gravest}
    return gravest if wanted.order == GRAVEST else [ranked[item.line.id] for item in items]


def show_page(problem: str = "", wanted: Request = _NOTHING, filter_problem: str = "") -> str:
    """The tracker, narrowed and ordered as the address says; of a past day without what can be done."""
    page = asked()
    narrowing, lost, choices, order, lines, _ = page
    items = _listed(page)
    past = shown_past() is not None
    remindable = {
        item.line.id for item in items if not past and may_remind(actor(), item.line.coordinator_id)
    }
    given = arguments(narrowing)
    ordered = {"order": "" if order == "latest" else order}
    kept = {**ordered, **kept_day()}
    return render_template(
        "overdue/show.html",
        items=items,
        remindable=remindable,
        offered=(REMIND, EXTEND, WITHDRAW) if may_control(actor()) else (REMIND,),
        choices=choices,
        narrowed=narrowing,
        stakes=at_stake(items, lines),
        words=words,
        arguments=given,
        order=order,
        kept=kept,
        filter_names=filter_names(),
        conditions=conditions(narrowing, choices, "overdue.show", kept),
        lost=lost,
        all_url=list_url("overdue.show", kept),
        saved=saved_filters("overdue", {**given, **ordered}, filter_problem),
        sorting={
            name: list_url("overdue.show", {**given, **kept, "order": name}) for name in (*ORDERS, GRAVEST)
        },
        problem=problem,
        wanted=wanted,
        notices=[] if past else my_notices(),
    )


def download_list(form: str) -> ResponseReturnValue:
    """The tracker that the address names as a file."""
    wanted = asked()
    items = _listed(wanted)
    return list_file(
        form,
        gettext("Overdue"),
        [*task_columns(), Column(gettext("Asks for"), DAY, 12)],
        (
            [*task_cells(item.line, item.indicators), item.extension.due_asked if item.extension else None]
            for item in items
        ),
        conditions(wanted.narrowed, wanted.choices, "overdue.show", {}),
    )
