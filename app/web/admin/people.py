"""`/admin/people`: accounts are made, edited, disabled; passwords set, sessions ended."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.errors import VekhaError
from app.domain.permissions import ROLES
from app.models import Person
from app.services import people, second_factor
from app.services.changes import fingerprint
from app.services.organizations import organization_lines
from app.services.people_list import person_lines
from app.services.sessions import active_sessions
from app.web.admin.blueprint import administrators, blueprint
from app.web.admin.forms import NewPersonForm, PasswordForm, PersonForm
from app.web.deputies import acts as deputies
from app.web.deputies.forms import DeputyForm
from app.web.errors import status_of
from app.web.refusals import mark, renew
from app.web.state import actor, changing, now, reading, vekha


@blueprint.get("/people", endpoint="people")
@administrators
def list_() -> ResponseReturnValue:
    search, role = request.args.get("q", ""), request.args.get("role", "")
    lines = person_lines(reading(), search=search, role=role)
    return render_template("admin/people.html", lines=lines, search=search, role=role, roles=ROLES)


@blueprint.get("/people/new")
@administrators
def new_person() -> ResponseReturnValue:
    return _new_page(NewPersonForm(organization_lines(reading())))


@blueprint.post("/people/new")
@administrators
def add_person() -> ResponseReturnValue:
    form = NewPersonForm(organization_lines(reading()))
    if not form.validate():
        return _new_page(form), 422
    try:
        with changing() as session:
            person = people.add_person(
                session,
                form.username.data,
                name=form.name.data,
                role=form.role.data,
                organization=form.organization.data or None,
                heads=form.heads.data,
                password=form.password.data,
                now=now(),
                demo=vekha().config.demo,
                actor=actor(),
            )
    except VekhaError as error:
        mark(form, error)
        return _new_page(form), status_of(error)
    flash(gettext("The account %(username)s was added.", username=person.username), "success")
    return redirect(url_for("admin.people"), code=303)


@blueprint.get("/people/<int(max=2147483647):person_id>")
@administrators
def person(person_id: int) -> ResponseReturnValue:
    return _page(people.person_by_id(reading(), person_id))


@blueprint.post("/people/<int(max=2147483647):person_id>")
@administrators
def edit_person(person_id: int) -> ResponseReturnValue:
    form = PersonForm(organization_lines(reading()))
    if not form.validate():
        return _page(people.person_by_id(reading(), person_id), form), 422
    try:
        with changing() as session:
            people.edit_person(
                session,
                actor(),
                person_id,
                name=form.name.data,
                role=form.role.data,
                organization=form.organization.data or None,
                heads=form.heads.data,
                now=now(),
                seen=form.seen.data,
            )
    except VekhaError as error:
        mark(form, error)
        found = people.person_by_id(reading(), person_id)
        newer = renew(form, error, people.person_values(reading(), found))
        return _page(found, form, newer=newer), status_of(error)
    flash(gettext("The account was changed."), "success")
    return _back(person_id)


@blueprint.post("/people/<int(max=2147483647):person_id>/password")
@administrators
def set_password(person_id: int) -> ResponseReturnValue:
    form = PasswordForm()
    found = people.person_by_id(reading(), person_id)
    if not form.validate():
        return _page(found, password=form), 422
    try:
        with changing() as session:
            people.set_password(
                session, actor(), person_id, form.password.data, now=now(), demo=vekha().config.demo
            )
    except VekhaError as error:
        mark(form, error)
        return _page(found, password=form), status_of(error)
    flash(gettext("The password was set; the sessions of the account were ended."), "success")
    return _back(person_id)


@blueprint.post("/people/<int(max=2147483647):person_id>/deputies")
@administrators
def name_deputy(person_id: int) -> ResponseReturnValue:
    found = people.person_by_id(reading(), person_id)
    form, status = deputies.name_deputy(found)
    if status != 303:
        return _page(people.person_by_id(reading(), person_id), deputy_form=form), status
    return _back(person_id)


@blueprint.post("/people/<int(max=2147483647):person_id>/state")
@administrators
def set_state(person_id: int) -> ResponseReturnValue:
    active = request.form.get("active") == "1"
    with changing() as session:
        people.set_active(session, actor(), person_id, active, now=now())
    told = gettext("The account was enabled.") if active else gettext("The account was disabled.")
    flash(told, "success")
    return _back(person_id)


@blueprint.post("/people/<int(max=2147483647):person_id>/sessions/end")
@administrators
def end_sessions(person_id: int) -> ResponseReturnValue:
    with changing() as session:
        ended = people.end_sessions(session, actor(), person_id, now=now())
    flash(ngettext("%(num)s session was ended.", "%(num)s sessions were ended.", ended), "success")
    return _back(person_id)


@blueprint.post("/people/<int(max=2147483647):person_id>/second-factor/reset")
@administrators
def reset_second_factor(person_id: int) -> ResponseReturnValue:
    with changing() as session:
        second_factor.reset(session, actor(), person_id, now=now())
    flash(gettext("The second factor was taken away; the sessions of the account were ended."), "success")
    return _back(person_id)


def _back(person_id: int) -> ResponseReturnValue:
    # Who ends the own sessions, or the own rights, is sent to the sign-in page or refused there.
    return redirect(url_for("admin.person", person_id=person_id), code=303)


def _new_page(form: NewPersonForm) -> str:
    return render_template("admin/new_person.html", form=form)


def _page(
    found: Person,
    form: PersonForm | None = None,
    *,
    password: PasswordForm | None = None,
    newer: list[tuple[str, str]] | None = None,
    deputy_form: DeputyForm | None = None,
) -> str:
    session, config = reading(), vekha().config
    values: dict[str, Any] = people.person_values(session, found)
    shown = form or PersonForm(organization_lines(session), formdata=None, **values, seen=fingerprint(values))
    active = active_sessions(session, found.id, now=now(), idle=config.session_idle, life=config.session_life)
    return render_template(
        "admin/person.html",
        account=found,
        form=shown,
        password=password or PasswordForm(formdata=None),
        sessions=active,
        factor=second_factor.standing(session, found.id),
        newer=newer or [],
        **deputies.shown(found, deputy_form),
    )
