"""`/login`, `/logout`, `/preferences`, and where a person lands."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user

from app.domain.errors import LinkSpentError, TooManyAttemptsError, VekhaError
from app.domain.permissions import ADMINISTRATOR_ROLE, AUDITOR_ROLE, EXECUTOR_ROLE, Actor
from app.services import people, sessions
from app.services import sign_in as proving
from app.services.pending_sign_ins import is_pending, prove_second_factor
from app.services.sign_in import SecondStep
from app.web import access
from app.web.auth.forms import CodeForm, LoginForm
from app.web.auth.inside import inside
from app.web.auth.known_browsers import remember_browser, visitor
from app.web.auth.session import SignedIn, keep_alive
from app.web.context import KEYS, LANGUAGES, THEMES
from app.web.errors import status_of, words_of
from app.web.fields import add_error
from app.web.refusals import mark
from app.web.state import actor, changing, now, reading, stop_reading, vekha

blueprint = Blueprint("auth", __name__)
blueprint.before_app_request(keep_alive)

#: what the session keeps between the two proofs: a token that opens nothing, and where to go on
_PENDING, _AFTER = "pending", "after"
_YEAR = 365 * 24 * 3600
_LANDING = {
    EXECUTOR_ROLE: "tasks.mine",
    AUDITOR_ROLE: "plan.show",
    ADMINISTRATOR_ROLE: "admin.people",
}


@blueprint.get("/")
@access.signed_in
def home() -> ResponseReturnValue:
    return redirect(_landing(actor()))


@blueprint.get("/login")
@access.public
def login() -> ResponseReturnValue:
    after = request.args.get("next", "")
    if current_user.is_authenticated:
        return redirect(inside(after) or _landing(actor()))
    return render_template("auth/login.html", form=LoginForm(next=after))


@blueprint.post("/login")
@access.public
def sign_in() -> ResponseReturnValue:
    form = LoginForm()
    if not form.validate():
        return render_template("auth/login.html", form=form), 422
    try:
        found = _sign_in(form.username.data, form.password.data)
    except TooManyAttemptsError as error:
        form.form_errors.append(words_of(error))
        return render_template("auth/login.html", form=form), status_of(error)
    if found is None:
        form.form_errors.append(gettext("The user name or the password is not right."))
        return render_template("auth/login.html", form=form), 422
    after = inside(form.next.data) or ""
    if isinstance(found, SecondStep):
        # Who was signed in here stays so until somebody else is.
        session[_PENDING], session[_AFTER] = found.token, after
        return redirect(url_for("auth.second_step"), code=303)
    return _enter(*found, after)


@blueprint.get("/login/code")
@access.public
def second_step() -> ResponseReturnValue:
    if not is_pending(reading(), session.get(_PENDING, ""), now()):
        return redirect(url_for("auth.login"))
    return render_template("auth/code.html", form=CodeForm())


@blueprint.post("/login/code")
@access.public
def prove_second_step() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return render_template("auth/code.html", form=form), 422
    try:
        found = _prove(form.code.data)
    except LinkSpentError:
        flash(gettext("That took too long or too many tries. Please sign in anew."), "error")
        return redirect(url_for("auth.login"), code=303)
    except VekhaError as error:
        mark(form, error)
        return render_template("auth/code.html", form=form), status_of(error)
    if found is None:
        add_error(form.code, gettext("This code does not count."))
        return render_template("auth/code.html", form=form), 422
    return _enter(*found, session.get(_AFTER, ""), proven=True)


@blueprint.post("/logout")
@access.public
def logout() -> ResponseReturnValue:
    if current_user.is_authenticated:
        with changing() as database:
            sessions.sign_out(database, current_user.token, now=now())
        logout_user()
    session.clear()
    flash(gettext("You have signed out."))
    return redirect(url_for("auth.login"), code=303)


@blueprint.post("/preferences")
@access.public
def preferences() -> ResponseReturnValue:
    """Remember the language and the theme: in a cookie, and for who is signed in with the person.

    Whether keys of one letter do something depends on the keyboard: the cookie alone remembers it.
    """
    chosen = {
        "language": _one_of(LANGUAGES, request.form.get("language")),
        "theme": _one_of(THEMES, request.form.get("theme")),
    }
    if current_user.is_authenticated and any(chosen.values()):
        with changing() as database:
            people.set_preferences(database, actor().person_id, **chosen)
    response = redirect(inside(request.form.get("next")) or url_for("auth.home"), code=303)
    keys = {"keys": _one_of(KEYS, request.form.get("keys"))}
    for name, value in {**chosen, **keys}.items():
        if value:
            secure = vekha().config.secure_cookies
            response.set_cookie(name, value, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def _enter(token: str, person: Actor, after: str, *, proven: bool = False) -> ResponseReturnValue:
    """Go on as that person, in a browser that is known from now on."""
    # Nothing that the cookie held before goes over into the session that begins.
    session.clear()
    login_user(SignedIn(person, token))
    response = redirect(after or _landing(person), code=303)
    remember_browser(response, person.person_id, proven=proven)
    return response


def _prove(code: str) -> tuple[str, Actor] | None:
    parts = vekha()
    replaces = current_user.token if current_user.is_authenticated else ""
    stop_reading()
    return prove_second_factor(
        parts.database,
        session.get(_PENDING, ""),
        code,
        secret_keys=(parts.config.secret_key, *parts.config.old_keys),
        now=now(),
        machine=parts.config.clock.machine(),
        agent=request.user_agent.string,
        visitor=visitor(),
        replaces=replaces,
    )


def _sign_in(username: str, password: str) -> tuple[str, Actor] | SecondStep | None:
    parts = vekha()
    replaces = current_user.token if current_user.is_authenticated else ""
    stop_reading()
    return proving.sign_in(
        parts.database,
        username,
        password,
        now=now(),
        agent=request.user_agent.string,
        replaces=replaces,
        demo=parts.config.demo,
        visitor=visitor(),
    )


def _one_of(known: tuple[str, ...], value: str | None) -> str | None:
    return value if value in known else None


def _landing(person: Actor) -> str:
    return url_for(_LANDING.get(person.role, "dashboard.show"))
