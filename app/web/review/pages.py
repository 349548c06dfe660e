"""The queue as a page, also after a decision that could not be taken."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask_babel import gettext

from app.domain.errors import ConflictError, VekhaError, WrongStateError
from app.services.extension_list import pending_extensions
from app.services.review import task_names, waiting_tasks
from app.web.errors import words_of
from app.web.formats import lang, named
from app.web.review.decisions import Decision
from app.web.state import plan, reading, today
from workflows import WORKFLOWS


def queue_page(decision: Decision | None = None, problems: Sequence[str] = ()) -> str:
    """Everything that waits, with what was typed and why it was refused."""
    groups, figures = waiting_tasks(reading(), plan(), today())
    return render_template(
        "review/queue.html",
        groups=groups,
        interim=[line for line in figures if not line.corrects],
        corrections=[line for line in figures if line.corrects],
        extensions=list(pending_extensions(reading(), plan().id).values()),
        decision=decision,
        problems=problems,
    )


def refusals(refused: Sequence[tuple[int, VekhaError]]) -> list[str]:
    """Which tasks were left alone, and why."""
    names = task_names(reading(), [task_id for task_id, _ in refused]) if refused else {}
    messages = []
    for task_id, error in refused:
        task = names.get(task_id)
        if task is None:
            messages.append(words_of(error))
            continue
        name = f"{task.code} · {named(task)}"
        if isinstance(error, ConflictError | WrongStateError):
            state = WORKFLOWS[task.workflow].state(task.state).label.in_language(lang())
            messages.append(
                gettext(
                    "%(task)s was changed meanwhile and left alone. It is now: %(state)s.",
                    task=name,
                    state=state,
                )
            )
        else:
            messages.append(f"{name}: {words_of(error)}")
    return messages
