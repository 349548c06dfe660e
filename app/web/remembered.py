"""Parts of pages that stay the same until the plan changes, kept in this process by the plan's revision.

Every change of what a page could show goes through the plan's journal, whose position is the revision
(`PlanInfo.revision`). Each request reads it in the snapshot that it shows, so a part that was made for a
revision is right for whoever sees that revision. A worker that has not made a part yet makes it; nothing
needs to be told to the others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from flask import Flask, current_app, request
from markupsafe import Markup

from app.services.plans import PlanInfo
from app.web.formats import lang
from app.web.state import now, plan

_EXTENSION = "vekha.remembered"
#: characters that a process keeps; the part that was not asked for the longest goes first
_ROOM = 16 * 1024 * 1024


class Remembered:
    """The parts of one application."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._taken = 0
        self._parts: OrderedDict[Hashable, Markup] = OrderedDict()
        self._lock = Lock()

    def part(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        """The part of that key, made now when it is not there."""
        with self._lock:
            if key in self._parts:
                self._parts.move_to_end(key)
                return self._parts[key]
        made = make()
        with self._lock:
            self._taken += len(made) - len(self._parts.pop(key, ""))
            self._parts[key] = made
            while self._taken > self._room and len(self._parts) > 1:
                self._taken -= len(self._parts.popitem(last=False)[1])
        return made


def register(app: Flask) -> None:
    """Give the application its parts."""
    app.extensions[_EXTENSION] = Remembered()


def until_the_plan_changes(name: str, reader: Hashable, make: Callable[[], str]) -> Markup:
    """A part of a page of the plan at hand, made once for a revision, a day, a language and a `reader`.

    `reader` stands for everything about the person that the part depends on. The part must not hold what
    belongs to one session: no token, no message.
    """
    return until_this_plan_changes(name, reader, plan(), make)


def until_this_plan_changes(name: str, reader: Hashable, shown: PlanInfo, make: Callable[[], str]) -> Markup:
    """The same for a plan that is not the page's own."""
    parts: Remembered = current_app.extensions[_EXTENSION]
    key = (name, reader, shown.id, shown.revision, shown.today(now()), lang(), request.script_root)
    return parts.part(key, lambda: Markup(make()))
