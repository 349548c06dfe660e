"""Errors at public addresses: they say what happened, and name neither the address nor who asks."""

from __future__ import annotations

from flask import current_app

from app.web.formats import lang


def public_error(status: int, message: str, request_id: str = "") -> str:
    """The page of an error; with the id of the request, so that it can be named to who looks into it."""
    template = current_app.jinja_env.get_template("public/error.html")
    return template.render(lang=lang(), status=status, message=message, request_id=request_id)
