"""`/plans/<code>/tasks?show=…`: the list that a counter opens; as a file `tasks.csv` or `tasks.xlsx`."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.tasklist.pages import list_download, list_page

blueprint = Blueprint("tasklist", __name__)


@blueprint.get("/plans/<plan_code>/tasks")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return list_page()


@blueprint.get("/plans/<plan_code>/tasks.<any(csv, xlsx):form>")
@access.signed_in
def download(plan_code: str, form: str) -> ResponseReturnValue:
    return list_download(form)
