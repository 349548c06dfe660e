"""`/plans/<code>/reports/`: reports are made here, listed and downloaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from app.domain.errors import NotFoundError, StorageError
from app.domain.permissions import ADMINISTRATOR_ROLE, AUDITOR_ROLE, CONTROLLER_ROLE
from app.exports import execution_docx, execution_xlsx, note_docx, official_docx
from app.services.plans import PlanInfo
from app.services.reports import kept
from app.services.reports.execution import Execution, execution
from app.web import access
from app.web.formats import short_day
from app.web.numbers import whole
from app.web.reports.note import note_on_execution
from app.web.reports.wording import execution_report
from app.web.state import actor, changing, now, plan, reading, stop_reading, today, vekha

blueprint = Blueprint("reports", __name__)

Content = TypeVar("Content")

#: reports on a page
PAGE = 50
KINDS = {
    "execution": _l("Report on the execution of the plan"),
    "note": _l("Note on the execution of the plan"),
}
MEDIA_TYPES = {"docx": official_docx.MEDIA_TYPE, "xlsx": execution_xlsx.MEDIA_TYPE}


@dataclass(frozen=True, slots=True)
class _Maker(Generic[Content]):
    """How a report comes about: facts become words, and words bytes."""

    say: Callable[[Execution, PlanInfo, date, datetime], Content]
    write: Callable[[Content], bytes]


#: kind and format → how it is made
MAKERS: dict[tuple[str, str], _Maker[Any]] = {
    ("execution", "docx"): _Maker(execution_report, execution_docx.execution_docx),
    ("execution", "xlsx"): _Maker(execution_report, execution_xlsx.execution_xlsx),
    ("note", "docx"): _Maker(note_on_execution, note_docx.note_docx),
}


@blueprint.get("/plans/<plan_code>/reports/")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def show(plan_code: str) -> ResponseReturnValue:
    page = max(1, whole(request.args.get("page")) or 1)
    lines, number = kept.report_lines(reading(), actor(), plan().id, PAGE, (page - 1) * PAGE)
    pages = max(1, -(-number // PAGE))
    if page > pages:
        raise NotFoundError
    return render_template("reports/show.html", lines=lines, kinds=KINDS, page=page, pages=pages)


@blueprint.post("/plans/<plan_code>/reports/")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def make(plan_code: str) -> ResponseReturnValue:
    """Make a report of today and keep it."""
    kind, wanted = request.form.get("kind", ""), request.form.get("format", "")
    maker = MAKERS.get((kind, wanted))
    if maker is None:
        raise NotFoundError
    info, day = plan(), today()
    # The order is in Russian, and so is what answers for it.
    with force_locale("ru"):
        said = maker.say(execution(reading(), info, day), info, day, now())
        name = f"{KINDS[kind]} {info.code} {short_day(day)}.{wanted}"
    # Writing the document takes longer than reading what is in it.
    stop_reading()
    content = maker.write(said)
    with changing() as session:
        kept.keep_report(
            session, vekha().store, actor(), info, kind=kind, name=name, content=content, now=now()
        )
    flash(gettext("The report is ready."), "success")
    return redirect(url_for("reports.show"), code=303)


@blueprint.get("/plans/<plan_code>/reports/<int(max=2147483647):report_id>")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def download(plan_code: str, report_id: int) -> ResponseReturnValue:
    report = kept.find_report(reading(), actor(), plan().id, report_id)
    path = vekha().store.path(report.sha256)
    if not path.is_file():
        raise StorageError("The file cannot be read now. Please tell the administrator.")
    answer = send_file(
        path,
        mimetype=MEDIA_TYPES[report.format],
        as_attachment=True,
        download_name=report.name,
        etag=report.sha256,
        max_age=0,
    )
    # Somebody else may sit at this computer tomorrow.
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
