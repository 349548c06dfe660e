"""`/login`, `/logout`, `/preferences`, and where a person lands."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user

from app.domain.errors import TooManyAttemptsError
from app.domain.permissions import EXECUTOR_ROLE, Actor
from app.services import people
from app.web import access
from app.web.auth.forms import LoginForm
from app.web.auth.session import SignedIn, keep_alive
from app.web.context import LANGUAGES, THEMES
from app.web.errors import status_of, words_of
from app.web.state import actor, changing, now, vekha

blueprint = Blueprint("auth", __name__)
blueprint.before_app_request(keep_alive)

_YEAR = 365 * 24 * 3600


@blueprint.get("/")
@access.signed_in
def home() -> ResponseReturnValue:
    return redirect(_landing(actor()))


@blueprint.get("/login")
@access.public
def login() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(_landing(actor()))
    return render_template("auth/login.html", form=LoginForm(next=request.args.get("next", "")))


@blueprint.post("/login")
@access.public
def sign_in() -> ResponseReturnValue:
    form = LoginForm()
    if not form.validate():
        return render_template("auth/login.html", form=form), 422
    agent = request.user_agent.string
    try:
        with changing() as database:
            token = people.sign_in(database, form.username.data, form.password.data, now=now(), agent=agent)
            person = people.find_actor(database, form.username.data) if token else None
    except TooManyAttemptsError as error:
        form.form_errors.append(words_of(error))
        return render_template("auth/login.html", form=form), status_of(error)
    if token is None or person is None:
        form.form_errors.append(gettext("The user name or the password is not right."))
        return render_template("auth/login.html", form=form), 422
    session.clear()
    login_user(SignedIn(person, token))
    return redirect(_inside(form.next.data) or _landing(person))


@blueprint.post("/logout")
@access.public
def logout() -> ResponseReturnValue:
    if current_user.is_authenticated:
        with changing() as database:
            people.sign_out(database, current_user.token, now=now())
        logout_user()
    session.clear()
    flash(gettext("You have signed out."))
    return redirect(url_for("auth.login"))


@blueprint.post("/preferences")
@access.public
def preferences() -> ResponseReturnValue:
    language, theme = request.form.get("language"), request.form.get("theme")
    language = language if language in LANGUAGES else None
    theme = theme if theme in THEMES else None
    if current_user.is_authenticated and (language or theme):
        with changing() as database:
            people.set_preferences(database, actor().person_id, language=language, theme=theme)
    response = redirect(_inside(request.form.get("next")) or url_for("auth.home"))
    for name, value in (("language", language), ("theme", theme)):
        if value:
            secure = vekha().config.secure_cookies
            response.set_cookie(name, value, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def _landing(person: Actor) -> str:
    if person.role == EXECUTOR_ROLE:
        return url_for("tasks.mine")
    if person.role == "auditor":
        return url_for("plan.show")
    if person.role == "administrator":
        return url_for("admin.people")
    return url_for("dashboard.show")


def _inside(address: str | None) -> str | None:
    """The address when it lies within this site; an open redirect helps nobody but a thief."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 32 or char == "\\" for char in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
