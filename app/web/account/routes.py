"""`/account`: what a person changes about itself."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.domain.errors import VekhaError
from app.services.people import person_by_id
from app.services.sessions import active_sessions, end_own_session
from app.services.sign_in import change_own_password
from app.web import access
from app.web.account.forms import OwnPasswordForm
from app.web.errors import status_of
from app.web.refusals import mark
from app.web.state import actor, changing, now, reading, stop_reading, vekha

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@access.signed_in
def show() -> ResponseReturnValue:
    return _page(OwnPasswordForm(formdata=None))


@blueprint.post("/account/password")
@access.signed_in
def change_password() -> ResponseReturnValue:
    form, parts, session_id = OwnPasswordForm(), vekha(), current_user.session_id
    if not form.validate():
        return _page(form), 422
    stop_reading()
    try:
        change_own_password(
            parts.database,
            actor(),
            form.old.data,
            form.password.data,
            now=now(),
            this_session=session_id,
            demo=parts.config.demo,
        )
    except VekhaError as error:
        mark(form, error)
        return _page(form), status_of(error)
    flash(gettext("Your password was changed; your other sessions were ended."), "success")
    return redirect(url_for("account.show"), code=303)


@blueprint.post("/account/sessions/<int(max=2147483647):session_id>/end")
@access.signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    with changing() as session:
        end_own_session(session, actor(), session_id, now=now())
    flash(gettext("The session was ended."), "success")
    return redirect(url_for("account.show"), code=303)


def _page(form: OwnPasswordForm) -> str:
    config = vekha().config
    active = active_sessions(
        reading(), actor().person_id, now=now(), idle=config.session_idle, life=config.session_life
    )
    return render_template(
        "account/show.html",
        form=form,
        account=person_by_id(reading(), actor().person_id),
        sessions=active,
        this_session=current_user.session_id,
    )
