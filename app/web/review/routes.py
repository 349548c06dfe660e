"""`/plans/<code>/review`: what was submitted waits here for the controller's word."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.errors import VekhaError
from app.domain.permissions import CONTROLLER_ROLE
from app.services import corrections, tasks
from app.web import access
from app.web.errors import status_of, words_of
from app.web.review.decisions import Decision
from app.web.review.pages import queue_page, refusals
from app.web.state import actor, changing, now, vekha

blueprint = Blueprint("review", __name__)


@blueprint.get("/plans/<plan_code>/review")
@access.only(CONTROLLER_ROLE)
def queue(plan_code: str) -> ResponseReturnValue:
    return queue_page()


@blueprint.post("/plans/<plan_code>/review")
@access.only(CONTROLLER_ROLE)
def decide(plan_code: str) -> ResponseReturnValue:
    decision = Decision.of_form(request.form)
    if problem := decision.problem:
        return queue_page(decision, [problem]), 422
    with changing() as session:
        done, refused = tasks.fire_many(
            session, vekha().store, actor(), decision.chosen, decision.trigger, now=now(), note=decision.note
        )
    problems = refusals(refused)
    if refused and not done:
        return queue_page(decision, problems), status_of(refused[0][1])
    flash(decision.told(len(done)), "success")
    for message in problems:
        flash(message, "warning")
    return redirect(url_for("review.queue"), code=303)


@blueprint.post("/plans/<plan_code>/review/figures")
@access.only(CONTROLLER_ROLE)
def confirm(plan_code: str) -> ResponseReturnValue:
    decision = Decision.of_form(request.form)
    chosen = decision.chosen
    if not chosen:
        return queue_page(problems=[gettext("Please choose what to decide about.")]), 422
    if decision.trigger == "decline":
        return _decline(decision)
    try:
        with changing() as session:
            for task_id, version in chosen:
                tasks.confirm_figures(session, actor(), task_id, now=now(), version=version)
    except VekhaError as error:
        return queue_page(problems=[words_of(error)]), status_of(error)
    flash(
        ngettext(
            "The figures of %(num)s task count now.", "The figures of %(num)s tasks count now.", len(chosen)
        ),
        "success",
    )
    return redirect(url_for("review.queue"), code=303)


def _decline(decision: Decision) -> ResponseReturnValue:
    """Let what counts stand, against the corrections that were asked for."""
    if decision.lacks_reason:
        return queue_page(decision, [gettext("Please say why it is declined: the executor reads it.")]), 422
    try:
        with changing() as session:
            for task_id, version in decision.chosen:
                corrections.decline(
                    session, actor(), task_id, reason=decision.note, now=now(), version=version
                )
    except VekhaError as error:
        return queue_page(decision, [words_of(error)]), status_of(error)
    flash(gettext("The correction was declined; what counted goes on counting."), "success")
    return redirect(url_for("review.queue"), code=303)
