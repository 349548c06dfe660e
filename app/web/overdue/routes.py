"""`/plans/<code>/overdue`: what is late, and reminders."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.domain.errors import VekhaError
from app.services import reminders
from app.web import access
from app.web.addresses import list_url
from app.web.errors import status_of, words_of
from app.web.narrowing import arguments, narrowed
from app.web.numbers import whole
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
    return redirect(_back(), code=303)


def _back() -> str:
    """The page that the reminder was sent from: `?back=dashboard`, or `?back=indicator&number=1`."""
    back, number = request.args.get("back"), whole(request.args.get("number"))
    if back == "dashboard":
        return list_url("dashboard.show")
    if back == "indicator" and number is not None:
        return url_for("indicators.show", number=number)
    return list_url("overdue.show", {**arguments(narrowed()), "order": request.args.get("order")})
