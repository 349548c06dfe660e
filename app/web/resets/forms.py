"""The forms of a forgotten password."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length, ValidationError

from app.services.digests import LONGEST_ADDRESS
from app.services.passwords import MAXIMUM_PASSWORD
from app.web.fields import LineField

_NEEDED = _l("Please fill this in.")


class ForgottenForm(FlaskForm):
    """Whose password was forgotten."""

    who = LineField(
        _l("User name or address for letters"),
        [InputRequired(_NEEDED)],
        longest=LONGEST_ADDRESS,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class NewPasswordForm(FlaskForm):
    """The new password twice."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_NEEDED), Length(max=MAXIMUM_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password once more"), [InputRequired(_NEEDED)], render_kw={"autocomplete": "new-password"}
    )

    def validate_again(self, field: Any) -> None:
        """A slip of the finger would lock the person out."""
        if field.data != self.password.data:
            raise ValidationError(gettext("This is not the same as above."))
