"""An act on many tasks in words: its name, what was done, and why something cannot be."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.domain.errors import ConflictError, GuardRefusedError, InvalidInputError, VekhaError, WrongStateError
from app.services.bulk import ACCEPT, EXTEND, REMIND, RETURN, WITHDRAW
from app.services.review import TaskName
from app.web.errors import words_of
from app.web.formats import day, lang
from workflows import WORKFLOWS

#: the act as the title of its preview
TITLES = {
    ACCEPT: _l("Accept what is selected?"),
    RETURN: _l("Return what is selected?"),
    REMIND: _l("Remind of what is selected?"),
    EXTEND: _l("Move the due dates of what is selected?"),
    WITHDRAW: _l("Withdraw what is selected from control?"),
}
#: what its words are called
NOTES = {
    RETURN: _l("Why are they returned?"),
    REMIND: _l("A few words to go with the reminder"),
    EXTEND: _l("Why is the date moved?"),
    WITHDRAW: _l("Basis of the withdrawal"),
}


def confirm(act: str, number: int) -> str:
    """The button that does it."""
    words = {
        ACCEPT: ngettext("Accept %(num)s task", "Accept %(num)s tasks", number),
        RETURN: ngettext("Return %(num)s task", "Return %(num)s tasks", number),
        REMIND: ngettext("Send %(num)s reminder", "Send %(num)s reminders", number),
        EXTEND: ngettext("Move %(num)s due date", "Move %(num)s due dates", number),
        WITHDRAW: ngettext("Withdraw %(num)s task", "Withdraw %(num)s tasks", number),
    }
    return str(words[act])


def done(act: str, number: int) -> str:
    """That it was done."""
    words = {
        ACCEPT: ngettext("%(num)s task was accepted.", "%(num)s tasks were accepted.", number),
        RETURN: ngettext("%(num)s task was returned.", "%(num)s tasks were returned.", number),
        REMIND: ngettext("%(num)s reminder was sent.", "%(num)s reminders were sent.", number),
        EXTEND: ngettext("%(num)s due date was moved.", "%(num)s due dates were moved.", number),
        WITHDRAW: ngettext(
            "%(num)s task was withdrawn from control.", "%(num)s tasks were withdrawn from control.", number
        ),
    }
    return str(words[act])


def state_label(workflow: str, state: str) -> str:
    """A state by the name that people know."""
    return WORKFLOWS[workflow].state(state).label.in_language(lang())


def why_not(error: VekhaError, task: TaskName | None) -> str:
    """Why the act cannot be done to a task, which stays as it is."""
    if task is None:
        return words_of(error)
    if isinstance(error, ConflictError):
        return str(
            gettext(
                "It was changed after the list was shown. It is now: %(state)s.",
                state=state_label(task.workflow, task.state),
            )
        )
    if isinstance(error, WrongStateError) and "state" in error.params:
        return str(gettext(error.message, state=state_label(task.workflow, task.state)))
    if isinstance(error, GuardRefusedError) and ("activity_closed", "") in error.missing:
        return str(gettext("The activity is suspended or withdrawn; nothing is owed here now."))
    if isinstance(error, InvalidInputError):
        return " ".join(problems(error).values())
    return words_of(error)


def problems(error: InvalidInputError) -> dict[str, str]:
    """What is wrong with each field, with dates as people write them."""
    dates = {"start", "end"} & error.params.keys()
    params = error.params | {name: day(date.fromisoformat(str(error.params[name]))) for name in dates}
    return {name: str(gettext(message, **params)) for name, message in error.fields.items()}
