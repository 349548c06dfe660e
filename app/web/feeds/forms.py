"""The form in which a calendar is chosen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField

from app.services.feed_events import DUE, WINDOW


class FeedForm(FlaskForm):
    """Which part of the plan, and what an event covers. The parts are filled in for the person."""

    scope = SelectField(_l("What the calendar shows"))
    show = RadioField(
        _l("An event covers"),
        choices=[
            SelectChoice(WINDOW, _l("every day of the term")),
            SelectChoice(DUE, _l("the due day alone")),
        ],
        default=WINDOW,
    )
