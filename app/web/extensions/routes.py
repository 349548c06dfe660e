"""`/extensions/<id>`: a later date is granted, refused or taken back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.errors import GuardRefusedError, InvalidInputError, VekhaError, WrongStateError
from app.domain.permissions import may_control, task_roles
from app.services import extensions
from app.services.extension_list import ExtensionLine, find_extension
from app.web import access
from app.web.addresses import task_url
from app.web.errors import status_of, words_of
from app.web.extensions.forms import AnswerForm
from app.web.fields import add_error, tell_fields
from app.web.formats import lang
from app.web.numbers import whole
from app.web.state import actor, changing, now, reading
from workflows import WORKFLOWS
from workflows.engine import available

blueprint = Blueprint("extensions", __name__)


@blueprint.get("/extensions/<int(max=2147483647):extension_id>")
@access.signed_in
def show(extension_id: int) -> ResponseReturnValue:
    line = find_extension(reading(), actor(), extension_id)
    return _page(line, AnswerForm(formdata=None, due=line.due_asked, version=line.version))


@blueprint.post("/extensions/<int(max=2147483647):extension_id>/transitions")
@access.signed_in
def transition(extension_id: int) -> ResponseReturnValue:
    line = find_extension(reading(), actor(), extension_id)
    form = AnswerForm()
    if not form.validate():
        return _page(line, form), 422
    trigger = request.form.get("trigger", "")
    try:
        with changing() as session:
            extensions.decide(
                session,
                actor(),
                extension_id,
                trigger,
                now=now(),
                note=form.note.data or "",
                due=form.due.data if trigger == "grant" else None,
                version=whole(form.version.data),
            )
    except VekhaError as error:
        return _refused(extension_id, form, error)
    flash(_told(trigger), "success")
    to_queue = may_control(actor()) and request.args.get("back") == "review"
    return redirect(url_for("review.queue") if to_queue else task_url(line.task_id), code=303)


def _page(line: ExtensionLine, form: AnswerForm) -> str:
    workflow = WORKFLOWS["extension"]
    roles = task_roles(actor(), line.organization_id, line.coordinator_id)
    options = available(workflow, line.state, roles)
    return render_template(
        "extensions/show.html", extension=line, form=form, workflow=workflow, options=options
    )


def _refused(extension_id: int, form: AnswerForm, error: VekhaError) -> ResponseReturnValue:
    """The page again, with the reason beside its field and the request as it stands now."""
    line = find_extension(reading(), actor(), extension_id)
    if isinstance(error, InvalidInputError):
        form.form_errors.extend(tell_fields(form, error))
    elif isinstance(error, GuardRefusedError):
        add_error(form.note, gettext("Please give the reason."))
    elif isinstance(error, WrongStateError):
        state = WORKFLOWS["extension"].state(line.state).label.in_language(lang())
        form.form_errors.append(gettext("This cannot be done now: the state is “%(state)s”.", state=state))
    else:
        form.form_errors.append(words_of(error))
    form.version.data = line.version
    return _page(line, form), status_of(error)


def _told(trigger: str) -> str:
    messages = {
        "grant": gettext("The later date was granted."),
        "refuse": gettext("The later date was refused."),
        "withdraw": gettext("The request was taken back."),
    }
    return str(messages[trigger])
