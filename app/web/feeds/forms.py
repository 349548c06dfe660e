"""The form in which a calendar is chosen."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
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

    def options(self) -> Options:
        """What was chosen. Only for a form that holds."""
        return Options.parse(self.arguments())

    def arguments(self) -> dict[str, str]:
        """What was chosen, as an address has it."""
        given = {"show": self.show.data, "components": self.components.data, "alarms": self.alarms.data}
        return {name: text for name, text in given.items() if text}
