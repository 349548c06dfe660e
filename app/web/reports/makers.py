"""How reports come about: facts become words, and words a file. They are made beside requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from flask import g
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.exports import execution_docx, execution_xlsx, note_docx, official_docx
from app.services.plans import PlanInfo
from app.services.reports.execution import Execution, execution
from app.web.reports.note import note_on_execution
from app.web.reports.wording import execution_report
from app.work import Maker, Making

Content = TypeVar("Content")

KINDS = {
    "execution": _l("Report on the execution of the plan"),
    "note": _l("Note on the execution of the plan"),
}
MEDIA_TYPES = {"docx": official_docx.MEDIA_TYPE, "xlsx": execution_xlsx.MEDIA_TYPE}


def of_execution(
    say: Callable[[Execution, PlanInfo, date, datetime], Content], write: Callable[[Content], bytes]
) -> Maker:
    """A report of what the plan's execution comes to: read, put into words, written."""

    def make(making: Making) -> None:
        day = making.asked.as_of
        with making.database.read() as session:
            told = execution(session, making.plan, day)
        making.progress(1, 3)
        said = say(told, making.plan, day, making.now)
        making.progress(2, 3)
        making.out.write(write(said))

    return make


#: kind and format → how it is made
MAKERS: dict[tuple[str, str], Maker] = {
    ("execution", "docx"): of_execution(execution_report, execution_docx.execution_docx),
    ("execution", "xlsx"): of_execution(execution_report, execution_xlsx.execution_xlsx),
    ("note", "docx"): of_execution(note_on_execution, note_docx.note_docx),
}


def make(making: Making) -> None:
    """Make the report that was asked for. The order is in Russian, and so is what answers for it."""
    g.plan = making.plan
    with force_locale("ru"):
        MAKERS[making.asked.kind, making.asked.format](making)
