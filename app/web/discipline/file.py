"""The lines of a page of discipline as a file."""

from __future__ import annotations

from collections.abc import Iterable

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.exports.tables import NUMBER, Cell, Column
from app.services.discipline.measuring import DisciplineLine
from app.web.discipline.asked import BASIS_NAMES, METHOD_NAMES, Asked
from app.web.discipline.words import subject_name
from app.web.formats import decimal, percent
from app.web.list_files import list_file
from app.web.narrowing import Condition


def discipline_file(form: str, page: Asked, lines: Iterable[DisciplineLine]) -> ResponseReturnValue:
    """What the page shows, a line each; what was asked stands where a list says how it is narrowed."""
    by, method = page.question.by, page.question.method
    said = (str(BASIS_NAMES[by]), str(METHOD_NAMES[method]), page.period())
    return list_file(
        form,
        gettext("Discipline of execution"),
        _columns(),
        (_cells(line, by) for line in lines),
        [Condition(words, page.url()) for words in said],
    )


def _columns() -> list[Column]:
    return [
        Column(gettext("Whose"), width=40),
        Column(gettext("Organisation"), width=32),
        *(Column(name, NUMBER, 12) for name in (gettext("On time"), gettext("Late"), gettext("Overdue now"))),
        Column(gettext("Share, dates in force"), width=12),
        Column(gettext("On time, first dates"), NUMBER, 12),
        Column(gettext("Fell due, first dates"), NUMBER, 12),
        Column(gettext("Share, first dates"), width=12),
        Column(gettext("Average lateness, working days"), width=12),
        *(Column(name, NUMBER, 12) for name in (gettext("Extensions"), gettext("Returns"))),
        *(Column(name, NUMBER, 12) for name in (gettext("Open"), gettext("Excluded"))),
    ]


def _cells(line: DisciplineLine, by: str) -> list[Cell]:
    counts, first = line.in_force.counts, line.first.counts
    return [
        subject_name(line.subject, by),
        line.subject.of,
        *(counts.on_time, counts.late, counts.overdue, percent(line.in_force.share)),
        *(first.numerator, first.denominator, percent(line.first.share)),
        decimal(line.in_force.lateness, 1),
        *(line.extensions, line.returns, counts.open, counts.excluded),
    ]
