"""`/admin/plans/<code>/activities`: the plan's editorial text."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.errors import VekhaError
from app.services.changes import fingerprint
from app.services.editable import (
    editable_activities,
    editable_activity,
    linked_indicators,
    numbers_asked,
)
from app.services.editing import ActivityText, Bound, Proof, activity_text, edit_activity
from app.services.organizations import organization_lines
from app.web.admin.blueprint import administrators, blueprint
from app.web.admin.forms import ActivityForm
from app.web.errors import status_of
from app.web.refusals import mark, renew
from app.web.state import actor, changing, now, plan, reading


@blueprint.get("/plans/<plan_code>/activities", endpoint="activities")
@administrators
def list_(plan_code: str) -> ResponseReturnValue:
    return render_template("admin/activities.html", lines=editable_activities(reading(), plan().id))


@blueprint.get("/plans/<plan_code>/activities/<code>")
@administrators
def activity(plan_code: str, code: str) -> ResponseReturnValue:
    text = activity_text(reading(), plan().id, code)
    values = text.values()
    seen = {"seen": fingerprint(values)}
    return _page(code, text, ActivityForm({**values, **seen}, organization_lines(reading())))


@blueprint.post("/plans/<plan_code>/activities/<code>")
@administrators
def word_activity(plan_code: str, code: str) -> ResponseReturnValue:
    before, plan_id = activity_text(reading(), plan().id, code), plan().id
    form = ActivityForm(before.values(), organization_lines(reading()), request.form)
    if not form.validate():
        return _page(code, before, form), 422
    try:
        with changing() as session:
            edit_activity(
                session, actor(), plan_id, code, _typed(form, before), now=now(), seen=form["seen"].data
            )
    except VekhaError as error:
        mark(form, error)
        newer = renew(form, error, activity_text(reading(), plan_id, code).values())
        return _page(code, before, form, newer), status_of(error)
    flash(gettext("The texts of activity %(code)s were changed.", code=code), "success")
    return redirect(url_for("admin.activities", _anchor=f"activity-{code}"), code=303)


def _typed(form: ActivityForm, before: ActivityText) -> ActivityText:
    """What the form says about the requirements and links that the activity has."""
    typed = {name: field.data for name, field in form._fields.items()}
    return ActivityText(
        typed["short_title"],
        typed["gloss_en"],
        typed["coordinator"] or None,
        typed["note_ru"],
        typed["note_en"],
        {
            key: Proof(typed[f"{key}.label_ru"], typed[f"{key}.label_en"], typed[f"{key}.required"])
            for key in before.proofs
        },
        {number: typed[f"indicator.{number}"] for number in before.strengths},
        {name: Bound(int(typed[f"{name}.jump"] or 0), typed[f"{name}.steady"]) for name in before.bounds},
    )


def _page(
    code: str, text: ActivityText, form: ActivityForm, newer: list[tuple[str, str]] | None = None
) -> str:
    return render_template(
        "admin/activity.html",
        code=code,
        order=editable_activity(reading(), plan().id, code),
        text=text,
        indicators=linked_indicators(reading(), plan().id, code),
        numbers=numbers_asked(reading(), plan().id, code),
        form=form,
        newer=newer or [],
    )
