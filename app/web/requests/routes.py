"""`/plans/<plan>/requests/new`: a request is registered, with a date or without."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.form import BaseForm

from app.domain.errors import InvalidInputError, NotAllowedError, VekhaError
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE
from app.services.request_page import OnRequest, Provider, on_request
from app.services.requests import open_request
from app.web import access
from app.web.errors import status_of, words_of
from app.web.fields import add_error, holds, tell_fields
from app.web.requests.forms import request_form
from app.web.state import actor, changing, now, plan, reading

blueprint = Blueprint("requests", __name__)


@blueprint.get("/plans/<plan_code>/requests/new", endpoint="new")
@access.only(EXECUTOR_ROLE, CONTROLLER_ROLE)
def new(plan_code: str) -> ResponseReturnValue:
    activities = on_request(reading(), actor(), plan().id)
    form = request_form(activities)
    own = str(actor().organization_id or "")
    form.process(data={"activity": request.args.get("activity", ""), "organization": own})
    return _page(form, activities)


@blueprint.post("/plans/<plan_code>/requests", endpoint="open")
@access.only(EXECUTOR_ROLE, CONTROLLER_ROLE)
def open_(plan_code: str) -> ResponseReturnValue:
    activities = on_request(reading(), actor(), plan().id)
    if not activities:
        raise NotAllowedError
    form = request_form(activities)
    form.process(request.form)
    chosen = next((each for each in activities if each.code == form["activity"].data), None)
    provider = next((each for each in _providers(chosen) if str(each.id) == form["organization"].data), None)
    if chosen is None:
        add_error(form["activity"], gettext("Please choose the activity."))
    elif provider is None:
        add_error(form["organization"], gettext("Please choose an organisation that takes part in it."))
    if not holds(form) or chosen is None or provider is None:
        return _page(form, activities), 422
    try:
        with changing() as session:
            task = open_request(
                *(session, actor(), chosen.id),
                organization_id=provider.id,
                subject=form["subject"].data,
                due=form["due"].data,
                now=now(),
            )
    except VekhaError as error:
        problems = tell_fields(form, error) if isinstance(error, InvalidInputError) else [words_of(error)]
        return _page(form, activities, problems), status_of(error)
    flash(gettext("The request was registered."), "success")
    return redirect(url_for("tasks.show", task_id=task.id), code=303)


def _providers(chosen: OnRequest | None) -> tuple[Provider, ...]:
    return chosen.providers if chosen else ()


def _page(form: BaseForm, activities: Sequence[OnRequest], problems: Sequence[str] = ()) -> str:
    return render_template("requests/new.html", form=form, activities=activities, problems=problems)
