"""Due dates, extensions and the edges of a day in the plan's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import (
    DueDates,
    day_end_utc,
    days_left,
    due_dates,
    local_midnight_utc,
    plan_today,
    scoring_due,
)
from app.domain.working_days import working_calendar

MOSCOW = ZoneInfo("Europe/Moscow")
RUSSIA = working_calendar("RU", 2021, 2023)


def test_the_date_of_the_order_is_kept_beside_the_date_in_force() -> None:
    assert due_dates(date(2022, 12, 31), "preceding", RUSSIA) == DueDates(
        date(2022, 12, 31), date(2022, 12, 30), "moved_to_preceding"
    )


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2022, 1, 13), 1),
        (date(2022, 1, 14), 0),  # «до 14 января» is inclusive
        (date(2022, 1, 15), -1),
    ],
)
def test_days_left_reach_nought_on_the_due_date_itself(today: date, left: int) -> None:
    assert days_left(date(2022, 1, 14), today) == left


FIRST, SECOND, THIRD = date(2022, 2, 4), date(2022, 2, 18), date(2022, 3, 18)


@pytest.mark.parametrize(
    ("current", "new_due", "granted_on", "scored"),
    [
        (None, SECOND, date(2022, 2, 3), SECOND),  # granted in time: the score follows
        (None, SECOND, date(2022, 2, 4), SECOND),  # the due date itself is in time
        (None, SECOND, date(2022, 2, 5), FIRST),  # granted after the lapse: not restored
        (SECOND, THIRD, date(2022, 2, 18), THIRD),  # a second one, in time
        (SECOND, THIRD, date(2022, 2, 19), SECOND),  # a second one, after its lapse
        (FIRST, THIRD, date(2022, 2, 10), FIRST),  # lapsed before, and stays lapsed
    ],
)
def test_an_extension_granted_after_the_lapse_does_not_restore_the_score(
    current: date | None, new_due: date, granted_on: date, scored: date
) -> None:
    assert scoring_due(FIRST, current, new_due, granted_on) == scored


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2022, 6, 14, 20, 59, 59, tzinfo=UTC), date(2022, 6, 14)),
        (datetime(2022, 6, 14, 21, 0, tzinfo=UTC), date(2022, 6, 15)),
    ],
)
def test_the_day_of_the_plan_begins_at_its_own_midnight(now: datetime, today: date) -> None:
    assert plan_today(now, MOSCOW) == today


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        plan_today(datetime(2022, 6, 15), MOSCOW)


def test_a_day_ends_where_the_next_begins() -> None:
    assert local_midnight_utc(date(2022, 6, 15), MOSCOW) == datetime(2022, 6, 14, 21, tzinfo=UTC)
    assert day_end_utc(date(2022, 6, 15), MOSCOW) == datetime(2022, 6, 15, 21, tzinfo=UTC)


ZONES = [
    "Europe/Moscow",
    "Asia/Kamchatka",
    "Europe/Berlin",
    "America/Sao_Paulo",  # used to change its clocks at midnight
]


@given(st.dates(date(2005, 1, 2), date(2030, 12, 30)), st.sampled_from(ZONES))
def test_a_day_is_the_span_of_instants_that_have_its_date(day: date, zone: str) -> None:
    tz = ZoneInfo(zone)
    moment = timedelta(microseconds=1)
    start, end = local_midnight_utc(day, tz), day_end_utc(day, tz)
    assert plan_today(start, tz) == day == plan_today(end - moment, tz)
    assert plan_today(end, tz) == day + timedelta(days=1)
    assert plan_today(start - moment, tz) <= day
