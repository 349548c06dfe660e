"""`/deputies/…`: acting for another in this browser, or for oneself again; ending a delegation."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.domain.permissions import may_administer
from app.services import delegations
from app.web import access
from app.web.numbers import whole
from app.web.state import actor, changing, now, today

blueprint = Blueprint("deputies", __name__)


@blueprint.post("/deputies/acting")
@access.signed_in
def act() -> ResponseReturnValue:
    chosen, day = whole(request.form.get("delegation")), today()
    with changing() as session:
        other = delegations.switch(session, actor(), current_user.session_id, chosen, today=day)
    if other is None:
        flash(gettext("You act for yourself again."))
    else:
        flash(gettext("You act for %(person)s now. Whatever you do is noted so.", person=other.person))
    return redirect(url_for("auth.home"), code=303)


@blueprint.post("/deputies/<int(max=2147483647):delegation_id>/end")
@access.signed_in
def end(delegation_id: int) -> ResponseReturnValue:
    with changing() as session:
        person_id = delegations.end(session, actor(), delegation_id, now=now())
    flash(gettext("The deputy acts no more."), "success")
    if may_administer(actor()) and person_id != actor().person_id:
        return redirect(url_for("admin.person", person_id=person_id, _anchor="deputies"), code=303)
    return redirect(url_for("account.show", _anchor="deputies"), code=303)
