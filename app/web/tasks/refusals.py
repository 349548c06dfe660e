"""Why something was refused, said beside the field that it is about."""

from __future__ import annotations

from flask_babel import gettext
from wtforms import Field
from wtforms.form import BaseForm

from app.domain.errors import (
    DoubtfulFiguresError,
    GuardRefusedError,
    InvalidInputError,
    VekhaError,
    WrongStateError,
)
from app.services.task_page import TaskPage
from app.web.errors import words_of
from app.web.fields import add_error, field_of, tell_fields
from app.web.formats import in_language, lang
from app.web.tasks.forms import KIND_FIELDS


def tell(page: TaskPage, form: BaseForm, error: VekhaError) -> list[str]:
    """Put the reasons on the form's fields; those that belong to none of them are returned."""
    if isinstance(error, InvalidInputError):
        return tell_fields(form, error)
    if isinstance(error, DoubtfulFiguresError):
        for key in error.unexplained:
            if (why := field_of(form, f"why.{key}")) is not None:
                add_error(why, gettext("Please write a few words."))
        return []
    if not isinstance(error, GuardRefusedError):
        return [words(page, error)]
    stray = []
    for code, detail in error.missing:
        field, reason = _missing(page, form, code, detail)
        if field is None:
            stray.append(reason)
        else:
            add_error(field, reason)
    return stray


def words(page: TaskPage, error: VekhaError) -> str:
    """The message of an error, with states by the names that people know."""
    state = error.params.get("state")
    if isinstance(error, WrongStateError) and isinstance(state, str) and page.workflow.has_state(state):
        label = page.workflow.state(state).label.in_language(lang())
        return str(gettext(error.message, state=label))
    return words_of(error)


def _missing(page: TaskPage, form: BaseForm, code: str, detail: str) -> tuple[Field | None, str]:
    if code == "evidence":
        slot = next(slot for slot in page.slots if slot.key == detail)
        names = (f"{name}.{detail}" for kind, name in KIND_FIELDS if kind in slot.kinds)
        field = next(filter(None, (field_of(form, name) for name in names)), None)
        return field, gettext("Please attach: %(what)s.", what=in_language(slot, "label"))
    if code == "figure":
        figure = next(asking.figure for asking in page.figures if asking.figure.key == detail)
        what = in_language(figure, "label")
        return field_of(form, f"figure.{detail}"), gettext("Please give the figure: %(what)s.", what=what)
    if code == "reason":
        return field_of(form, "note"), gettext("Please give the reason.")
    if code == "activity_closed":
        return None, gettext("The activity is suspended or withdrawn; nothing is owed here now.")
    return None, gettext("Something is missing.")
