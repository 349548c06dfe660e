"""The form in which a calendar is chosen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import ValidationError

from app.services.feed_events import DUE, WINDOW
from app.web.feeds.options import (
    BOTH,
    EARLIEST_ALARM,
    EVENTS,
    MOST_ALARMS,
    TODOS,
    Options,
    OptionsRefusedError,
)
from app.web.fields import LineField


class FeedForm(FlaskForm):
    """Which part of the plan, and how it is written. The parts are filled in for the person."""

    scope = SelectField(_l("What the calendar shows"))
    show = RadioField(
        _l("An event covers"),
        choices=[
            SelectChoice(WINDOW, _l("every day of the term")),
            SelectChoice(DUE, _l("the due day alone")),
        ],
        default=WINDOW,
    )
    components = RadioField(
        _l("The calendar contains"),
        choices=[
            SelectChoice(EVENTS, _l("events")),
            SelectChoice(TODOS, _l("tasks")),
            SelectChoice(BOTH, _l("events and tasks")),
        ],
        default=EVENTS,
    )
    alarms = LineField(_l("Reminders, days before the due date"), longest=40)

    def validate_alarms(self, field: Any) -> None:
        """Numbers of days as the address takes them."""
        try:
            Options.parse(self.arguments())
        except OptionsRefusedError as error:
            if "alarms" in error.names:
                raise ValidationError(
                    gettext(
                        "Please give up to %(most)s numbers of days from 0 to %(earliest)s "
                        "with commas between them, for example 7, 1.",
                        most=MOST_ALARMS,
                        earliest=EARLIEST_ALARM,
                    )
                ) from None

    def query(self) -> str:
        """What was chosen, as the address has it after its question mark. Only for a form that holds."""
        return urlencode(Options.parse(self.arguments()).query(), safe=",")

    def arguments(self) -> MultiDict[str, str]:
        """What was chosen, by the names that an address has for it."""
        given = {"show": self.show.data, "components": self.components.data, "alarms": self.alarms.data}
        return MultiDict({name: text for name, text in given.items() if text})
