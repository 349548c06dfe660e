"""`/plans/<code>/journal`: everything that happened, with its place in the chain."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.domain.permissions import ADMINISTRATOR_ROLE, AUDITOR_ROLE, CONTROLLER_ROLE
from app.web import access
from app.web.journal.pages import anchor_file, check_script, journal_lines, journal_page, journal_table

blueprint = Blueprint("journal", __name__, url_prefix="/plans/<plan_code>")

#: those who see everything
_checkers = access.only(AUDITOR_ROLE, CONTROLLER_ROLE, ADMINISTRATOR_ROLE)


@blueprint.get("/journal")
@_checkers
def show(plan_code: str) -> ResponseReturnValue:
    return journal_page()


@blueprint.get("/journal.<any(csv, xlsx):form>")
@_checkers
def table(plan_code: str, form: str) -> ResponseReturnValue:
    return journal_table(form)


@blueprint.get("/journal.jsonl")
@_checkers
def chain(plan_code: str) -> ResponseReturnValue:
    return journal_lines()


@blueprint.get("/journal/heads.jsonl")
@_checkers
def anchor(plan_code: str) -> ResponseReturnValue:
    return anchor_file()


@blueprint.get("/journal/verify.py")
@_checkers
def script(plan_code: str) -> ResponseReturnValue:
    return check_script()
