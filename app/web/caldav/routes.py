"""`/.well-known/caldav` and everything below `/caldav/`."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.caldav.answer import METHODS, answer

blueprint = Blueprint("caldav", __name__)


@blueprint.route("/.well-known/caldav", methods=METHODS, provide_automatic_options=False)
@access.for_programs
def well_known() -> ResponseReturnValue:
    """RFC 6764, 5: whoever knows the server's name finds the rest."""
    return redirect(url_for("caldav.tree", path=""), code=301)


@blueprint.route("/caldav/", methods=METHODS, defaults={"path": ""}, provide_automatic_options=False)
@blueprint.route("/caldav/<path:path>", methods=METHODS, provide_automatic_options=False)
@access.for_programs
def tree(path: str) -> ResponseReturnValue:
    return answer(path)
