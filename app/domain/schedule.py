"""Due dates and the days of a plan. Dates are of the plan's time zone, instants are aware UTC datetimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from app.domain.working_days import WorkingCalendar


@dataclass(frozen=True, slots=True)
class DueDates:
    """What the order says, what is in force before any extension, and the rule between the two."""

    nominal: date
    first: date
    rule: str


def due_dates(nominal: date, policy: str, calendar: WorkingCalendar) -> DueDates:
    """The due date in force for a nominal one. Raises ValueError for an unknown policy."""
    first, rule = calendar.adjust(nominal, policy)
    return DueDates(nominal, first, rule)


class TaskDates(NamedTuple):
    """The due dates of a task: in force, before any extension, and what discipline is measured against.

    All three are None for what has no deadline.
    """

    due: date | None
    first: date | None
    scored: date | None

    def extended(self, due: date, granted_on: date) -> TaskDates:
        """A later date was granted on that day; for a task that has a date."""
        assert self.due is not None, "there is a date that can be moved"
        return TaskDates(due, self.first, scoring_due(self.first or self.due, self.scored, due, granted_on))

    def amended(self, first: date | None) -> TaskDates:
        """The plan's own date was amended. An extension that was granted stays in force."""
        return TaskDates(
            first if self.due == self.first else self.due,
            first,
            first if self.scored == self.first else self.scored,
        )


def days_left(due: date, today: date) -> int:
    """Calendar days until the due date, which is inclusive: 0 on the day itself, negative afterwards."""
    return (due - today).days


def scoring_due(first_due: date, current_scoring_due: date | None, new_due: date, granted_on: date) -> date:
    """The date that discipline is measured against once an extension to `new_due` is granted.

    Granted while the scoring date had not passed, the extension moves it. Granted after the lapse it
    moves the date in force alone: an extension then does not restore the discipline score. A task that
    lapsed once stays lapsed, however punctually a second extension is granted. `current_scoring_due`
    is None before the first extension; the first due date stands in its place.
    """
    scored = current_scoring_due or first_due
    return new_due if granted_on <= scored else scored


def plan_today(now_utc: datetime, tz: tzinfo) -> date:
    """The date in the plan's time zone at that instant. Raises ValueError for a naive datetime."""
    if now_utc.tzinfo is None:
        raise ValueError("an instant without a time zone has no date")
    return now_utc.astimezone(tz).date()


def local_midnight_utc(day: date, tz: tzinfo) -> datetime:
    """The instant at which the day begins in the time zone, in UTC."""
    return datetime.combine(day, time(), tzinfo=tz).astimezone(UTC)


def day_end_utc(day: date, tz: tzinfo) -> datetime:
    """The instant at which the day is over in the time zone, in UTC: the first that is too late."""
    return local_midnight_utc(day + timedelta(days=1), tz)
