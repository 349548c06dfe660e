"""`/plans/<code>/reports/`: reports are asked for here, listed and downloaded."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.form import BaseForm

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.permissions import ADMINISTRATOR_ROLE, AUDITOR_ROLE, CONTROLLER_ROLE
from app.exports import official_pdf
from app.services.filters import choices
from app.services.progress import activity_lines
from app.services.reports import asked, kept
from app.services.reports.rights import CARD
from app.services.scans import ask_for_pack
from app.web import access
from app.web.fields import holds, tell_fields
from app.web.handing_out import hand_out
from app.web.numbers import whole
from app.web.once import fresh_nonce, sent_nonce
from app.web.reports.asking import asked_for, formats, report_wanted
from app.web.reports.forms import filled_in, report_form, scope_names
from app.web.reports.makers import KINDS, MEDIA_TYPES
from app.web.reports.under_way import make_beside, progress_of
from app.web.state import actor, changing, now, plan, reading, today, vekha

blueprint = Blueprint("reports", __name__)

#: reports on a page
PAGE = 50
#: the button that shows a card instead of making a document of it
ON_SCREEN = "organization.page"


@blueprint.get("/plans/<plan_code>/reports/")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def show(plan_code: str) -> ResponseReturnValue:
    return _page(filled_in(_form(), today()))


@blueprint.post("/plans/<plan_code>/reports/")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def make(plan_code: str) -> ResponseReturnValue:
    """Ask for a report, which is made beside this request, where somebody works there; or show a card."""
    on_screen = request.form.get("report") == ON_SCREEN
    kind, extension = (CARD, "") if on_screen else report_wanted()
    form = _form()
    form.process(request.form)
    if not holds(form):
        return _page(form), 422
    try:
        wanted = asked_for(kind, extension, form)
    except InvalidInputError as error:
        return _page(form, tell_fields(form, error)), 422
    if on_screen:
        told = {"as_of": wanted.as_of.isoformat(), **wanted.parameters}
        return redirect(url_for("cards.show", organization=wanted.scope, **told), code=303)
    info = plan()
    with changing() as session:
        report_id = asked.ask_for(session, actor(), info, wanted, now=now(), nonce=sent_nonce())
    make_beside(report_id)
    return redirect(url_for("reports.show"), code=303)


@blueprint.post("/plans/<plan_code>/reports/<int(max=2147483647):report_id>/again")
@access.signed_in
def make_again(plan_code: str, report_id: int) -> ResponseReturnValue:
    """Have a report that failed tried again."""
    plan_id = plan().id
    with changing() as session:
        scope = asked.ask_again(session, actor(), plan_id, report_id, now=now())
    make_beside(report_id)
    if actor().sees_everything:
        return redirect(url_for("reports.show"), code=303)
    return redirect(url_for("cards.show", organization=scope), code=303)


def _form() -> BaseForm:
    return report_form(choices(reading(), plan().id).executors, activity_lines(reading(), plan().id))


def _page(form: BaseForm, problems: Sequence[str] = ()) -> str:
    page = max(1, whole(request.args.get("page")) or 1)
    lines, number = kept.report_lines(reading(), actor(), plan().id, PAGE, (page - 1) * PAGE)
    pages = max(1, -(-number // PAGE))
    if page > pages:
        raise NotFoundError
    return render_template(
        "reports/show.html",
        **{"lines": lines, "kinds": KINDS, "page": page, "pages": pages, "form": form, "problems": problems},
        **{"formats": formats, "pdf": official_pdf.available(), "nonce": fresh_nonce},
        **{"names": scope_names(form), "under_way": any(line.state in asked.UNDER_WAY for line in lines)},
    )


@blueprint.get("/plans/<plan_code>/reports/progress.json")
@access.only(CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)
def progress(plan_code: str) -> ResponseReturnValue:
    """How far the reports have come that are under way, for the page's script."""
    return jsonify(progress_of(kept.lines_under_way(reading(), actor(), plan().id)))


@blueprint.get("/plans/<plan_code>/reports/<int(max=2147483647):report_id>")
@access.signed_in
def download(plan_code: str, report_id: int) -> ResponseReturnValue:
    report = kept.find_report(reading(), actor(), plan().id, report_id)
    path = vekha().store.path(report.sha256)
    if report.kind == "evidence":
        ask_for_pack(reading(), path)
    return hand_out(path, MEDIA_TYPES[report.format], report.name, report.sha256)
