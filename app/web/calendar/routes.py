"""`/plans/<code>/calendar`: a month (`?month=2022-06`), or the agenda (`?view=agenda&from=2022-06-15`)."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.calendar.asked import asked
from app.web.calendar.pages import page

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/plans/<plan_code>/calendar")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return page(asked())
