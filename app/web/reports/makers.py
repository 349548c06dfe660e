"""How each report comes about: facts are read, become words, and the words a file. (kind, format) → maker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from flask import g
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from app.exports import (
    evidence_pack,
    execution_document,
    execution_xlsx,
    note_document,
    official_docx,
    official_pdf,
)
from app.exports.official import OfficialDocument
from app.services.reports.accepted_evidence import accepted_evidence
from app.services.reports.period import Period
from app.services.reports.wanted import card_of, execution_of, then
from app.web.formats import day, short_day
from app.web.reports import pack
from app.web.reports.card import card_document
from app.web.reports.note import note_on_execution
from app.web.reports.wording import execution_report
from app.work import Maker, Making

Content = TypeVar("Content")

#: what a report is called; "organization" is about one, and "evidence" holds files
KINDS = {
    "execution": _l("Report on the execution of the plan"),
    "note": _l("Note on the execution of the plan"),
    "organization": _l("Card of execution"),
    "evidence": _l("Pack of evidence"),
}
MEDIA_TYPES = {
    "docx": official_docx.MEDIA_TYPE,
    "xlsx": execution_xlsx.MEDIA_TYPE,
    "pdf": official_pdf.MEDIA_TYPE,
    "zip": evidence_pack.MEDIA_TYPE,
}


def period_of(parameters: Mapping[str, Any]) -> Period | None:
    """The period that is kept with a report; None for the whole plan."""
    if "period_start" not in parameters:
        return None
    return Period(
        date.fromisoformat(parameters["period_start"]), date.fromisoformat(parameters["period_end"])
    )


def as_parameters(period: Period | None) -> dict[str, str]:
    """The period as it is kept with a report."""
    if period is None:
        return {}
    return {"period_start": period.start.isoformat(), "period_end": period.end.isoformat()}


def of_when(as_of: date, period: Period | None) -> list[str]:
    """The lines of a heading that say as of when, and which part of the plan."""
    lines = [gettext("as of %(date)s", date=day(as_of))]
    if period is not None:
        lines.append(
            gettext(
                "tasks whose date in force lies between %(start)s and %(end)s",
                start=short_day(period.start),
                end=short_day(period.end),
            )
        )
    return lines


def _execution(say: Callable[..., Content], write: Callable[[Content], bytes]) -> Maker:
    """A report of what the plan's execution comes to: read, put into words, written."""

    def make(making: Making) -> None:
        asked, plan = making.asked, making.plan
        period = period_of(asked.parameters)
        with making.database.read() as session:
            told = execution_of(
                *(session, making.actor, plan, asked.as_of, period, plan.today(making.now)),
                with_tasks=asked.format == "xlsx",
            )
        making.progress(1, 3)
        said = say(told, plan, asked.as_of, making.now, of_when(asked.as_of, period))
        making.progress(2, 3)
        making.out.write(write(said))

    return make


def _card(write: Callable[[OfficialDocument], bytes]) -> Maker:
    """An organisation's card; the organisation is the scope of the report."""

    def make(making: Making) -> None:
        asked, plan = making.asked, making.plan
        period = period_of(asked.parameters)
        with making.database.read() as session:
            today = plan.today(making.now)
            told = card_of(session, making.actor, plan, asked.scope, asked.as_of, period, today)
        document = card_document(told, plan, asked.as_of, making.now, of_when(asked.as_of, period))
        making.out.write(write(document))

    return make


def _evidence(making: Making) -> None:
    """A pack of evidence, of the activity that is its scope or of all of them; files go from disk to disk."""
    asked, plan = making.asked, making.plan
    period, today = period_of(asked.parameters), plan.today(making.now)
    with (
        making.database.read() as session,
        then(session, making.actor, plan, asked.as_of, period, today) as (past, _),
    ):
        proofs = accepted_evidence(past, plan.id, asked.scope)
    said = pack.evidence_pack(proofs, plan, asked.scope, asked.as_of, making.now, making.actor.name)
    evidence_pack.write_evidence_pack(making.out, said, making.store.path, making.progress)


#: kind and format → how it is made
MAKERS: dict[tuple[str, str], Maker] = {
    ("execution", "docx"): _execution(execution_report, execution_document.execution_docx),
    ("execution", "xlsx"): _execution(execution_report, execution_xlsx.execution_xlsx),
    ("execution", "pdf"): _execution(execution_report, execution_document.execution_pdf),
    ("note", "docx"): _execution(note_on_execution, note_document.note_docx),
    ("note", "pdf"): _execution(note_on_execution, note_document.note_pdf),
    ("organization", "docx"): _card(official_docx.official_docx),
    ("organization", "pdf"): _card(official_pdf.official_pdf),
    ("evidence", "zip"): _evidence,
}


def make(making: Making) -> None:
    """Make the report that was asked for. The order is in Russian, and so is what answers for it."""
    g.plan = making.plan
    with force_locale("ru"):
        MAKERS[making.asked.kind, making.asked.format](making)
