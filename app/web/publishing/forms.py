"""The forms of what is made public."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField


class SettingsForm(FlaskForm):
    """Whether there is a public page, and whether it tells of lateness."""

    is_public = BooleanField(_l("Anybody may read the public page of this plan"))
    shows_lateness = BooleanField(_l("It tells which rows are past their dates"))
    seen = HiddenField()
