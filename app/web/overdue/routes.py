"""`/plans/<code>/overdue`: what is late, and reminders."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.domain.errors import VekhaError
from app.services import reminders
from app.web import access
from app.web.addresses import list_url
from app.web.errors import status_of, words_of
from app.web.narrowing import arguments, narrowed
from app.web.overdue.pages import Request, download_list, show_page
from app.web.state import actor, changing, now

blueprint = Blueprint("overdue", __name__)


@blueprint.get("/plans/<plan_code>/overdue")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return show_page()


@blueprint.get("/plans/<plan_code>/overdue.<any(csv, xlsx):form>")
@access.signed_in
def download(plan_code: str, form: str) -> ResponseReturnValue:
    return download_list(form)


@blueprint.post("/plans/<plan_code>/overdue/reminders")
@access.signed_in
def remind(plan_code: str) -> ResponseReturnValue:
    wanted = Request.of_form(request.form)
    if wanted.problem:
        return show_page(wanted.problem, wanted), 422
    try:
        with changing() as session:
            number = reminders.remind(session, actor(), wanted.tasks, now=now(), note=wanted.note)
    except VekhaError as error:
        return show_page(words_of(error), wanted), status_of(error)
    flash(ngettext("%(num)s reminder was sent.", "%(num)s reminders were sent.", number), "success")
    back = "dashboard.show" if request.args.get("back") == "dashboard" else "overdue.show"
    kept = {} if back == "dashboard.show" else {**arguments(narrowed()), "order": request.args.get("order")}
    return redirect(list_url(back, kept), code=303)
