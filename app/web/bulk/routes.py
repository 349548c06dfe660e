"""`POST /plans/<code>/bulk`: what is marked in a list, foreseen and then done."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInputError
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE
from app.domain.texts import LONGEST_TEXT
from app.services import bulk
from app.web import access
from app.web.addresses import list_url
from app.web.bulk import words
from app.web.bulk.asked import Asked
from app.web.bulk.pages import preview_page, result_page
from app.web.errors import status_of
from app.web.fields import too_long
from app.web.state import actor, changing, now, vekha

blueprint = Blueprint("bulk", __name__)


@blueprint.post("/plans/<plan_code>/bulk")
@access.only(CONTROLLER_ROLE, EXECUTOR_ROLE)
def act(plan_code: str) -> ResponseReturnValue:
    asked = Asked.of_form(request.form)
    if asked.too_long:
        return preview_page(asked, None, {"note": too_long(LONGEST_TEXT)}), 422
    do = bulk.perform if asked.confirmed else bulk.foresee
    try:
        with changing(once=asked.confirmed) as session:
            result = do(session, vekha().store, actor(), asked.wanted, now=now())
    except InvalidInputError as error:
        return preview_page(asked, None, words.problems(error)), status_of(error)
    if not asked.confirmed:
        return preview_page(asked, result, {})
    if result.refused:
        return result_page(asked, result), 200 if result.done else 409
    flash(words.done(asked.wanted.act, len(result.done)), "success")
    return redirect(asked.back or list_url(), code=303)


@blueprint.get("/plans/<plan_code>/bulk")
@access.signed_in
def reopened(plan_code: str) -> ResponseReturnValue:
    # A tab that the browser opens again asks for the form's address without the form.
    return redirect(list_url(), code=303)
