"""Calendars that this process has made already, whole and in pieces.

A body is kept with the stored revision of the plan and the day that it was made from, a component with
the revision of its occurrence; neither is given out for another. So another process's change is seen at
once, without a word between the processes, and after it only what it changed is written anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Generic, Protocol, TypeVar

#: bytes of bodies that a process keeps; the one not asked for longest goes first
CAPACITY = 16 * 1024 * 1024
#: bytes of components, the same way; those of one way of writing go together
COMPONENTS_CAPACITY = 32 * 1024 * 1024
#: ways of writing that are kept at most, however little was written
_MOST_WAYS = 256
#: what an entry takes beside its bytes
_ENTRY = 1024


@dataclass(frozen=True, slots=True)
class Body:
    """A calendar as it is sent. `etag` says the same of two bodies only when their bytes are the same."""

    content: bytes
    etag: str
    #: the first whole second by which nothing of it has changed any more
    modified_at: datetime
    #: that as a header, sent once it has come
    last_modified: tuple[str, str]
    headers: list[tuple[str, str]]
    #: of these, what a 304 repeats
    headers_of_304: list[tuple[str, str]]


class _Sent(Protocol):
    @property
    def content(self) -> bytes: ...


Kept = TypeVar("Kept", bound=_Sent)


class BodyCache(Generic[Kept]):
    """The latest body of each calendar, or of whatever else has bytes; for many threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, Kept]] = OrderedDict()
        self._lock = Lock()

    def get(self, calendar: Hashable, version: Hashable, make: Callable[[], Kept]) -> Kept:
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
            self._size += len(body.content) + _ENTRY
            while self._size > self._capacity:
                self._drop(next(iter(self._kept)))
        return body

    def _drop(self, calendar: Hashable) -> None:
        kept = self._kept.pop(calendar, None)
        if kept is not None:
            self._size -= len(kept[1].content) + _ENTRY


@dataclass(slots=True)
class Written:
    """The components of one way of writing: of a scope's kind, a language, the reader's options."""

    #: id of the occurrence → the version that its bytes were made from, and they
    kept: dict[int, tuple[Hashable, bytes]] = field(default_factory=dict)
    size: int = 0

    def get(self, occurrence_id: int, version: Hashable, make: Callable[[], bytes]) -> bytes:
        """The component of that occurrence at that version, made when it is not there."""
        found = self.kept.get(occurrence_id)
        if found is not None and found[0] == version:
            return found[1]
        made = make()
        self.kept[occurrence_id] = version, made
        self.size += len(made) - (len(found[1]) if found else 0)
        return made


class ComponentCache:
    """Components by the way they are written; for many threads."""

    def __init__(self, capacity: int = COMPONENTS_CAPACITY) -> None:
        self._capacity = capacity
        self._ways: OrderedDict[Hashable, Written] = OrderedDict()
        self._lock = Lock()

    def written(self, way: Hashable) -> Written:
        """What has been written that way. Two threads at once may write the same: the bytes are equal."""
        with self._lock:
            written = self._ways.setdefault(way, Written())
            self._ways.move_to_end(way)
            while len(self._ways) > 1 and self._is_full():
                self._ways.popitem(last=False)
            return written

    def _is_full(self) -> bool:
        sizes = sum(each.size for each in self._ways.values())
        return len(self._ways) > _MOST_WAYS or sizes > self._capacity
