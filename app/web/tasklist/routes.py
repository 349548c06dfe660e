"""`/plans/<code>/tasks?show=…`: the list that a counter opens."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.tasklist.pages import list_page

blueprint = Blueprint("tasklist", __name__)


@blueprint.get("/plans/<plan_code>/tasks")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return list_page()
