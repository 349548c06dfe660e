"""The forms of the administration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length

from app.domain.permissions import ROLES
from app.domain.texts import one_line
from app.services.editing import LENGTHS
from app.services.organizations import FIELDS, OrganizationLine
from app.services.passwords import MAXIMUM_PASSWORD
from app.services.people import LONGEST_NAME, LONGEST_USERNAME
from app.web.context import role_name
from app.web.fields import LineField, NumberField, TextField
from app.web.formats import named

_NEEDED = _l("Please fill this in.")
_NEW_PASSWORD = {"autocomplete": "new-password"}


class PersonForm(FlaskForm):
    """What a person is called, may do, and for whom."""

    name = LineField(_l("Name on screen"), longest=LONGEST_NAME)
    role = SelectField(_l("Role"), validate_choice=False)
    organization = SelectField(_l("Organisation"), coerce=one_line, validate_choice=False)
    heads = BooleanField(_l("Heads the organisation"))
    seen = HiddenField()

    def __init__(self, organizations: Iterable[OrganizationLine], **more: Any) -> None:
        super().__init__(**more)
        self.role.choices = [SelectChoice(role, role_name(role)) for role in ROLES]
        self.organization.choices = _choices(organizations, gettext("none"))


class NewPersonForm(PersonForm):
    """A new account."""

    username = LineField(
        _l("User name"),
        [InputRequired(_NEEDED)],
        longest=LONGEST_USERNAME,
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(_l("Password"), [InputRequired(_NEEDED)], render_kw=_NEW_PASSWORD)


class PasswordForm(FlaskForm):
    """A new password for somebody else."""

    password = PasswordField(
        _l("New password"), [InputRequired(_NEEDED), Length(max=MAXIMUM_PASSWORD)], render_kw=_NEW_PASSWORD
    )


class OrganizationForm(FlaskForm):
    """The names of an organisation."""

    name = LineField(_l("Full name"), [InputRequired(_NEEDED)], longest=FIELDS["name"])
    short_name = LineField(_l("Short name"), [InputRequired(_NEEDED)], longest=FIELDS["short_name"])
    gloss_en = LineField(_l("In English"), longest=FIELDS["gloss_en"])
    seen = HiddenField()


class ActivityForm(BaseForm):
    """The editorial text of one activity; its fields are named as in `ActivityText.values`."""

    def __init__(
        self, values: Mapping[str, Any], organizations: Iterable[OrganizationLine], formdata: Any = None
    ) -> None:
        super().__init__({name: _field_of(name) for name in (*values, "seen")})
        self["coordinator"].choices = _choices(organizations, gettext("nobody"))
        self.process(formdata, data=values)


def _choices(organizations: Iterable[OrganizationLine], nobody: str) -> list[SelectChoice]:
    return [SelectChoice("", nobody), *(SelectChoice(each.key, named(each)) for each in organizations)]


def _field_of(name: str) -> Any:
    last = name.rpartition(".")[2]
    # A dot in an id would have to be escaped in every selector.
    more = {"id": name.replace(".", "-")}
    if name == "seen":
        return HiddenField(**more)
    if name == "coordinator":
        return SelectField(gettext("Coordinator"), coerce=one_line, validate_choice=False, **more)
    if name.startswith("indicator."):
        choices = [
            SelectChoice("direct", gettext("moves it directly")),
            SelectChoice("context", gettext("is its context")),
        ]
        label = gettext("Indicator %(number)s", number=last)
        return SelectField(label, choices=choices, validate_choice=False, **more)
    if last == "required":
        return BooleanField(gettext("Nothing can be submitted without it"), **more)
    if last == "steady":
        return BooleanField(gettext("Should stay the same: ask about any change"), **more)
    if last == "jump":
        label = gettext("Ask when it changes by more than, per cent")
        return NumberField(label, render_kw={"inputmode": "numeric", "size": 6}, **more)
    kind = TextField if last.startswith("note_") else LineField
    return kind(_TEXTS[last], longest=LENGTHS[last], **more)


_TEXTS = {
    "short_title": _l("Short title"),
    "gloss_en": _l("In English"),
    "note_ru": _l("Note of the operator"),
    "note_en": _l("Note of the operator in English"),
    "label_ru": _l("What is asked for"),
    "label_en": _l("What is asked for, in English"),
}
