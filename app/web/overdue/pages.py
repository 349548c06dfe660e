"""The page of the tracker, also after a reminder that could not be sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.domain.permissions import may_control, may_remind
from app.domain.texts import LONGEST_TEXT, several_lines
from app.services.bulk import EXTEND, REMIND, WITHDRAW
from app.services.filters import choices
from app.services.overdue import ORDERS, overdue_items
from app.web.addresses import list_url
from app.web.fields import too_long
from app.web.narrowing import arguments, narrowed
from app.web.notices.panel import my_notices
from app.web.numbers import whole
from app.web.state import actor, plan, reading, today


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


def show_page(problem: str = "", wanted: Request = _NOTHING) -> str:
    """The tracker, narrowed and ordered as the address says."""
    narrowing = narrowed()
    order = request.args.get("order", "latest")
    order = order if order in ORDERS else "latest"
    items = overdue_items(reading(), plan(), today(), narrowing, visible_to=actor(), order=order)
    remindable = {item.line.id for item in items if may_remind(actor(), item.line.coordinator_id)}
    return render_template(
        "overdue/show.html",
        items=items,
        remindable=remindable,
        offered=(REMIND, EXTEND, WITHDRAW) if may_control(actor()) else (REMIND,),
        choices=choices(reading(), plan().id),
        narrowed=narrowing,
        arguments=arguments(narrowing),
        order=order,
        kept_order="" if order == "latest" else order,
        sorting={name: list_url("overdue.show", {**arguments(narrowing), "order": name}) for name in ORDERS},
        problem=problem,
        wanted=wanted,
        notices=my_notices(),
    )
