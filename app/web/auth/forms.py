"""Forms of signing in and of preferences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.web.auth.present import present_password
from app.web.fields import LineField


class LoginForm(FlaskForm):
    """Name and password."""

    username = StringField(
        _l("User name"),
        [InputRequired(_l("Please enter your user name.")), Length(max=80)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Please enter your password.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class CodeForm(FlaskForm):
    """A code of the telephone, or one from paper."""

    code = LineField(
        _l("Code"),
        [InputRequired(_l("Please enter the code."))],
        longest=40,
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class EnrolForm(CodeForm):
    """The first code of a telephone, and the password."""

    present = present_password("present")
