"""`/plans/<code>/`: how the plan stands."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.dashboard.pages import dashboard_page

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/plans/<plan_code>/")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return dashboard_page()
