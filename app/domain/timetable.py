"""When a job is to begin: every so many minutes, or once a day at a time of the plan's zone.

A timetable names moments; a job is due when it was not begun since the latest of them. What was missed
while nobody was there to run it is thereby run once, and late, instead of never. Instants are aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TypeGuard

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
#: clocks of machines that share an installation may differ by so much
SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes. `patience`: how late a run may be before somebody should know."""

    minutes: int
    patience: timedelta = timedelta(minutes=10)

    @property
    def words(self) -> str:
        """In English: every minute, every 5 minutes."""
        return "every minute" if self.minutes == 1 else f"every {self.minutes} minutes"

    def latest(self, now: datetime, zone: tzinfo) -> datetime:
        """The last moment up to now, UTC."""
        return now - (now - _EPOCH) % timedelta(minutes=self.minutes)

    def following(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment after now, UTC."""
        return self.latest(now, zone) + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at a time of the zone; a time that a change of clocks leaves out falls an hour later."""

    at: time
    patience: timedelta = timedelta(hours=2)

    @property
    def words(self) -> str:
        """In English: every day at 06:00."""
        return f"every day at {self.at:%H:%M}"

    def latest(self, now: datetime, zone: tzinfo) -> datetime:
        """The last moment up to now, UTC."""
        today = self._on(now.astimezone(zone), zone)
        return today if today <= now else self._on(now.astimezone(zone) - _DAY, zone)

    def following(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment after now, UTC."""
        today = self._on(now.astimezone(zone), zone)
        return today if today > now else self._on(now.astimezone(zone) + _DAY, zone)

    def _on(self, local: datetime, zone: tzinfo) -> datetime:
        return datetime.combine(local.date(), self.at, tzinfo=zone).astimezone(UTC)


Timetable = Every | Daily


def is_due(timetable: Timetable, begun: datetime | None, now: datetime, zone: tzinfo) -> bool:
    """Whether a job that was last begun then (None: never) should begin now."""
    return not _counts(begun, now) or begun < timetable.latest(now, zone)


def is_late(
    timetable: Timetable, begun: datetime | None, now: datetime, zone: tzinfo, since: datetime | None
) -> bool:
    """Whether a job should have begun so long ago that nobody seems to run it.

    One that never ran is measured from `since`, when there was something to do for it first; None: nobody
    knows, and it is not late.
    """
    last = begun if _counts(begun, now) else since
    return last is not None and last < timetable.latest(now - timetable.patience, zone)


def _counts(begun: datetime | None, now: datetime) -> TypeGuard[datetime]:
    """Whether that is when a job was begun last; a clock that was ahead has noted a moment to come."""
    return begun is not None and begun <= now + SKEW
