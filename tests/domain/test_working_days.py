"""Working days against the production calendar of Russia and against a loop that counts them one by one."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.working_days import WorkingCalendar, working_calendar

RUSSIA = working_calendar("RU", 2021, 2023)
DAYS = st.dates(date(2021, 1, 1), date(2023, 12, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        # Decree of the Government of the Russian Federation of 16.09.2021 № 1564 on days off in 2022:
        (date(2022, 5, 3), False),  # from Saturday, 1 January
        (date(2022, 5, 10), False),  # from Sunday, 2 January
        (date(2022, 3, 7), False),  # from Saturday, 5 March
        (date(2022, 3, 5), True),  # which is worked for it
        # Labour Code, art. 112: a holiday on a weekend moves to the next working day
        (date(2022, 5, 2), False),  # for Sunday, 1 May
        (date(2022, 6, 13), False),  # for Sunday, 12 June
        # Labour Code, art. 112: the New Year holidays
        *((date(2022, 1, day), False) for day in range(1, 10)),
        (date(2022, 1, 10), True),
        # ordinary days
        (date(2022, 5, 4), True),
        (date(2022, 5, 7), False),
        (date(2022, 6, 15), True),
    ],
)
def test_the_calendar_of_2022_has_the_official_transfers(day: date, worked: bool) -> None:
    assert RUSSIA.is_working(day) is worked


def test_the_year_2022_has_247_working_days_as_the_production_calendar_prints() -> None:
    assert RUSSIA.working_days_between(date(2021, 12, 31), date(2022, 12, 31)) == 247


def test_five_working_days_remain_after_the_holidays_until_the_first_due_date() -> None:
    # row 2.1, "до 14 января"
    assert RUSSIA.working_days_between(date(2021, 12, 31), date(2022, 1, 14)) == 5


def test_a_holiday_has_a_russian_name_and_an_ordinary_day_has_none() -> None:
    assert RUSSIA.name(date(2022, 5, 9)) == "День Победы"
    assert RUSSIA.name(date(2022, 5, 3)) == "Выходной (перенесено с 01.01.2022)"
    assert RUSSIA.name(date(2022, 5, 4)) is None
    assert RUSSIA.name(date(2022, 5, 14)) is None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2022, 5, 9), "Victory Day"),
        (date(2022, 5, 3), "Day off (substituted from 01/01/2022)"),
        # of a year beyond those asked for
        (date(2025, 5, 2), "Day off (substituted from 01/04/2025)"),
        (date(2022, 5, 4), None),
        (date(2022, 5, 14), None),
    ],
)
def test_a_holiday_has_an_english_name_too(day: date, name: str | None) -> None:
    assert RUSSIA.name(day, "en") == name


def test_an_override_has_no_name_in_any_language() -> None:
    calendar = working_calendar("RU", 2022, 2022, ((date(2022, 5, 9), True), (date(2022, 5, 4), False)))
    for language in ("ru", "en"):
        assert calendar.name(date(2022, 5, 9), language) is None
        assert calendar.name(date(2022, 5, 4), language) is None


@pytest.mark.parametrize(
    ("nominal", "policy", "due", "rule"),
    [
        # ends of bare months that fall on a Saturday: 3.1 and 1.2, 1.3, 3.7, 6.1
        (date(2022, 4, 30), "preceding", date(2022, 4, 29), "moved_to_preceding"),
        (date(2022, 12, 31), "preceding", date(2022, 12, 30), "moved_to_preceding"),
        # Civil Code, art. 193; after the holidays that follow
        (date(2022, 4, 30), "next", date(2022, 5, 4), "moved_to_next"),
        (date(2022, 12, 31), "next", date(2023, 1, 9), "moved_to_next"),
        # over a whole block of days off
        (date(2022, 1, 9), "preceding", date(2021, 12, 30), "moved_to_preceding"),
        # a Saturday that is worked stays
        (date(2022, 3, 5), "preceding", date(2022, 3, 5), "as_written"),
        (date(2022, 3, 7), "preceding", date(2022, 3, 5), "moved_to_preceding"),
        # no policy leaves even a Sunday
        (date(2022, 5, 1), "none", date(2022, 5, 1), "as_written"),
    ],
)
def test_a_due_date_on_a_day_off_moves_by_the_policy(
    nominal: date, policy: str, due: date, rule: str
) -> None:
    assert RUSSIA.adjust(nominal, policy) == (due, rule)


@pytest.mark.parametrize(
    "day",
    [
        # every date that the order of 2022 names, and the ends of its other bare months
        *(date(2022, 1, day) for day in (14, 21, 31)),
        *(date(2022, 2, day) for day in (4, 7, 11, 28)),
        *(date(2022, 3, day) for day in (28, 31)),
        *(date(2022, 4, day) for day in (15, 25, 29)),
        *(date(2022, month, day) for month, day in ((5, 31), (6, 10), (6, 30), (7, 18), (7, 22))),
        *(date(2022, month, day) for month, day in ((10, 31), (11, 30))),
    ],
)
def test_every_other_date_of_the_order_stays_as_written(day: date) -> None:
    assert RUSSIA.adjust(day, "preceding") == (day, "as_written")


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="nearest"):
        RUSSIA.adjust(date(2022, 4, 30), "nearest")


def test_a_country_without_a_production_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="XX"):
        working_calendar("XX", 2022, 2022).is_working(date(2022, 1, 14))


def test_an_override_makes_a_day_off_worked_and_a_worked_day_off() -> None:
    overrides = ((date(2022, 4, 29), False), (date(2022, 4, 30), True))
    calendar = working_calendar("RU", 2022, 2022, overrides)
    assert calendar.adjust(date(2022, 4, 30), "preceding") == (date(2022, 4, 30), "as_written")
    assert calendar.adjust(date(2022, 4, 29), "preceding") == (date(2022, 4, 28), "moved_to_preceding")
    assert RUSSIA.is_working(date(2022, 4, 29))


def test_a_year_beyond_those_asked_for_is_known_all_the_same() -> None:
    calendar = WorkingCalendar("RU", (2022,))
    assert not calendar.is_working(date(2024, 5, 9))
    assert calendar.working_days_between(date(2019, 12, 31), date(2024, 12, 31)) == slow_count(
        date(2019, 12, 31), date(2024, 12, 31)
    )


def test_the_package_of_holidays_is_not_imported_before_a_day_is_asked_for() -> None:
    program = (
        "import sys\n"
        "from app.domain.working_days import working_calendar\n"
        "working_calendar('RU', 2021, 2023)\n"
        "sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def slow_count(start: date, end: date) -> int:
    calendar = WorkingCalendar("RU", range(2019, 2026))
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(calendar.is_working(day) for day in days)


@given(DAYS, DAYS)
def test_counting_working_days_agrees_with_a_slow_loop(start: date, end: date) -> None:
    assert RUSSIA.working_days_between(start, end) == slow_count(start, end)


@given(DAYS, st.integers(-300, 300))
def test_adding_working_days_agrees_with_a_slow_loop(day: date, count: int) -> None:
    expected, left = day, abs(count)
    while left:
        expected += timedelta(days=1 if count > 0 else -1)
        left -= RUSSIA.is_working(expected)
    assert RUSSIA.add_working_days(day, count) == expected


@given(DAYS, st.integers(0, 300))
def test_counting_undoes_adding(day: date, count: int) -> None:
    assert RUSSIA.working_days_between(day, RUSSIA.add_working_days(day, count)) == count


@given(DAYS)
def test_a_moved_date_is_worked_and_nothing_worked_lies_between(day: date) -> None:
    earlier, later = RUSSIA.adjust(day, "preceding").date, RUSSIA.adjust(day, "next").date
    assert earlier <= day <= later
    assert RUSSIA.is_working(earlier)
    assert RUSSIA.is_working(later)
    assert slow_count(earlier, later) == (0 if earlier == later else 1)
