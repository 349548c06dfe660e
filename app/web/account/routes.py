"""`/account`: what a person changes about itself, and which programs act for it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from app.domain.errors import VekhaError
from app.services import app_passwords, digests, second_factor
from app.services.app_passwords import NewAppPassword
from app.services.people import person_by_id
from app.services.sessions import active_sessions, end_all, end_own_session
from app.services.sign_in import change_own_password
from app.web import access
from app.web.account.forms import AppPasswordForm, LettersForm, OwnPasswordForm
from app.web.auth.present import prove
from app.web.deputies import acts as deputies
from app.web.deputies.forms import DeputyForm
from app.web.errors import status_of
from app.web.feeds.links import absolute
from app.web.formats import lang
from app.web.once import fresh_nonce, random_of_form
from app.web.refusals import mark
from app.web.state import actor, changing, now, reading, stop_reading, vekha

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@access.signed_in
def show() -> ResponseReturnValue:
    return _page()


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


@blueprint.post("/account/other-sessions/end")
@access.signed_in
def end_other_sessions() -> ResponseReturnValue:
    here = current_user.session_id
    with changing() as session:
        ended = end_all(session, actor().person_id, now=now(), but=here)
    flash(ngettext("%(num)s session was ended.", "%(num)s sessions were ended.", ended), "success")
    return redirect(url_for("account.show"), code=303)


@blueprint.post("/account/letters")
@access.signed_in
def set_letters() -> ResponseReturnValue:
    form = LettersForm()
    if not form.validate():
        return _page(letters=form), 422
    try:
        # Passwords are set anew through letters: whoever names another address names another owner.
        if form.email.data != person_by_id(reading(), actor().person_id).email:
            prove(form.present.data)
        with changing() as session:
            digests.set_letters(session, actor().person_id, form.email.data, form.digest.data, now=now())
    except VekhaError as error:
        mark(form, error)
        return _page(letters=form), status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(url_for("account.show", _anchor="letters"), code=303)


@blueprint.post("/account/deputies")
@access.signed_in
def name_deputy() -> ResponseReturnValue:
    form, status = deputies.name_deputy(person_by_id(reading(), actor().person_id))
    if status != 303:
        return _page(deputy_form=form), status
    return redirect(url_for("account.show", _anchor="deputies"), code=status)


@blueprint.post("/account/app-passwords")
@access.signed_in
def make_app_password() -> ResponseReturnValue:
    form = AppPasswordForm()
    if not form.validate():
        return _page(app_form=form), 422
    name = form.name.data
    secret = app_passwords.secret_of(random_of_form("app password", name))
    try:
        prove(form.present.data)
        with changing() as session:
            made = app_passwords.make(session, actor(), name=name, language=lang(), now=now(), secret=secret)
    except VekhaError as error:
        mark(form, error)
        return _page(app_form=form), status_of(error)
    return _page(made=made), 201


@blueprint.post("/account/app-passwords/<int(max=2147483647):password_id>/revoke")
@access.signed_in
def revoke_app_password(password_id: int) -> ResponseReturnValue:
    with changing() as session:
        app_passwords.revoke(session, actor(), password_id, now=now())
    flash(gettext("The app password was withdrawn. It opens nothing any more."), "success")
    return redirect(url_for("account.show", _anchor="app-passwords"), code=303)


@blueprint.get("/account/app-passwords")
@blueprint.get("/account/app-passwords/<int(max=2147483647):password_id>/revoke")
@access.signed_in
def reopened(password_id: int | None = None) -> ResponseReturnValue:
    # A tab that the browser opens again asks for the form's address without the form.
    return redirect(url_for("account.show", _anchor="app-passwords"), code=303)


def _page(
    form: OwnPasswordForm | None = None,
    app_form: AppPasswordForm | None = None,
    made: NewAppPassword | None = None,
    letters: LettersForm | None = None,
    deputy_form: DeputyForm | None = None,
) -> str:
    config, person_id = vekha().config, actor().person_id
    active = active_sessions(
        reading(), person_id, now=now(), idle=config.session_idle, life=config.session_life
    )
    account = person_by_id(reading(), person_id)
    return render_template(
        "account/show.html",
        letters=letters or LettersForm(formdata=None, obj=account),
        form=form or OwnPasswordForm(formdata=None),
        app_form=app_form or AppPasswordForm(formdata=None),
        made=made,
        nonce=fresh_nonce(),
        app_passwords=app_passwords.app_passwords_of(reading(), person_id),
        server=absolute("caldav.tree", path=""),
        account=account,
        sessions=active,
        factor=second_factor.standing(reading(), person_id),
        this_session=current_user.session_id,
        **deputies.shown(account, deputy_form),
    )
