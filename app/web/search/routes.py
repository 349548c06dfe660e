"""`/search?q=…`: what a question finds."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.search.pages import search_page

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@access.signed_in
def show() -> ResponseReturnValue:
    return search_page()
