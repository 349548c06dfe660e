"""Bodies of calendars that this process has made already.

A body is kept with the stored revision of the plan and the day that it was made from, and given out for
no other: another process's change is seen at once, without a word between the processes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

#: bytes of bodies that a process keeps; the one not asked for longest goes first
CAPACITY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Body:
    """A calendar as it is sent. `etag` says the same of two bodies only when their bytes are the same."""

    content: bytes
    etag: str
    headers: list[tuple[str, str]]


class BodyCache:
    """The latest body of each calendar; for many threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, Body]] = OrderedDict()
        self._lock = Lock()

    def get(self, calendar: Hashable, version: Hashable, make: Callable[[], Body]) -> Body:
        """The body of that calendar at that version, made when it is not there."""
        with self._lock:
            kept = self._kept.get(calendar)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(calendar)
                return kept[1]
        body = make()
        with self._lock:
            self._drop(calendar)
            self._kept[calendar] = version, body
            self._size += len(body.content)
            while self._size > self._capacity:
                self._drop(next(iter(self._kept)))
        return body

    def _drop(self, calendar: Hashable) -> None:
        kept = self._kept.pop(calendar, None)
        if kept is not None:
            self._size -= len(kept[1].content)
