"""`/plans/<code>/`: how the plan stands; `/plans/<code>/discipline`: who keeps the dates."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services.discipline import discipline_lines, pooled
from app.web import access
from app.web.dashboard.pages import dashboard_page
from app.web.state import plan, reading, today

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/plans/<plan_code>/")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return dashboard_page()


@blueprint.get("/plans/<plan_code>/discipline")
@access.signed_in
def discipline(plan_code: str) -> ResponseReturnValue:
    lines = discipline_lines(reading(), plan().id, today())
    in_force, first = pooled(lines)
    return render_template("dashboard/discipline.html", lines=lines, in_force=in_force, first=first)
