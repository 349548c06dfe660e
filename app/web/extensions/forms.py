"""The form of an answer to a request for a later date."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.web.fields import DayField, TextField


class AnswerForm(FlaskForm):
    """The date that is granted (the asked one when it is left as it is), and words to the executor."""

    due = DayField(_l("New due date"))
    note = TextField(_l("Reason or note"))
    version = HiddenField()
