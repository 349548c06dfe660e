"""`/password/forgotten` asks for a link, `/password/new` is where it leads."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.errors import InvalidInputError, LinkSpentError, TooManyAttemptsError
from app.services import resets
from app.web import access
from app.web.auth.known_browsers import remember_browser, visitor
from app.web.errors import status_of, words_of
from app.web.refusals import mark
from app.web.resets.forms import ForgottenForm, NewPasswordForm
from app.web.state import changing, now, reading, stop_reading, vekha

blueprint = Blueprint("resets", __name__, url_prefix="/password")

#: where the session keeps the token: an address stands in histories and logs
_TOKEN = "reset"


@blueprint.get("/forgotten")
@access.public
def forgotten() -> ResponseReturnValue:
    return _forgotten_page(ForgottenForm(formdata=None))


@blueprint.post("/forgotten")
@access.public
def ask() -> ResponseReturnValue:
    form = ForgottenForm()
    if not _letters_are_sent() or not form.validate():
        return _forgotten_page(form), 422
    try:
        with changing() as database:
            resets.ask(database, form.who.data, visitor(), secret_key=vekha().config.secret_key, now=now())
    except TooManyAttemptsError as error:
        form.form_errors.append(words_of(error))
        return _forgotten_page(form), status_of(error)
    flash(
        gettext(
            "If there is such an account and it has an address, a letter with a link comes"
            " within a few minutes."
        )
    )
    return redirect(url_for("auth.login"), code=303)


@blueprint.get("/new")
@access.public
def new() -> ResponseReturnValue:
    if token := request.args.get("token", ""):
        session[_TOKEN] = token
        response = redirect(url_for("resets.new"))
        # This address is a secret as long as it counts. The page after it has a form: of that one the browser
        # tells this site, or the form would be refused over HTTPS.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    return _new_page(NewPasswordForm(formdata=None))


@blueprint.post("/new")
@access.public
def set_password() -> ResponseReturnValue:
    form, parts = NewPasswordForm(), vekha()
    if not form.validate():
        return _new_page(form, 422)
    stop_reading()
    try:
        person_id = resets.set_new_password(
            parts.database, session.get(_TOKEN, ""), form.password.data, now=now(), demo=parts.config.demo
        )
    except InvalidInputError as error:
        mark(form, error)
        return _new_page(form, status_of(error))
    except LinkSpentError:
        return _new_page(form)
    session.clear()
    flash(gettext("Your new password is set and every session was ended. Sign in with it now."), "success")
    response = redirect(url_for("auth.login"), code=303)
    # Who reads the letters of the account need not wait for the passwords that others try at it.
    remember_browser(response, person_id)
    return response


def _forgotten_page(form: ForgottenForm) -> str:
    return render_template("resets/forgotten.html", form=form, letters_are_sent=_letters_are_sent())


def _new_page(form: NewPasswordForm, status: int = 200) -> Response:
    try:
        person = resets.whose(reading(), session.get(_TOKEN, ""), now())
    except LinkSpentError as error:
        return make_response(render_template("resets/spent.html"), status_of(error))
    return make_response(render_template("resets/new.html", form=form, username=person.username), status)


def _letters_are_sent() -> bool:
    """A link needs the public address: the one that a visitor's browser claims may be another's."""
    return vekha().config.mail is not None and vekha().config.base_url is not None
