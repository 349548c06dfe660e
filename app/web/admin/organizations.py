"""`/admin/organizations`: the placeholders of a seed get their real names."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.errors import VekhaError
from app.services.changes import fingerprint
from app.services.organizations import (
    FIELDS,
    edit_organization,
    find_organization,
    organization_lines,
    organization_values,
)
from app.web.admin.blueprint import administrators, blueprint
from app.web.admin.forms import OrganizationForm
from app.web.errors import status_of
from app.web.refusals import mark, renew
from app.web.state import actor, changing, now, reading


@blueprint.get("/organizations", endpoint="organizations")
@administrators
def list_() -> ResponseReturnValue:
    return render_template("admin/organizations.html", lines=organization_lines(reading()))


@blueprint.get("/organizations/<key>")
@administrators
def organization(key: str) -> ResponseReturnValue:
    values = organization_values(find_organization(reading(), key))
    return _page(key, OrganizationForm(formdata=None, **values, seen=fingerprint(values)))


@blueprint.post("/organizations/<key>")
@administrators
def rename_organization(key: str) -> ResponseReturnValue:
    form = OrganizationForm()
    if not form.validate():
        return _page(key, form), 422
    try:
        with changing() as session:
            edit_organization(
                session,
                actor(),
                key,
                {name: form[name].data or "" for name in FIELDS},
                now=now(),
                seen=form.seen.data,
            )
    except VekhaError as error:
        mark(form, error)
        newer = renew(form, error, organization_values(find_organization(reading(), key)))
        return _page(key, form, newer), status_of(error)
    flash(gettext("The organisation was changed."), "success")
    return redirect(url_for("admin.organizations", _anchor=key), code=303)


def _page(key: str, form: OrganizationForm, newer: list[tuple[str, str]] | None = None) -> str:
    found = find_organization(reading(), key)
    return render_template("admin/organization.html", organization=found, form=form, newer=newer or [])
