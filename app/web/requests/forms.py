"""The form of a request: who asks for what, who provides it, by when if there is a date."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from app.services.request_page import OnRequest
from app.services.requests import LONGEST_SUBJECT
from app.web.fields import DayField, LineField
from app.web.formats import named


def request_form(activities: Sequence[OnRequest]) -> BaseForm:
    """The form for these activities. One activity is chosen by itself, as is one provider."""
    providers = {provider.id: named(provider) for activity in activities for provider in activity.providers}
    return BaseForm(
        {
            "activity": _choice(
                gettext("Activity"),
                {activity.code: f"{activity.code} {named(activity)}" for activity in activities},
            ),
            "organization": _choice(
                gettext("Who provides it"), {str(id_): name for id_, name in providers.items()}
            ),
            "subject": LineField(gettext("Who asks for what"), longest=LONGEST_SUBJECT),
            "due": DayField(gettext("By when")),
        }
    )


def _choice(label: str, choices: dict[str, str]) -> SelectField:
    options = [SelectChoice(value, text) for value, text in choices.items()]
    if len(options) > 1:
        options.insert(0, SelectChoice("", gettext("Please choose")))
    # What is chosen is checked by the service, which says why not.
    return SelectField(label, choices=options, validate_choice=False)
