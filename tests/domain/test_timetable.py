"""Timetables: a job is due when it was not begun since the latest of its moments, and late when long not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.domain.timetable import Daily, Every, Timetable, is_due, is_late

MOSCOW = ZoneInfo("Europe/Moscow")
MORNING = Daily(time(6, 0), patience=timedelta(hours=2))
MINUTES = Every(minutes=5, patience=timedelta(minutes=10))


def at(text: str) -> datetime:
    """An instant of 15 June 2022 in Moscow, or of that day of June."""
    day, _, clock = text.rpartition(" ")
    hour, minute = clock.split(":")
    return datetime(2022, 6, int(day or 15), int(hour), int(minute), tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("timetable", "begun", "now", "due", "following"),
    [
        # never begun: at once
        (MORNING, None, "4:00", True, "6:00"),
        (MINUTES, None, "4:03", True, "4:05"),
        # yesterday's was done, today's is to come
        (MORNING, "14 6:00", "5:59", False, "6:00"),
        (MORNING, "14 6:00", "6:00", True, "16 6:00"),
        # begun late, yesterday counts as done and today's comes in time
        (MORNING, "14 23:00", "5:00", False, "6:00"),
        (MORNING, "14 23:00", "6:01", True, "16 6:00"),
        # done today: tomorrow
        (MORNING, "6:00", "6:01", False, "16 6:00"),
        # nobody was there for days: once, now
        (MORNING, "10 6:00", "12:00", True, "16 6:00"),
        # a clock that was ahead has noted a moment to come: it says nothing, but for a little
        (MORNING, "20 6:00", "12:00", True, "16 6:00"),
        (MORNING, "6:01", "6:00", False, "16 6:00"),
        # five minutes are counted on the full ones, not from the last run
        (MINUTES, "4:04", "4:05", True, "4:10"),
        (MINUTES, "4:05", "4:09", False, "4:10"),
    ],
)
def test_a_job_is_due_when_it_was_not_begun_since_its_last_moment(
    timetable: Timetable, begun: str | None, now: str, due: bool, following: str
) -> None:
    last = at(begun) if begun else None
    assert is_due(timetable, last, at(now), MOSCOW) is due
    assert timetable.following(at(now), MOSCOW) == at(following)


@pytest.mark.parametrize(
    ("timetable", "begun", "since", "now", "late"),
    [
        # nobody knows since when it should run
        (MORNING, None, None, "12:00", False),
        # never begun: late when its first time since then is long past
        (MORNING, None, "14 7:00", "7:59", False),
        (MORNING, None, "14 7:00", "8:00", True),
        (MINUTES, None, "4:01", "4:14", False),
        (MINUTES, None, "4:01", "4:15", True),
        # begun at a moment to come counts as never
        (MORNING, "20 6:00", "14 7:00", "8:00", True),
        (MORNING, "14 6:00", "10 6:00", "7:59", False),
        (MORNING, "14 6:00", "10 6:00", "8:00", True),
        (MORNING, "6:00", "10 6:00", "16 5:59", False),
        (MINUTES, "4:00", "3:00", "4:14", False),
        (MINUTES, "4:00", "3:00", "4:15", True),
    ],
)
def test_a_job_is_late_when_its_patience_is_over(
    timetable: Timetable, begun: str | None, since: str | None, now: str, late: bool
) -> None:
    moments = (at(each) if each else None for each in (begun, since))
    assert is_late(timetable, next(moments), at(now), MOSCOW, next(moments)) is late


def test_every_day_has_its_run_when_the_clocks_change() -> None:
    """In Berlin 2:30 is left out on 27 March 2022 and comes twice on 30 October."""
    berlin = ZoneInfo("Europe/Berlin")
    night = Daily(time(2, 30))
    for first in (datetime(2022, 3, 26, 12, tzinfo=UTC), datetime(2022, 10, 29, 12, tzinfo=UTC)):
        moments = [first]
        for _ in range(3):
            moments.append(night.following(moments[-1], berlin))
        days = [moment.astimezone(berlin).date() for moment in moments]
        assert [(later - sooner).days for sooner, later in pairwise(days)] == [1, 1, 1]
