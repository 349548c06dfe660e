"""`/plans/<code>/timeline`: the activities over the year."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.timeline import pages

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/plans/<plan_code>/timeline")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return pages.show()
