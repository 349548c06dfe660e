"""What the templates of the tasks are given, and how a refused form comes back with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms.form import BaseForm

from app.domain.errors import (
    ConflictError,
    DoubtfulFiguresError,
    InvalidInputError,
    NotFoundError,
    VekhaError,
)
from app.file_types import EXTENSIONS
from app.services import notices, reminders
from app.services.evidence import Submission
from app.services.history import Entry
from app.services.task_page import TaskPage, show_task
from app.web.bodies import FILES_AT_ONCE
from app.web.caldav import words as refused
from app.web.comments import thread
from app.web.errors import status_of
from app.web.fields import holds
from app.web.formats import lang
from app.web.history import lines
from app.web.state import actor, changing, noting, now, plan, reading, today, vekha
from app.web.tasks.forms import Forms
from app.web.tasks.refusals import tell
from app.web.tasks.submission import read_submission, take_in
from app.web.tasks.waiting import redeem, set_aside, tickets
from workflows import WORKFLOWS
from workflows.definition import EXECUTOR, Workflow
from workflows.diagram import svg


def find(task_id: int) -> TaskPage:
    """The page of a task as it is now. Raises NotFoundError, also for a foreign task."""
    return show_task(reading(), actor(), task_id, today(), plan())


def may_give_files(task_id: int) -> bool:
    """Whether the person executes the task. Raises NotFoundError, also for a foreign task."""
    return EXECUTOR in find(task_id).roles


def show(page: TaskPage, forms: Forms | None = None, changed: Sequence[Entry] = ()) -> str:
    """The page as HTML. `changed`: what others did while the form that is shown was being filled in."""
    forms = forms or Forms(page)
    return render_template(
        "tasks/show.html",
        page=page,
        t=page.task,
        forms=forms,
        lost=forms.lost(page),
        workflows=WORKFLOWS,
        history=lines(page.history),
        reminded=lines(page.reminders),
        thread=thread.shown(page.thread, actor().person_id),
        called=thread.called,
        refused_tick=refused.missing(page.refused_tick.details) if page.refused_tick else [],
        changed=lines(changed),
        diagram=_picture(page.workflow, lang(), page.task.state, frozenset(page.visited)),
        extensions=tuple(EXTENSIONS),
        max_bytes=vekha().config.max_file,
    )


@lru_cache(maxsize=500)
def _picture(workflow: Workflow, language: str, present: str, visited: frozenset[str]) -> Markup:
    return Markup(svg(workflow, language, present, visited=visited))


def mark_seen(page: TaskPage) -> None:
    """Note that the executor has read the reminders, which were shown as new once more, and the reader
    the notices."""
    reminded = page.task.unseen if EXECUTOR in page.roles else 0
    if not reminded and not page.task.unread:
        return
    # When the database cannot be written, the next look notes it.
    with noting() as session:
        if reminded:
            reminders.mark_seen(session, page.task.id, reminded, now())
        notices.mark_task_read(session, actor().person_id, page.task.id, now())


def version() -> int:
    """The version that the form was made from. Raises InvalidInputError when it does not say."""
    number = _number("version")
    if number is None:
        raise InvalidInputError({"version": "This form is not complete. Please reload the page."})
    return number


def attempt(
    page: TaskPage,
    forms: Forms,
    form: BaseForm,
    act: Callable[[Session], Any],
    done: str | Callable[[Any], str],
    *,
    anchor: str | None = None,
) -> ResponseReturnValue:
    """Do it in one transaction, say so and show the task; or show the page again with the reasons.

    `done` is what is said, or makes it from what `act` returned; `anchor` is the part of the page to show.
    """
    if forms.problems or not holds(form):
        return _again(page, forms, form, 422)
    try:
        with changing() as session:
            made = act(session)
    except NotFoundError:
        raise
    except VekhaError as error:
        return refuse(page, forms, form, error)
    flash(done if isinstance(done, str) else done(made), "success")
    return redirect(url_for("tasks.show", task_id=page.task.id, _anchor=anchor), code=303)


@contextmanager
def submitted(page: TaskPage, forms: Forms, form: BaseForm) -> Iterator[Submission]:
    """The form filled in, with its files in the store's waiting room.

    They leave it when the block ends, unless the form is shown again: then they wait for it.
    """
    sent: list[MultiDict[str, Any]] = [request.files, request.form]
    form.process(CombinedMultiDict(sent))
    store, here = vekha().store, (actor().person_id, page.task.id)
    with store.staging() as staged:
        waited = request.form.getlist("waiting")[:FILES_AT_ONCE]
        room = FILES_AT_ONCE - len(waited)
        taken = take_in(form, request.files, store, staged, forms.problems, room)
        for ticket in waited:
            if (waiting := redeem(store, ticket, *here)) is None:
                forms.problems.append(gettext("A file that waited is gone. Please choose it once more."))
                continue
            if any(waiting[1].path == file.path for file in staged):
                # Two tickets of one file attach it once: it can be kept only once.
                continue
            taken.append(waiting)
            staged.append(waiting[1])
        forms.files = taken
        yield read_submission(page, form, taken)
        if forms.waiting:
            staged.clear()


def refuse(page: TaskPage, forms: Forms, form: BaseForm, error: VekhaError) -> ResponseReturnValue:
    """Look again, for the task may be another one by now; the form stays as it was typed."""
    fresh = forms.page = find(page.task.id)
    if isinstance(error, DoubtfulFiguresError):
        forms.doubts = error.doubts
    forms.problems += tell(fresh, form, error)
    changed: Sequence[Entry] = ()
    if isinstance(error, ConflictError):
        changed = fresh.since(_number("version") or fresh.task.version, _number("position"))
    return _again(fresh, forms, form, status_of(error), changed)


def _again(
    page: TaskPage, forms: Forms, form: BaseForm, status: int, changed: Sequence[Entry] = ()
) -> ResponseReturnValue:
    forms.refused = form
    forms.files = set_aside(vekha().store, forms.files, actor().person_id)
    forms.waiting = tickets(forms.files, actor().person_id, page.task.id)
    return show(page, forms, changed), status


def _number(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
