"""`/plans/<code>/timeline`: the activities over the year."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.remembered import until_the_plan_changes
from app.web.timeline import pages

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/plans/<plan_code>/timeline")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    by_lead = request.args.get("by") == "executor"
    body = until_the_plan_changes("timeline", by_lead, lambda: pages.body(by_lead))
    return render_template("timeline/show.html", body=body)
