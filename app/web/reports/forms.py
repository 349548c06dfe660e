"""The form that says of when a report is to be, and of what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from app.services.filters import ExecutorChoice
from app.services.progress import ActivityLine
from app.web.fields import DayField
from app.web.formats import named


def report_form(executors: Iterable[ExecutorChoice], activities: Iterable[ActivityLine]) -> BaseForm:
    """The form of the page of reports. What is chosen is checked by the services."""
    return BaseForm(
        {
            **_of_when(),
            "organization": _choice(
                gettext("Organisation"),
                [("", gettext("Please choose")), *((each.key, named(each)) for each in executors)],
            ),
            "activity": _choice(
                gettext("Activity"),
                [
                    ("", gettext("All, the whole plan")),
                    *((each.code, f"{each.code} {named(each)}") for each in activities),
                ],
            ),
        }
    )


def card_form() -> BaseForm:
    """The form of an organisation's card."""
    return BaseForm(_of_when())


def scope_names(form: BaseForm) -> dict[str, str]:
    """What the organisations and activities of the form are called, by their keys and codes."""
    fields = (form["organization"], form["activity"])
    return {choice.value: choice.label for field in fields for choice in field.choices if choice.value}


def filled_in(form: BaseForm, today: date) -> BaseForm:
    """The form as it is first shown: today, and the whole plan."""
    form.process(data={"as_of": today})
    return form


def _of_when() -> dict[str, Any]:
    return {
        "as_of": DayField(gettext("As of")),
        "period_start": DayField(gettext("Due from")),
        "period_end": DayField(gettext("Due until")),
    }


def _choice(label: str, choices: Sequence[tuple[str, str]]) -> SelectField:
    return SelectField(
        label, choices=[SelectChoice(value, text) for value, text in choices], validate_choice=False
    )
