"""The forms of a person's own password and of the passwords of its programs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from app.services.app_passwords import LONGEST_NAME
from app.services.digests import DAILY, LONGEST_ADDRESS, NEVER, WEEKLY
from app.services.passwords import MAXIMUM_PASSWORD
from app.web.auth.present import present_password
from app.web.fields import LineField

_NEEDED = _l("Please fill this in.")


class OwnPasswordForm(FlaskForm):
    """The present password, and the new one twice."""

    old = PasswordField(
        _l("Present password"),
        [InputRequired(_NEEDED), Length(max=MAXIMUM_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        [InputRequired(_NEEDED), Length(max=MAXIMUM_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password once more"),
        [InputRequired(_NEEDED)],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_again(self, field: Any) -> None:
        """A slip of the finger would lock the person out."""
        if field.data != self.password.data:
            raise ValidationError(gettext("This is not the same as above."))


class LettersForm(FlaskForm):
    """Where letters go, and how often; another address needs the password."""

    email = LineField(
        _l("Address"), longest=LONGEST_ADDRESS, render_kw={"type": "email", "autocomplete": "email"}
    )
    present = present_password("letters-present", always=False)
    digest = SelectField(
        _l("How often"),
        choices=[
            SelectChoice(DAILY, _l("Every day with news")),
            SelectChoice(WEEKLY, _l("On Mondays")),
            SelectChoice(NEVER, _l("Never")),
        ],
        validate_choice=False,
    )


class AppPasswordForm(FlaskForm):
    """What the person calls the program that gets a password, and the person's own."""

    name = LineField(
        _l("Program or device"),
        [DataRequired(_NEEDED)],
        longest=LONGEST_NAME,
        render_kw={"autocomplete": "off"},
    )
    present = present_password("program-present")
