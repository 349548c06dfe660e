"""`/plans/<code>/public`: whether anybody may read the plan."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.errors import VekhaError
from app.domain.permissions import ADMINISTRATOR_ROLE, CONTROLLER_ROLE
from app.services.changes import fingerprint
from app.services.publishing import settings
from app.web import access
from app.web.errors import status_of
from app.web.publishing.forms import SettingsForm
from app.web.refusals import mark
from app.web.state import actor, changing, now, plan, reading

blueprint = Blueprint("publishing", __name__)

_publishers = access.only(CONTROLLER_ROLE, ADMINISTRATOR_ROLE)


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


def _page(form: SettingsForm) -> str:
    return render_template("publishing/show.html", form=form)
