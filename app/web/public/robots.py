"""`/robots.txt`: searching programs are welcome to what everybody may read, and find nothing elsewhere."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.public.answer import MAX_AGE

blueprint = Blueprint("robots", __name__)

_RULES = (
    "User-agent: *\nAllow: /public/\nAllow: /static/\nAllow: /bootstrap/\nAllow: /icons.svg\nDisallow: /\n"
)


@blueprint.get("/robots.txt")
@access.public
def robots() -> ResponseReturnValue:
    headers = {"Cache-Control": f"public, max-age={MAX_AGE}"}
    return Response(_RULES, content_type="text/plain; charset=utf-8", headers=headers)
