"""`/public/plans/<code>` and what stands beneath it. Every address asks whether the plan is public."""

from __future__ import annotations

from flask import Blueprint, request, send_file
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFoundError, StorageError
from app.services.public.published import find_material
from app.web import access
from app.web.handing_out import harmless
from app.web.public import calendar as dates
from app.web.public import data
from app.web.public import news as feed
from app.web.public.answer import MAX_AGE, answer, find, prepare
from app.web.public.page import page
from app.web.state import reading, vekha

blueprint = Blueprint("public", __name__, url_prefix="/public/plans/<plan_code>")


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    prepare(state.app.extensions)


@blueprint.get("", strict_slashes=False)
@access.public
def show(plan_code: str) -> ResponseReturnValue:
    return answer(plan_code, page(request.args.get("state", "")))


@blueprint.get("/data")
@access.public
def about(plan_code: str) -> ResponseReturnValue:
    return answer(plan_code, data.about())


@blueprint.get("/data.json")
@access.public
def everything(plan_code: str) -> ResponseReturnValue:
    return answer(plan_code, data.everything())


@blueprint.get("/schema.json")
@access.public
def schema(plan_code: str) -> ResponseReturnValue:
    return answer(plan_code, data.schema())


@blueprint.get("/<any(rows, indicators, events, materials):name>.csv")
@access.public
def table(plan_code: str, name: str) -> ResponseReturnValue:
    return answer(plan_code, data.table(name))


@blueprint.get("/news.atom")
@access.public
def news(plan_code: str) -> ResponseReturnValue:
    return answer(plan_code, feed.news())


@blueprint.get("/calendar.ics")
@access.public
def calendar(plan_code: str) -> ResponseReturnValue:
    return answer(plan_code, dates.calendar())


@blueprint.get("/materials/<int(max=2147483647):material_id>")
@access.public
def material(plan_code: str, material_id: int) -> ResponseReturnValue:
    plan, _today = find(plan_code)
    found = find_material(reading(), plan.id, material_id)
    if found.is_link:
        raise NotFoundError
    path = vekha().store.path(found.sha256)
    if not path.is_file():
        raise StorageError("The file cannot be read now. Please tell the administrator.")
    answer = send_file(
        path,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.file_name,
        etag=found.sha256,
        max_age=MAX_AGE,
    )
    # When the copy was made is nobody's business.
    del answer.headers["Last-Modified"]
    answer.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return harmless(answer)
