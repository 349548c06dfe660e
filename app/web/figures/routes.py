"""`/plans/<code>/figures`: the figures of all one's open tasks, in one form or in a workbook."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.errors import UploadRefusedError
from app.domain.permissions import EXECUTOR_ROLE
from app.exports.execution_xlsx import MEDIA_TYPE
from app.exports.figures_book import figures_book
from app.exports.figures_reading import Filled, read_figures
from app.services.figure_sheets import Sheet, SheetRefusedError, give, look_over, sheets
from app.web import access, bodies
from app.web.errors import words_of
from app.web.fields import holds
from app.web.figures.book import fault_words, of_book, words
from app.web.figures.forms import SheetsForm
from app.web.handing_out import kept_by_nobody
from app.web.state import actor, changing, now, plan, reading, today, vekha

blueprint = Blueprint("figures", __name__)

#: bytes of a form with a workbook: the template of an executor of everything has some tens of KB
_LARGEST_WORKBOOK = 4 * 1024 * 1024


@blueprint.get("/plans/<plan_code>/figures")
@access.only(EXECUTOR_ROLE)
def show(plan_code: str) -> ResponseReturnValue:
    return _page(SheetsForm(_sheets()))


@blueprint.post("/plans/<plan_code>/figures")
@access.only(EXECUTOR_ROLE)
def save(plan_code: str) -> ResponseReturnValue:
    filled = SheetsForm(_sheets())
    filled.form.process(request.form)
    if not holds(filled.form):
        return _page(filled), 422
    entries = filled.entries()
    if not entries:
        return _page(filled, [gettext("No number differs from the one that was given.")]), 422
    try:
        with changing() as session:
            note = filled.form["note"].data or ""
            done = give(session, vekha().store, actor(), entries, now=now(), note=note)
    except SheetRefusedError as error:
        for task_id, reason in error.refused.items():
            filled.refuse(task_id, reason)
        return _page(filled), 422
    flash(
        ngettext(
            "Figures of %(num)s task were given. They count once the controller confirms them.",
            "Figures of %(num)s tasks were given. They count once the controller confirms them.",
            done,
        ),
        "success",
    )
    return redirect(url_for("figures.show"), code=303)


@blueprint.get("/plans/<plan_code>/figures.xlsx")
@access.only(EXECUTOR_ROLE)
def template(plan_code: str) -> ResponseReturnValue:
    book = figures_book(of_book(_sheets()), words())
    name = f"figures-{plan().code}-{today().isoformat()}.xlsx"
    answer = Response(
        book, mimetype=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    return kept_by_nobody(answer)


@blueprint.post("/plans/<plan_code>/figures/upload")
@access.only(EXECUTOR_ROLE)
@bodies.takes_files(lambda **_: True, most=_LARGEST_WORKBOOK)
def upload(plan_code: str) -> ResponseReturnValue:
    own = _sheets()
    filled = SheetsForm(own)
    file = request.files.get("workbook")
    if file is None or not file.filename:
        return _page(filled, [gettext("Please choose the filled-in template.")]), 422
    with vekha().store.staging() as staged:
        try:
            staged.append(vekha().store.stage(cast(BinaryIO, file.stream), file.filename))
        except UploadRefusedError as error:
            return _page(filled, [words_of(error)]), 422
        found = read_figures(staged[0].path, of_book(own))
    return _look_over(filled, found)


def _look_over(filled: SheetsForm, found: Filled) -> ResponseReturnValue:
    """The numbers of a workbook in the form, with what is wrong and what is unusual. Nothing is taken yet."""
    filled.fill_in(found.numbers)
    problems = [fault_words(fault) for fault in found.faults]
    if found.faults:
        return _page(filled, problems), 422
    entries = filled.entries()
    if not entries:
        return _page(filled, [gettext("No number differs from the one that was given.")]), 422
    with changing(once=False) as session:
        refused = look_over(session, vekha().store, actor(), entries, now=now())
    for task_id, error in refused.items():
        filled.refuse(task_id, error)
    for (task_id, key), (sheet, cell) in found.cells.items():
        field = filled.form[f"figure.{task_id}.{key}"]
        problems += [f"{sheet}, {cell}: {reason}" for reason in field.errors]
    return _page(filled, problems, read=len(entries)), 422 if refused else 200


def _sheets() -> list[Sheet]:
    return sheets(reading(), actor(), plan().id, today())


def _page(filled: SheetsForm, problems: list[str] | None = None, read: int = 0) -> str:
    return render_template("figures/show.html", filled=filled, problems=problems or [], read=read)
