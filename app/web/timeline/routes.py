"""`/plans/<code>/timeline`: the activities over the year."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.services import timeline
from app.web import access
from app.web.state import plan, reading, today
from app.web.timeline import pages

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/plans/<plan_code>/timeline")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    by_lead = request.args.get("by") == "executor"
    read = timeline.by_lead if by_lead else timeline.by_section
    year = pages.Year(plan())
    return render_template(
        "timeline/show.html",
        groups=pages.timeline_groups(read(reading(), plan(), today()), plan()),
        by_lead=by_lead,
        months=year.months(),
        today_at=year.middle(today()) if year.holds(today()) else None,
    )
