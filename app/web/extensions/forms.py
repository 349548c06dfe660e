"""The form of an answer to a request for a later date."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput


class AnswerForm(FlaskForm):
    """The date that is granted (the asked one when it is left as it is), and words to the executor."""

    due = DateField(_l("New due date"), [Optional()])
    note = TextAreaField(_l("Reason or note"), [Length(max=2000)])
    version = IntegerField(widget=HiddenInput())
    trigger = HiddenField()
