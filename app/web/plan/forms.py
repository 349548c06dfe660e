"""Forms of the activity page: the controller's act, and an answer to an invitation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from app.web.fields import TextField

#: characters of a basis or a reason
LONGEST_BASIS = 2000


class StepForm(FlaskForm):
    """A trigger with its basis or reason, and the version that the page showed."""

    trigger = StringField(validators=[InputRequired()])
    note = TextField(_l("Basis"), longest=LONGEST_BASIS)
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


class AnswerForm(StepForm):
    """An answer to an invitation."""

    note = TextField(_l("Reason"), longest=LONGEST_BASIS)
