"""Ranges of time, and what lies in one (RFC 4791, 9.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component

_DAY = timedelta(days=1)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Range:
    """From an instant on, before another one; a day is one of that zone."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @classmethod
    def parse(cls, start: str, end: str, zone: ZoneInfo) -> Range | None:
        """The range of two instants as iCalendar writes UTC; "" is open. None: there is no such range."""
        try:
            first = _instant(start) if start else _FIRST
            last = _instant(end) if end else _LAST
        except ValueError:
            return None
        return cls(first, last, zone) if (start or end) and first < last else None

    def contains(self, value: Any) -> bool:
        """Whether an instant, or any moment of a day, lies in it; nothing else does."""
        if isinstance(value, datetime):
            return self.start <= self._aware(value) < self.end
        if isinstance(value, date):
            return self.start < self.midnight(value + _DAY) and self.midnight(value) < self.end
        return False

    def instant(self, value: date | datetime) -> datetime:
        """An instant; of a day its end, for what is due on a day is in time until it ends."""
        return self._aware(value) if isinstance(value, datetime) else self.midnight(value + _DAY)

    def midnight(self, day: date) -> datetime:
        """The instant at which the day begins."""
        return datetime.combine(day, time(), self.zone)

    def _aware(self, value: datetime) -> datetime:
        return value if value.tzinfo else value.replace(tzinfo=self.zone)


def todo_overlaps(component: Component, asked: Range) -> bool:
    """The table of VTODO, as far as it is about what has no DTSTART and no DURATION, as all of ours."""
    start, end = asked.start, asked.end
    due, completed, created = (
        asked.instant(component.decoded(name)) if name in component else None
        for name in ("DUE", "COMPLETED", "CREATED")
    )
    if due is not None:
        return start < due <= end
    if completed is not None and created is not None:
        return (start <= created or start <= completed) and (end >= created or end >= completed)
    if completed is not None:
        return start <= completed <= end
    return created is None or end > created


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
