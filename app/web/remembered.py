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

from app.web.formats import lang
from app.web.state import plan, today

_EXTENSION = "vekha.remembered"
#: parts that a process keeps; the one that was not asked for the longest goes first
_PARTS = 64


class Remembered:
    """The parts of one application."""

    def __init__(self, size: int = _PARTS) -> None:
        self._size = size
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
            self._parts[key] = made
            while len(self._parts) > self._size:
                self._parts.popitem(last=False)
        return made


def register(app: Flask) -> None:
    """Give the application its parts."""
    app.extensions[_EXTENSION] = Remembered()


def until_the_plan_changes(name: str, reader: Hashable, make: Callable[[], str]) -> Markup:
    """A part of a page of the plan at hand, made once for a revision, a day, a language and a `reader`.

    `reader` stands for everything about the person that the part depends on. The part must not hold what
    belongs to one session: no token, no message.
    """
    remembered: Remembered = current_app.extensions[_EXTENSION]
    key = (name, reader, plan().id, plan().revision, today(), lang(), request.script_root)
    return remembered.part(key, lambda: Markup(make()))
