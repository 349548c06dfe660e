"""`/tasks` and `/tasks/<id>`: what one owes, and everything that can be done about one task."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import EXECUTOR_ROLE
from app.services import corrections, extensions, reminders, tasks
from app.web import access, bodies
from app.web.state import actor, now, vekha
from app.web.tasks.forms import Forms, form_for
from app.web.tasks.mine import my_page
from app.web.tasks.pages import attempt, find, mark_seen, may_give_files, show, submitted, version
from app.web.tasks.submission import called_right, read_figures

blueprint = Blueprint("tasks", __name__)

#: an id that the database can hold; anything larger is no task
TASK = "/tasks/<int(max=2147483647):task_id>"


@blueprint.get("/tasks")
@access.only(EXECUTOR_ROLE)
def mine() -> ResponseReturnValue:
    return my_page(actor().organization_id or 0, request.args.get("show", ""))


@blueprint.get(TASK, endpoint="show")
@access.signed_in
def show_task(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    html = show(page)
    mark_seen(page)
    return html


@blueprint.post(f"{TASK}/transitions")
@access.signed_in
@bodies.takes_files(may_give_files)
def transition(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    trigger = request.form.get("trigger", "")
    forms = Forms(page)
    form = form_for(forms, page, trigger)
    with submitted(page, forms, form) as submission:
        return attempt(
            *(page, forms, form),
            lambda session: tasks.fire(
                *(session, vekha().store, actor(), task_id, trigger),
                now=now(),
                version=version(),
                note=form["note"].data or "",
                submission=submission,
            ),
            _told(trigger),
        )


@blueprint.post(f"{TASK}/evidence")
@access.signed_in
@bodies.takes_files(may_give_files)
def attach(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.submission
    with submitted(page, forms, form) as submission:
        return attempt(
            *(page, forms, form),
            lambda session: tasks.attach(
                *(session, vekha().store, actor(), task_id),
                now=now(),
                version=version(),
                submission=submission,
                note=form["note"].data or "",
            ),
            gettext("Added. The task is not submitted yet."),
        )


@blueprint.post(f"{TASK}/explanation")
@access.signed_in
def explain(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.explanation
    form.process(request.form)
    return attempt(
        *(page, forms, form),
        lambda session: tasks.explain(
            *(session, actor(), task_id),
            now=now(),
            explanation=form["explanation"].data,
            expected_on=form["expected_on"].data,
            version=version(),
        ),
        gettext("The explanation was saved; the controller sees it beside the task."),
    )


@blueprint.post(f"{TASK}/extensions")
@access.signed_in
def ask_for_later_date(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.extension
    form.process(request.form)
    return attempt(
        *(page, forms, form),
        lambda session: extensions.ask(
            *(session, actor(), task_id),
            due=form["due"].data,
            reason=form["reason"].data,
            now=now(),
            version=version(),
        ),
        gettext("The request was sent. The date stays as it is until the controller decides."),
    )


@blueprint.post(f"{TASK}/reminders")
@access.signed_in
def remind(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.reminder
    form.process(request.form)
    return attempt(
        *(page, forms, form),
        lambda session: reminders.remind(session, actor(), [task_id], now=now(), note=form["note"].data),
        gettext("The reminder was sent."),
    )


@blueprint.post(f"{TASK}/figures")
@access.signed_in
def confirm_figures(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    return attempt(
        *(page, forms, forms.decision),
        lambda session: tasks.confirm_figures(session, actor(), task_id, now=now(), version=version()),
        gettext("The figures count now."),
    )


@blueprint.post(f"{TASK}/corrections")
@access.signed_in
def correct_figures(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.correction
    form.process(request.form)
    figures = read_figures(page, form)
    told = (
        gettext("The figures were corrected. What was there before stays in the history.")
        if page.controls
        else gettext("The correction was sent. What counts goes on counting until the controller decides.")
    )
    return attempt(
        *(page, forms, form),
        lambda session: corrections.correct(
            *(session, actor(), task_id, figures),
            reason=form["reason"].data,
            now=now(),
            version=version(),
            sure=called_right(form, figures),
        ),
        told,
    )


@blueprint.post(f"{TASK}/corrections/declined")
@access.signed_in
def decline_correction(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.refusal
    form.process(request.form)
    return attempt(
        *(page, forms, form),
        lambda session: corrections.decline(
            *(session, actor(), task_id), reason=form["reason"].data, now=now(), version=version()
        ),
        gettext("The correction was declined; what counted goes on counting."),
    )


def _told(trigger: str) -> str:
    messages = {
        "submit": gettext("Sent for review. There is nothing more to do until the controller answers."),
        "accept": gettext("Accepted."),
        "return": gettext("Returned to the executor."),
        "withdraw": gettext("Withdrawn from control."),
        "reopen": gettext("Reopened: the executor owes it again."),
    }
    return str(messages.get(trigger) or gettext("Noted."))
