"""`/plans/<code>/reports/`: reports are asked for here, listed and downloaded."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from app.domain.errors import NotFoundError, StorageError
from app.domain.permissions import ADMINISTRATOR_ROLE, AUDITOR_ROLE, CONTROLLER_ROLE
from app.services.reports import asked, kept
from app.services.reports.asked import Asked
from app.web import access
from app.web.formats import short_day
from app.web.numbers import whole
from app.web.once import fresh_nonce, sent_nonce
from app.web.reports.makers import KINDS, MAKERS, MEDIA_TYPES
from app.web.state import actor, changing, now, plan, reading, today, vekha

blueprint = Blueprint("reports", __name__)

#: reports on a page
PAGE = 50


@blueprint.get("/plans/<plan_code>/reports/")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def show(plan_code: str) -> ResponseReturnValue:
    page = max(1, whole(request.args.get("page")) or 1)
    lines, number = kept.report_lines(reading(), actor(), plan().id, PAGE, (page - 1) * PAGE)
    pages = max(1, -(-number // PAGE))
    if page > pages:
        raise NotFoundError
    under_way = any(line.state in asked.UNDER_WAY for line in lines)
    return render_template(
        "reports/show.html",
        **{"lines": lines, "kinds": KINDS, "page": page, "pages": pages},
        **{"under_way": under_way, "nonce": fresh_nonce},
    )


@blueprint.post("/plans/<plan_code>/reports/")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def make(plan_code: str) -> ResponseReturnValue:
    """Ask for a report of today; it is made beside this request, where somebody works there."""
    kind, wanted = request.form.get("kind", ""), request.form.get("format", "")
    if (kind, wanted) not in MAKERS:
        raise NotFoundError
    info, day = plan(), today()
    with force_locale("ru"):
        name = f"{KINDS[kind]} {info.code} {short_day(day)}.{wanted}"
    with changing() as session:
        report_id = asked.ask_for(
            *(session, actor(), info, Asked(kind, wanted, day, name)), now=now(), nonce=sent_nonce()
        )
    return _under_way(report_id)


@blueprint.post("/plans/<plan_code>/reports/<int(max=2147483647):report_id>/again")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def make_again(plan_code: str, report_id: int) -> ResponseReturnValue:
    """Have a report that failed tried again."""
    plan_id = plan().id
    with changing() as session:
        asked.ask_again(session, actor(), plan_id, report_id, now=now())
    return _under_way(report_id)


def _under_way(report_id: int) -> ResponseReturnValue:
    """The report is made from now on; the list shows how far it has come."""
    if not vekha().background.make_report(report_id):
        flash(
            gettext("The report is being made. It will stand below, even if you close this page."), "success"
        )
    elif kept.state_of(reading(), report_id) == asked.READY:
        flash(gettext("The report is ready."), "success")
    else:
        flash(gettext("The report could not be made."), "error")
    return redirect(url_for("reports.show"), code=303)


@blueprint.get("/plans/<plan_code>/reports/progress.json")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def progress(plan_code: str) -> ResponseReturnValue:
    """How far the reports have come that are under way, for the page's script."""
    lines = kept.lines_under_way(reading(), actor(), plan().id)
    return jsonify(
        [{"id": line.id, "state": line.state, "done": line.steps_done, "of": line.steps} for line in lines]
    )


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
