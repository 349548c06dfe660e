"""The tasks of a report in words: a line of a workbook each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from flask_babel import gettext

from app.services.reports.task_rows import TaskRow
from app.web.formats import in_language, lang, named
from workflows import WORKFLOWS

#: what a cell holds
Cell = str | date | int | None


def task_columns() -> Sequence[str]:
    """The names of the columns."""
    return (
        gettext("No."),
        gettext("Activity"),
        gettext("Executor"),
        gettext("Occurrence"),
        gettext("First date"),
        gettext("Date in force"),
        gettext("Handed in"),
        gettext("Accepted on"),
        gettext("State"),
        gettext("Days overdue"),
        gettext("Times returned"),
        gettext("Expected on"),
        gettext("Explanation"),
    )


def task_cells(row: TaskRow) -> Sequence[Cell]:
    """The cells of a task, in the order of the columns."""
    return (
        row.activity.code,
        named(row.activity),
        row.organization,
        in_language(row.occurrence, "label"),
        row.due_first,
        row.due,
        row.submitted_on,
        row.accepted_on,
        _state(row.workflow, row.state, lang()),
        row.days_late,
        row.returns,
        row.expected_on,
        row.explanation,
    )


@cache
def _state(workflow: str, state: str, language: str) -> str:
    return WORKFLOWS[workflow].state(state).label.in_language(language)
