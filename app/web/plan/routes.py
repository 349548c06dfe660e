"""`/plans/<code>/plan`, `/plans/<code>/activities/<activity>` and what is done there."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.errors import (
    ConflictError,
    GuardRefusedError,
    NotAllowedError,
    NotFoundError,
    VekhaError,
    WrongStateError,
)
from app.domain.permissions import CONTROLLER_ROLE, EXECUTOR_ROLE, may_remind
from app.services import activities, participations, reminders
from app.services.activity_page import find_heading
from app.services.progress import owed_now
from app.web import access
from app.web.errors import status_of, words_of
from app.web.formats import lang
from app.web.numbers import whole
from app.web.plan import pages
from app.web.plan.activity import activity_view
from app.web.plan.forms import AnswerForm, StepForm
from app.web.plan.parts import Parts
from app.web.state import actor, changing, now, plan, reading, today
from workflows import WORKFLOWS

blueprint = Blueprint("plan", __name__)


@blueprint.get("/plans/<plan_code>/plan")
@access.signed_in
def show(plan_code: str) -> ResponseReturnValue:
    return pages.show()


@blueprint.get("/plans/<plan_code>/activities/<activity>")
@access.signed_in
def activity(plan_code: str, activity: str) -> ResponseReturnValue:
    return _page(activity)


@blueprint.post("/plans/<plan_code>/activities/<activity>/transitions")
@access.only(CONTROLLER_ROLE)
def transition(plan_code: str, activity: str) -> ResponseReturnValue:
    form = StepForm()
    if not form.validate():
        return _page(activity, act=form, status=422)
    heading = find_heading(reading(), plan().id, activity)
    try:
        with changing() as session:
            activities.act(
                session,
                actor(),
                heading.id,
                form.trigger.data,
                now=now(),
                note=form.note.data or "",
                version=form.version.data,
            )
    except VekhaError as error:
        return _refused(activity, error, heading.state, act=form)
    flash(gettext("Recorded."), "success")
    return redirect(url_for("plan.activity", activity=activity), code=303)


@blueprint.post(
    "/plans/<plan_code>/activities/<activity>/participations/<int(max=2147483647):participation_id>"
)
@access.only(CONTROLLER_ROLE, EXECUTOR_ROLE)
def answer(plan_code: str, activity: str, participation_id: int) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate():
        return _page(activity, answer=(participation_id, form), status=422)
    heading = find_heading(reading(), plan().id, activity)
    try:
        with changing() as session:
            part = participations.answer(
                session,
                actor(),
                participation_id,
                form.trigger.data,
                now=now(),
                note=form.note.data or "",
                version=form.version.data,
            )
            if part.activity_id != heading.id:
                raise NotFoundError
    except VekhaError as error:
        return _refused(activity, error, "", answer=(participation_id, form))
    flash(gettext("The answer is recorded."), "success")
    return redirect(url_for("plan.activity", activity=activity, _anchor="executors"), code=303)


@blueprint.post("/plans/<plan_code>/activities/<activity>/reminders")
@access.only(CONTROLLER_ROLE, EXECUTOR_ROLE)
def remind(plan_code: str, activity: str) -> ResponseReturnValue:
    """Remind the executors of one occurrence, or of all whose time has come."""
    heading = find_heading(reading(), plan().id, activity)
    if not may_remind(actor(), heading.coordinator_id):
        raise NotAllowedError
    named, day = request.form.get("occurrence"), today()
    occurrence = whole(named)
    if named and occurrence is None:
        raise NotFoundError
    try:
        with changing() as session:
            owed = owed_now(session, heading.id, day, occurrence)
            number = reminders.remind(session, actor(), owed, now=now())
    except VekhaError as error:
        return _refused(activity, error, "")
    flash(ngettext("%(num)s reminder sent.", "%(num)s reminders sent.", number), "success")
    return redirect(url_for("plan.activity", activity=activity, _anchor="dates"), code=303)


def _refused(
    code: str,
    error: VekhaError,
    state: str,
    *,
    act: StepForm | None = None,
    answer: tuple[int, AnswerForm] | None = None,
) -> ResponseReturnValue:
    """The page again with what was typed, and the reason beside its field or above everything."""
    form = act or (answer[1] if answer else None)
    message = words_of(error)
    if isinstance(error, GuardRefusedError) and form is not None:
        form.note.errors = [gettext("Please write the reason: without it this cannot be done.")]
        message = ""
    elif isinstance(error, WrongStateError) and state:
        label = WORKFLOWS["activity"].state(state).label.in_language(lang())
        message = gettext("This cannot be done now: the state is “%(state)s”.", state=label)
    stale = isinstance(error, ConflictError)
    if isinstance(error, NotFoundError):
        raise error
    return _page(code, act=act, answer=answer, message=message, stale=stale, status=status_of(error))


def _page(
    code: str,
    *,
    act: StepForm | None = None,
    answer: tuple[int, AnswerForm] | None = None,
    message: str = "",
    stale: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    view = activity_view(code)
    parts = Parts(view)
    return (
        render_template(
            "plan/activity.html",
            view=view,
            parts=parts,
            act=act or StepForm(formdata=None),
            answer=answer,
            message=message,
            newest=parts.newest() if stale else None,
            role_word=pages.role_word,
            workflows=WORKFLOWS,
        ),
        status,
    )
