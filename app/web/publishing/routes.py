"""`/plans/<code>/public`: whether anybody may read the plan. `/tasks/<id>/…`: what is public of a task."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.errors import NotFoundError, VekhaError
from app.domain.permissions import ADMINISTRATOR_ROLE, CONTROLLER_ROLE
from app.services.changes import fingerprint
from app.services.publishing import materials, publications, settings
from app.services.publishing.words import LINK_FIELD, TEXT_FIELD, PublicWords
from app.web import access
from app.web.errors import status_of
from app.web.publishing.forms import SettingsForm
from app.web.refusals import mark
from app.web.state import actor, changing, now, plan, reading, vekha
from app.web.tasks.forms import Forms
from app.web.tasks.pages import attempt, find, refuse, version

blueprint = Blueprint("publishing", __name__)

_publishers = access.only(CONTROLLER_ROLE, ADMINISTRATOR_ROLE)
_TASK = "/tasks/<int(max=2147483647):task_id>"


@blueprint.get("/plans/<plan_code>/public")
@_publishers
def show(plan_code: str) -> ResponseReturnValue:
    values = settings.public_values(reading(), plan().id)
    return _page(SettingsForm(formdata=None, seen=fingerprint(values), **values))


@blueprint.post("/plans/<plan_code>/public")
@_publishers
def change(plan_code: str) -> ResponseReturnValue:
    form, plan_id = SettingsForm(), plan().id
    if not form.validate():
        return _page(form), 422
    try:
        with changing() as session:
            settings.set_public(
                *(session, actor(), plan_id),
                is_public=form.is_public.data,
                shows_lateness=form.shows_lateness.data,
                now=now(),
                seen=form.seen.data,
            )
    except VekhaError as error:
        mark(form, error)
        return _page(form), status_of(error)
    flash(gettext("The settings of the public page were changed."), "success")
    return redirect(url_for("publishing.show"), code=303)


@blueprint.post(f"{_TASK}/publications/<stage>")
@access.only(CONTROLLER_ROLE)
def tell(task_id: int, stage: str) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.publishing.words.get(stage)
    if form is None:
        raise NotFoundError
    if request.form.get("act") == "withdraw":
        return attempt(
            *(page, forms, form),
            lambda session: publications.withdraw(
                session, actor(), task_id, stage, now=now(), version=version()
            ),
            gettext("It is public no longer."),
        )
    form.process(request.form)
    words = PublicWords(form[TEXT_FIELD].data, form[LINK_FIELD].data)
    return attempt(
        *(page, forms, form),
        lambda session: publications.correct(
            session, actor(), task_id, stage, words, now=now(), version=version()
        ),
        gettext("This is public now."),
    )


@blueprint.post(f"{_TASK}/materials/<int(max=2147483647):evidence_id>")
@access.only(CONTROLLER_ROLE)
def give(task_id: int, evidence_id: int) -> ResponseReturnValue:
    page = find(task_id)
    forms = Forms(page)
    form = forms.publishing.materials.get(evidence_id)
    if form is None:
        raise NotFoundError
    if request.form.get("act") == "withdraw":
        return attempt(
            *(page, forms, form),
            lambda session: materials.withdraw(session, actor(), evidence_id, now=now(), version=version()),
            gettext("It is public no longer."),
        )
    form.process(request.form)
    store = vekha().store
    with store.staging() as staged:
        try:
            prepared = materials.prepare(reading(), store, actor(), evidence_id)
        except VekhaError as error:
            return refuse(page, forms, form, error)
        staged += [prepared.file] if prepared.file else []
        return attempt(
            *(page, forms, form),
            lambda session: materials.publish(
                *(session, store, actor(), evidence_id, prepared),
                title=form["title"].data,
                now=now(),
                version=version(),
            ),
            gettext("This is public now."),
        )


def _page(form: SettingsForm) -> str:
    return render_template("publishing/show.html", form=form)
