"""`/plans/<code>/reports/`: reports are made here, listed and downloaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from app.domain.errors import NotFoundError, StorageError
from app.domain.permissions import ADMINISTRATOR_ROLE, AUDITOR_ROLE, CONTROLLER_ROLE
from app.exports import execution_docx, execution_xlsx
from app.exports.execution_report import ExecutionReport
from app.services.reports import kept
from app.services.reports.execution import execution
from app.web import access
from app.web.formats import short_day
from app.web.numbers import whole
from app.web.reports.wording import execution_report
from app.web.state import actor, changing, now, plan, reading, stop_reading, today, vekha

blueprint = Blueprint("reports", __name__)

#: reports on a page
PAGE = 50
KINDS = {"execution": _l("Report on the execution of the plan")}


@dataclass(frozen=True, slots=True)
class _Format:
    """A format that a report can have."""

    write: Callable[[ExecutionReport], bytes]
    media_type: str


FORMATS = {
    "docx": _Format(execution_docx.execution_docx, execution_docx.MEDIA_TYPE),
    "xlsx": _Format(execution_xlsx.execution_xlsx, execution_xlsx.MEDIA_TYPE),
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
    """Make the report of execution of today and keep it."""
    wanted = request.form.get("format", "")
    if wanted not in FORMATS:
        raise NotFoundError
    info, day = plan(), today()
    # The order is in Russian, and so is what answers for it.
    with force_locale("ru"):
        report = execution_report(execution(reading(), info, day), info, day, now())
        name = f"{report.heading} {info.code} {short_day(day)}.{wanted}"
    # Writing the document takes longer than reading what is in it.
    stop_reading()
    content = FORMATS[wanted].write(report)
    with changing() as session:
        kept.keep_report(
            session, vekha().store, actor(), info, kind="execution", name=name, content=content, now=now()
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
        mimetype=FORMATS[report.format].media_type,
        as_attachment=True,
        download_name=report.name,
        etag=report.sha256,
        max_age=0,
    )
    # Somebody else may sit at this computer tomorrow.
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
