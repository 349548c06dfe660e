"""`/plans/<code>/discipline`: who keeps the dates; `…/tasks`: the tasks behind one of its figures."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import may_see_task
from app.services.discipline.measuring import FIRST, IN_FORCE, find_discipline, measure_discipline
from app.services.discipline.tasks import MeasuredTask
from app.web import access
from app.web.discipline.asked import METHOD_NAMES, asked
from app.web.discipline.file import discipline_file
from app.web.discipline.words import CATEGORIES, reading_name, subject_name
from app.web.state import actor, plan, reading_as_of
from workflows import WORKFLOWS

blueprint = Blueprint("discipline", __name__)


@blueprint.get("/plans/<plan_code>/discipline")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    page = asked()
    session = reading_as_of(page.day)
    lines, together = measure_discipline(session, plan(), page.day, page.question, actor())
    return render_template(
        "discipline/show.html",
        asked=page,
        lines=lines,
        together=together,
        methods=METHOD_NAMES,
        subject_name=subject_name,
    )


@blueprint.get("/plans/<plan_code>/discipline.<any(csv, xlsx):form>")
@access.signed_in
def download(plan_code: str, form: str) -> ResponseReturnValue:
    page = asked()
    lines, together = measure_discipline(reading_as_of(page.day), plan(), page.day, page.question, actor())
    return discipline_file(form, page, [*lines, together])


@blueprint.get("/plans/<plan_code>/discipline/tasks")
@access.signed_in
def tasks(plan_code: str) -> ResponseReturnValue:
    page = asked()
    of = request.args.get("of", "")
    dates = FIRST if request.args.get("dates") == FIRST else IN_FORCE
    session = reading_as_of(page.day)
    line = find_discipline(session, plan(), page.day, page.question, actor(), of)
    return render_template(
        "discipline/tasks.html",
        asked=page,
        line=line,
        measure=line.measure(dates),
        dates=dates,
        other=IN_FORCE if dates == FIRST else FIRST,
        methods=METHOD_NAMES,
        categories=CATEGORIES,
        subject_name=subject_name,
        reading_name=reading_name,
        workflows=WORKFLOWS,
        may_open=_may_open,
    )


def _may_open(task: MeasuredTask) -> bool:
    return may_see_task(actor(), task.organization_id, task.coordinator_id)
