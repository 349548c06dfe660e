"""`/public/plans/<code>` and what stands beneath it. Every address asks whether the plan is public."""

from __future__ import annotations

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.web import access
from app.web.public.answer import answer, prepare
from app.web.public.page import page

blueprint = Blueprint("public", __name__, url_prefix="/public/plans/<plan_code>")


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    prepare(state.app.extensions)


@blueprint.get("")
@access.public
def show(plan_code: str) -> ResponseReturnValue:
    return answer(plan_code, page(request.args.get("state", "")))
