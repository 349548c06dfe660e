"""A list of tasks as a file: the same lines as on its pages, all of them, as CSV or as a workbook."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

from flask import request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import may_see_task
from app.exports import table_csv, table_xlsx
from app.exports.tables import CODE, DAY, NUMBER, Cell, Column, Table
from app.services.task_list import Endangered, TaskLine
from app.web.addresses import task_url
from app.web.asked_day import asked_day
from app.web.feeds.links import base
from app.web.formats import in_language, instant, lang, local_day, named, short_day
from app.web.handing_out import kept_by_nobody
from app.web.narrowing import Condition
from app.web.state import actor, now, plan, stop_reading
from workflows import WORKFLOWS

#: ending of the address → how the file is written, and what it is
_FORMS: dict[str, tuple[Any, str]] = {
    "csv": (table_csv.write_csv, table_csv.MEDIA_TYPE),
    "xlsx": (table_xlsx.write_xlsx, table_xlsx.MEDIA_TYPE),
}


def task_columns() -> list[Column]:
    """The columns that every list of tasks has."""
    return [
        Column(gettext("Task"), NUMBER, 8),
        Column(gettext("Section"), NUMBER, 8),
        Column(gettext("Row of the plan"), CODE, 8),
        Column(gettext("Activity"), width=44),
        Column(gettext("Date or period"), width=24),
        Column(gettext("Executor"), width=32),
        Column(gettext("State"), width=18),
        Column(gettext("Due"), DAY, 12),
        Column(gettext("First due date"), DAY, 12),
        Column(gettext("Days late"), NUMBER, 11),
        Column(gettext("Working days late"), NUMBER, 11),
        Column(gettext("Submitted"), DAY, 12),
        Column(gettext("Accepted"), DAY, 12),
        Column(gettext("Times returned"), NUMBER, 11),
        Column(gettext("Times reminded"), NUMBER, 11),
        Column(gettext("Last reminder"), DAY, 12),
        Column(gettext("Explanation"), width=44),
        Column(gettext("Expected by the executor"), DAY, 12),
        Column(gettext("Request"), width=32),
        Column(gettext("Indicators that it moves"), width=16),
        Column(gettext("Page of the task"), width=34),
    ]


def task_cells(line: TaskLine, indicators: Iterable[Endangered]) -> list[Cell]:
    """The cells of a line; what only those know who may open the task stays empty for everybody else."""
    late = line.lateness(asked_day(), plan())
    label = WORKFLOWS[line.workflow].state(line.state).label
    shown: list[Cell] = [
        line.id,
        line.section,
        line.code,
        named(line),
        in_language(line, "label"),
        named(line.executor),
        label.in_language(lang()),
        line.due,
        line.due_first,
        late.days if late else None,
        late.working_days if late else None,
        line.submitted_on,
        local_day(line.accepted_at),
    ]
    private: list[Cell] = [
        line.returns,
        line.reminders,
        local_day(line.reminded_at),
        line.explanation,
        line.expected_on,
        line.subject,
    ]
    opens = may_see_task(actor(), line.organization_id, line.coordinator_id)
    numbers = ", ".join(str(indicator.number) for indicator in indicators)
    address = base() + task_url(line.id).removeprefix(request.script_root) if opens else None
    return [*shown, *(private if opens else [None] * len(private)), numbers, address]


def list_file(
    form: str,
    title: str,
    columns: Sequence[Column],
    lines: Iterable[Sequence[Cell]],
    conditions: Sequence[Condition],
) -> ResponseReturnValue:
    """The answer that hands the list over as a file.

    It is written to the disk first: a slow download would hold the snapshot that is read, and on SQLite keep
    everybody from writing.
    """
    write, media_type = _FORMS[form]
    narrowing = "; ".join(condition.words for condition in conditions)
    table = Table(
        language=lang(),
        title=title,
        author=actor().name,
        made_at=now(),
        columns=columns,
        about_title=gettext("About this list"),
        about=[
            (gettext("Plan"), named(plan())),
            (gettext("List"), title),
            (gettext("What narrows the list"), narrowing or gettext("nothing")),
            (gettext("As of"), short_day(asked_day())),
            (gettext("Made"), f"{instant(now())}, {actor().name}"),
        ],
    )
    name = f"{title} {plan().code} {short_day(asked_day())}.{form}"
    written: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the answer closes it
    write(table, lines, written)
    stop_reading()
    size = written.seek(0, os.SEEK_END)
    written.seek(0)
    answer = send_file(written, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    answer.content_length = size
    return kept_by_nobody(answer)
