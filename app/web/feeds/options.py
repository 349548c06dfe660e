"""What the reader of a calendar chooses in its address: `?show=`, `?components=`, `?alarms=`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.services.feed_events import SHOWN, WINDOW

EVENTS = "events"
TODOS = "todos"
BOTH = "both"
COMPONENTS = (EVENTS, TODOS, BOTH)
#: reminders that a calendar may ask for, and how many days before the due date at most
MOST_ALARMS = 5
EARLIEST_ALARM = 60

#: what each argument takes, for who gave something else
TAKEN = {
    "show": _l("?show= takes window or due."),
    "components": _l("?components= takes events, todos or both."),
    "alarms": _l("?alarms= takes up to five numbers of days from 0 to 60, with commas between them: 7,1."),
}


class OptionsRefusedError(ValueError):
    """Arguments that ask for what no calendar can be; `names` are keys of TAKEN."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@dataclass(frozen=True, slots=True)
class Options:
    """How a calendar is written. Two that are equal give the same bytes."""

    #: window | due
    show: str = WINDOW
    #: events | todos | both
    components: str = EVENTS
    #: days before the due date, the earliest first
    alarms: tuple[int, ...] = ()

    @classmethod
    def parse(cls, arguments: Mapping[str, str]) -> Options:
        """From the query of an address; what it does not know is left alone. Raises OptionsRefusedError."""
        show = arguments.get("show", WINDOW)
        components = arguments.get("components", EVENTS)
        alarms = _days(arguments["alarms"]) if "alarms" in arguments else ()
        known = {"show": show in SHOWN, "components": components in COMPONENTS, "alarms": alarms is not None}
        if alarms is None or not all(known.values()):
            raise OptionsRefusedError(tuple(name for name, right in known.items() if not right))
        return cls(show, components, alarms)

    def query(self) -> dict[str, str]:
        """What stands in the address: only what is not so by default."""
        given = {"show": self.show, "components": self.components, "alarms": ",".join(map(str, self.alarms))}
        return {name: text for name, text in given.items() if text not in {"", WINDOW, EVENTS}}


def _days(text: str) -> tuple[int, ...] | None:
    """Numbers of days, the earliest reminder first; None when they are no such thing."""
    pieces = [piece.strip() for piece in text.split(",")]
    if not all(piece.isascii() and piece.isdecimal() and len(piece) <= 3 for piece in pieces):
        return None
    days = sorted({int(piece) for piece in pieces}, reverse=True)
    return tuple(days) if len(days) <= MOST_ALARMS and days[0] <= EARLIEST_ALARM else None
