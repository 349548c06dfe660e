"""`/admin/plans/<code>/ladder`: when the plan reminds of its dates."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField

from app.domain.errors import InvalidInputError, VekhaError
from app.services.changes import fingerprint
from app.services.ladder import ladder_values, set_ladder
from app.web.admin.blueprint import administrators, blueprint
from app.web.errors import status_of
from app.web.fields import LineField
from app.web.refusals import mark
from app.web.state import actor, changing, now, plan, reading

#: characters of a list of days
_LONGEST = 60


class LadderForm(FlaskForm):
    """Days before and after a due date, as people write them: 14, 7, 1."""

    before = LineField(_l("Working days before the due date"), longest=_LONGEST)
    due = BooleanField(_l("On the due date itself"))
    after = LineField(_l("Calendar days after the due date"), longest=_LONGEST)
    seen = HiddenField()


@blueprint.get("/plans/<plan_code>/ladder")
@administrators
def ladder(plan_code: str) -> ResponseReturnValue:
    return _page(_form_of(ladder_values(reading(), plan().id)))


@blueprint.post("/plans/<plan_code>/ladder")
@administrators
def change_ladder(plan_code: str) -> ResponseReturnValue:
    form, plan_id = LadderForm(), plan().id
    if not form.validate():
        return _page(form), 422
    try:
        before, after = _days(form, "before"), _days(form, "after")
        with changing() as session:
            set_ladder(
                *(session, actor(), plan_id),
                before=before,
                due=form.due.data,
                after=after,
                now=now(),
                seen=form.seen.data,
            )
    except VekhaError as error:
        mark(form, error)
        return _page(form), status_of(error)
    flash(gettext("The reminders were changed; they count from the next run of the job on."), "success")
    return redirect(url_for("admin.ladder"), code=303)


def _form_of(values: dict[str, Any]) -> LadderForm:
    return LadderForm(
        formdata=None,
        before=", ".join(map(str, values["before"])),
        due=values["due"],
        after=", ".join(map(str, values["after"])),
        seen=fingerprint(values),
    )


def _days(form: LadderForm, name: str) -> list[int]:
    """The numbers of a list. Raises InvalidInputError for anything else."""
    words = re.split(r"[\s,;]+", form[name].data.strip()) if form[name].data.strip() else []
    if not all(re.fullmatch(r"[0-9]{1,4}", word) for word in words):
        raise InvalidInputError({name: "Please give at most 10 numbers of days from 1 to 365."})
    return [int(word) for word in words]


def _page(form: LadderForm) -> str:
    return render_template("admin/ladder.html", form=form)
