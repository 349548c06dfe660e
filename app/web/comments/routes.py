"""`POST /tasks/<id>/comments`: a few words beside a task, and taking them back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.services import comments
from app.web import access
from app.web.comments.thread import told
from app.web.state import actor, changing, now
from app.web.tasks.forms import Forms
from app.web.tasks.pages import attempt, find
from app.web.tasks.routes import TASK

blueprint = Blueprint("comments", __name__)


@blueprint.post(f"{TASK}/comments")
@access.signed_in
def write(task_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.comment
    form.process(request.form)
    return attempt(
        *(page, forms, form),
        lambda session: comments.write(
            *(session, actor(), task_id, form["text"].data), now=now(), tell=form["tell"].data
        ),
        told,
        anchor="comments",
    )


@blueprint.post(f"{TASK}/comments/<int(max=2147483647):comment_id>/withdrawal")
@access.signed_in
def withdraw(task_id: int, comment_id: int) -> ResponseReturnValue:
    with changing() as session:
        comments.withdraw(session, actor(), task_id, comment_id, now=now())
    flash(gettext("The comment was withdrawn; its place in the thread stays."), "success")
    return redirect(url_for("tasks.show", task_id=task_id, _anchor="comments"), code=303)
