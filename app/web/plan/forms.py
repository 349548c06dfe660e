"""Forms of the activity page: the controller's act, and an answer to an invitation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from app.web.fields import TextField

_TOO_LONG = _l("Please use at most 2000 characters.")


class StepForm(FlaskForm):
    """A trigger with its basis or reason, and the version that the page showed."""

    trigger = StringField(validators=[InputRequired()])
    note = TextField(_l("Basis"), [Length(max=2000, message=_TOO_LONG)])
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


class AnswerForm(StepForm):
    """An answer to an invitation."""

    note = TextField(_l("Reason"), [Length(max=2000, message=_TOO_LONG)])
