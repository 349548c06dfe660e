"""`/plans/<code>/organizations/<key>`: an organisation's card of execution, on screen and as a document."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.form import BaseForm

from app.domain.errors import InvalidInputError
from app.domain.permissions import EXECUTOR_ROLE
from app.services.reports import asked, kept
from app.services.reports.card import key_of, open_card
from app.services.reports.rights import CARD
from app.services.reports.wanted import card_of
from app.web import access
from app.web.fields import holds, tell_fields
from app.web.once import fresh_nonce, sent_nonce
from app.web.reports import card as words
from app.web.reports.asking import asked_for, formats, of_when, report_wanted
from app.web.reports.forms import card_form, filled_in
from app.web.reports.makers import KINDS
from app.web.reports.under_way import make_beside, progress_of
from app.web.state import actor, changing, now, plan, reading, today

blueprint = Blueprint("cards", __name__)

#: cards that the page lists; the page of reports lists all of them
_LISTED = 10


@blueprint.get("/plans/<plan_code>/card")
@access.only(EXECUTOR_ROLE)
def own(plan_code: str) -> ResponseReturnValue:
    """The card of the person's own organisation."""
    key = key_of(reading(), actor().organization_id or 0)
    return redirect(url_for("cards.show", organization=key))


@blueprint.get("/plans/<plan_code>/organizations/<organization>")
@access.signed_in
def show(plan_code: str, organization: str) -> ResponseReturnValue:
    open_card(reading(), actor(), plan(), organization)
    if not request.args:
        return _page(organization, filled_in(card_form(), today()))
    form = card_form()
    form.process(request.args)
    return _page(organization, form)


@blueprint.post("/plans/<plan_code>/organizations/<organization>")
@access.signed_in
def make(plan_code: str, organization: str) -> ResponseReturnValue:
    """Ask for the card as a document."""
    open_card(reading(), actor(), plan(), organization)
    kind, extension = report_wanted()
    form = card_form()
    form.process(request.form)
    if kind != CARD or not holds(form):
        return _page(organization, form), 422
    try:
        wanted = asked_for(kind, extension, form, organization)
    except InvalidInputError as error:
        tell_fields(form, error)
        return _page(organization, form), 422
    info = plan()
    with changing() as session:
        report_id = asked.ask_for(session, actor(), info, wanted, now=now(), nonce=sent_nonce())
    make_beside(report_id)
    return redirect(url_for("cards.show", organization=organization), code=303)


@blueprint.get("/plans/<plan_code>/organizations/<organization>/progress.json")
@access.signed_in
def progress(plan_code: str, organization: str) -> ResponseReturnValue:
    """How far the cards have come that are under way, for the page's script."""
    open_card(reading(), actor(), plan(), organization)
    lines, _ = kept.report_lines(reading(), actor(), plan().id, _LISTED, kind=CARD, scope=organization)
    return jsonify(progress_of(lines))


def _page(organization: str, form: BaseForm) -> str:
    """The card of the day and the period that the form names; of today, where it names none that there is."""
    day, period = today(), None
    if holds(form):
        try:
            day, period = of_when(form)
        except InvalidInputError as error:
            tell_fields(form, error)
    told = card_of(reading(), actor(), plan(), organization, day, period, today())
    lines, _ = kept.report_lines(reading(), actor(), plan().id, _LISTED, kind=CARD, scope=organization)
    return render_template(
        "reports/card.html",
        **{"card": told, "form": form, "day": day, "period": period, "words": words},
        **{"lines": lines, "kinds": KINDS, "formats": formats(CARD), "nonce": fresh_nonce},
        under_way=any(line.state in asked.UNDER_WAY for line in lines),
    )
